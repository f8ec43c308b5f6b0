/** The schema's version, in records, inputs and pages alike. Readers ignore what they do not know, so additions keep it. */
export const SCHEMA_VERSION = 1;

/** Notes are bounded so that a hundred entries of a history stay far from the 400 KB an item may have. */
export const NOTE_BYTES_MAX = 500;

/** The id of a call is kept with what it made, and is as long as a caller's own may be. */
export const CALL_ID_LENGTH_MAX = 128;

/** With so many events on their way, a record takes no further change from outside until some have arrived. */
export const PENDING_MAX = 100;

/** With so many events given up, it takes none either, until somebody redrives them: what is kept for that has to fit, too. */
export const FAILED_MAX = 50;

/** The reason why an event was given up is cut to so many characters. */
export const REASON_LENGTH_MAX = 300;

/** How often a change is tried against the record as it has become, before its caller is told of the conflict. */
export const CHANGE_TRIES_MAX = 3;

/** How often the worker reads again after a lost condition, before the message goes back to its queue. */
export const HISTORY_TRIES_MAX = 12;

/** A history of so many entries sends its oldest page away. */
export const HISTORY_ENTRIES_MAX = 100;

/** A page holds so many entries: page p those of the versions (p−1)·50+1 … p·50. */
export const PAGE_ENTRIES = 50;

/** The caller of a change starts its execution; the relay leaves an event to it for so long. */
export const RELAY_GRACE_MS = 2_000;

/** A lease on a record's events is never shorter, so that whoever holds it can start some of them before another may. */
export const LEASE_MS_MIN = 5_000;

/**
 * The backoff on top of it grows with the time a record has had events pending, up to this: with the lease and the pause between
 * two rounds, what waited out an outage of any length is on its way again within a minute of its end.
 */
export const BACKOFF_MS_MAX = 30_000;

/** A relay starts no event whose lease ends sooner than a start may take. */
export const START_MS_MAX = 2_000;

/** Machines' clocks may differ by so much where moments are compared to leave reads out. */
export const CLOCK_SKEW_MS_MAX = 300_000;

/** Events on their way are spread over so many partitions of the index that finds them. */
export const PENDING_SHARDS = 4;

/** A call with an Idempotency-Key has so long before another may take over. */
export const IDEMPOTENCY_LEASE_MS = 30_000;

/** Answers to such calls are kept for so long. */
export const ANSWER_KEPT_MS = 24 * 3_600_000;

/** So many failed attempts at a message are noted, the last ones. */
export const ATTEMPTS_NOTED_MAX = 20;

/** A dead letter's body is kept up to this length, so that it fits an item with all that was noted of it. */
export const FAILURE_BODY_BYTES_MAX = 256 * 1024;

/** What was noted of messages, and failures that were closed, are kept for so long. */
export const FAILURE_KEPT_MS = 30 * 24 * 3_600_000;
