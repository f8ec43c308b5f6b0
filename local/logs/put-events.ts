import { isObject, type Json, type JsonObject } from "../json.ts";
import type { Call } from "../service.ts";
import type { Store } from "../store.ts";
import { findGroup, type GroupRow } from "./groups.ts";
import { invalidParameter, optionalMoment, readName, requiredText, unmet } from "./input.ts";
import { findStream } from "./streams.ts";

const BATCH_EVENTS_MAX = 10_000;
const BATCH_BYTES_MAX = 1_048_576;
const EVENT_OVERHEAD_BYTES = 26;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const AGE_MS_MAX = 14 * DAY_MS;
const AHEAD_MS_MAX = 2 * HOUR_MS;

/** A group keeps this many events here, however long its retention: the oldest go first. */
const GROUP_EVENTS_MAX = 100_000;

interface LogEvent {
  readonly timestamp: number;
  readonly message: string;
  readonly bytes: number;
}

export async function putLogEvents(store: Store, now: number, { input, region }: Call): Promise<JsonObject> {
  const groupName = readName(input, "logGroupName");
  const streamName = readName(input, "logStreamName");
  const events = readEvents(input.logEvents);
  return store.write(() => {
    const group = findGroup(store, region, groupName);
    const stream = findStream(store, group, streamName);
    const accepted = acceptable(events, now, group);
    insert(store, group.id, stream.id, accepted.events, now);
    trim(store, group.id, now);
    return {
      nextSequenceToken: String(now).padStart(56, "0"),
      ...(Object.keys(accepted.rejected).length === 0 ? {} : { rejectedLogEventsInfo: accepted.rejected }),
    };
  });
}

function readEvents(value: Json | undefined): LogEvent[] {
  if (!Array.isArray(value)) throw unmet("logEvents", undefined, "Member must not be null");
  if (value.length === 0) throw unmet("logEvents", "[]", "Member must have length greater than or equal to 1");
  if (value.length > BATCH_EVENTS_MAX)
    throw unmet("logEvents", "[...]", `Member must have length less than or equal to ${BATCH_EVENTS_MAX}`);
  const events = value.map(readEvent);
  const size = events.reduce((sum, event) => sum + event.bytes, 0);
  if (size > BATCH_BYTES_MAX) throw invalidParameter(`Upload too large: ${size} bytes exceeds limit of ${BATCH_BYTES_MAX}`);
  const ordered = events.every((event, index) => event.timestamp >= (events[index - 1]?.timestamp ?? 0));
  if (!ordered) throw invalidParameter("Log events in a single PutLogEvents request must be in chronological order.");
  if ((events.at(-1)?.timestamp ?? 0) - (events[0]?.timestamp ?? 0) > DAY_MS) {
    throw invalidParameter("The batch of log events in a single PutLogEvents request cannot span more than 24 hours.");
  }
  return events;
}

function readEvent(value: Json): LogEvent {
  if (!isObject(value)) throw unmet("logEvents", undefined, "Member must be a list of events");
  const timestamp = optionalMoment(value, "timestamp");
  const message = requiredText(value, "message");
  if (timestamp === undefined) throw unmet("logEvents.1.member.timestamp", undefined, "Member must not be null");
  if (message === "") throw unmet("logEvents.1.member.message", "", "Member must have length greater than or equal to 1");
  return { timestamp, message, bytes: Buffer.byteLength(message) + EVENT_OVERHEAD_BYTES };
}

/** Events too far from now are left out, and the answer says which: the first ones as too old, the last ones as too new. */
function acceptable(events: readonly LogEvent[], now: number, group: GroupRow): { events: readonly LogEvent[]; rejected: JsonObject } {
  const oldest = now - AGE_MS_MAX;
  const unexpired = expiry(group, now);
  const tooOld = events.filter(({ timestamp }) => timestamp < oldest).length;
  const expired = events.filter(({ timestamp }) => timestamp < unexpired).length;
  const fitting = events.filter(({ timestamp }) => timestamp <= now + AHEAD_MS_MAX).length;
  return {
    events: events.slice(Math.max(tooOld, expired), fitting),
    rejected: {
      ...(fitting < events.length ? { tooNewLogEventStartIndex: fitting } : {}),
      ...(tooOld > 0 ? { tooOldLogEventEndIndex: tooOld } : {}),
      ...(expired > tooOld ? { expiredLogEventEndIndex: expired } : {}),
    },
  };
}

/** The moment before which the group's events are gone. */
export function expiry(group: GroupRow, now: number): number {
  return group.retention === null ? 0 : now - group.retention * DAY_MS;
}

function insert(store: Store, group: number, stream: number, events: readonly LogEvent[], now: number): void {
  const [first, last] = [events[0], events.at(-1)];
  if (first === undefined || last === undefined) return;
  const sql = store.sql("INSERT INTO logs_events (log_group, stream, timestamp, ingested, bytes, message) VALUES (?, ?, ?, ?, ?, ?)");
  for (const event of events) sql.run(group, stream, event.timestamp, now, event.bytes, event.message);
  store
    .sql(
      `UPDATE logs_streams SET first_event = min(coalesce(first_event, ?1), ?1), last_event = max(coalesce(last_event, ?2), ?2), last_ingestion = ?3 WHERE id = ?4`,
    )
    .run(first.timestamp, last.timestamp, now, stream);
  const bytes = events.reduce((sum, event) => sum + event.bytes, 0);
  store.sql("UPDATE logs_groups SET events = events + ?, bytes = bytes + ? WHERE id = ?").run(events.length, bytes, group);
}

/** Removes what the retention or the most a group keeps does not allow any more. */
function trim(store: Store, id: number, now: number): void {
  const group = store.sql("SELECT * FROM logs_groups WHERE id = ?").get(id) as GroupRow | undefined;
  if (group === undefined) return;
  const expired = "SELECT id FROM logs_events WHERE log_group = ? AND timestamp < ? ORDER BY timestamp, id LIMIT ?";
  const gone = removeEvents(store, expired, [id, expiry(group, now), BATCH_EVENTS_MAX]);
  const excess = group.events - gone.events - GROUP_EVENTS_MAX;
  const oldest = "SELECT id FROM logs_events WHERE log_group = ? ORDER BY timestamp, id LIMIT ?";
  const over = excess > 0 ? removeEvents(store, oldest, [id, excess]) : { events: 0, bytes: 0 };
  if (gone.events + over.events === 0) return;
  const sql = "UPDATE logs_groups SET events = events - ?, bytes = bytes - ? WHERE id = ?";
  store.sql(sql).run(gone.events + over.events, gone.bytes + over.bytes, id);
}

function removeEvents(store: Store, selection: string, parameters: number[]): { events: number; bytes: number } {
  const rows = store.sql(`DELETE FROM logs_events WHERE id IN (${selection}) RETURNING bytes`).all(...parameters);
  return { events: rows.length, bytes: rows.reduce((sum, row) => sum + Number(row.bytes), 0) };
}
