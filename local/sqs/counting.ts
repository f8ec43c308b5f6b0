import type { Store } from "../store.ts";
import type { Queue } from "./queue.ts";
import { numberOf, type Row } from "./rows.ts";

export interface MessageCounts {
  readonly visible: number;
  readonly inFlight: number;
  readonly delayed: number;
}

const COUNT = `SELECT
  (SELECT count(*) FROM sqs_messages WHERE queue = ?1 AND state = 0) +
  (SELECT count(*) FROM sqs_messages WHERE queue = ?1 AND state IN (1, 2) AND due <= ?2) AS visible,
  (SELECT count(*) FROM sqs_messages WHERE queue = ?1 AND state = 1 AND due > ?2) AS in_flight,
  (SELECT count(*) FROM sqs_messages WHERE queue = ?1 AND state = 2 AND due > ?2) AS delayed`;

const COUNT_EXPIRED = `SELECT
  coalesce(sum(state = 0 OR due <= ?2), 0) AS visible,
  coalesce(sum(state = 1 AND due > ?2), 0) AS in_flight,
  coalesce(sum(state = 2 AND due > ?2), 0) AS delayed
  FROM sqs_messages WHERE queue = ?1 AND enqueued_at <= ?3`;

/** How many messages a queue has of each kind: exact, where AWS promises an approximation only. */
export function countMessages(store: Store, queue: Queue, now: number): MessageCounts {
  const all = countsOf(store.sql(COUNT).get(queue.id, now));
  const expired = countsOf(store.sql(COUNT_EXPIRED).get(queue.id, now, now - queue.retentionMs));
  return {
    visible: all.visible - expired.visible,
    inFlight: all.inFlight - expired.inFlight,
    delayed: all.delayed - expired.delayed,
  };
}

function countsOf(row: Row | undefined): MessageCounts {
  if (row === undefined) throw new Error("A count gave no row.");
  return { visible: numberOf(row, "visible"), inFlight: numberOf(row, "in_flight"), delayed: numberOf(row, "delayed") };
}
