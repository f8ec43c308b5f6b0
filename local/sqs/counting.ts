import type { Store } from "../store.ts";
import type { Queue } from "./queue.ts";
import { numberOf } from "./rows.ts";

export interface MessageCounts {
  readonly visible: number;
  readonly inFlight: number;
  readonly delayed: number;
}

const COUNT = `SELECT
  (SELECT count(*) FROM sqs_messages WHERE queue = ?1 AND state = 0) AS ready,
  (SELECT count(*) FROM sqs_messages WHERE queue = ?1 AND state IN (1, 2) AND due <= ?2) AS back,
  (SELECT count(*) FROM sqs_messages WHERE queue = ?1 AND state = 1 AND due > ?2) AS flying,
  (SELECT count(*) FROM sqs_messages WHERE queue = ?1 AND state = 2 AND due > ?2) AS waiting`;

/** How many messages a queue has of each kind: exact, where AWS promises an approximation only. */
export function countMessages(store: Store, queue: Queue, now: number): MessageCounts {
  const row = store.sql(COUNT).get(queue.id, now);
  if (row === undefined) throw new Error("A count gave no row.");
  return {
    visible: numberOf(row, "ready") + numberOf(row, "back"),
    inFlight: numberOf(row, "flying"),
    delayed: numberOf(row, "waiting"),
  };
}
