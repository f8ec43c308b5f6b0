import type { Store } from "../store.ts";
import type { Outgoing } from "./outgoing.ts";
import { deduplicatesByGroup, type Queue } from "./queue.ts";
import { textOf } from "./rows.ts";

const INTERVAL_MS = 300_000;

/** What the sender of a duplicate is told: the message that was accepted first. */
export interface Original {
  readonly messageId: string;
  readonly sequence: string;
}

/** Which messages FIFO queues have accepted in the last five minutes, received and deleted ones among them. */
export class Deduplication {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  find(queue: Queue, message: Outgoing, now: number): Original | undefined {
    const row = this.#store
      .sql(
        `SELECT message_id, sequence FROM sqs_deduplications
         WHERE queue = ? AND scope = ? AND deduplication_id = ? AND expires_at > ?`,
      )
      .get(queue.id, scopeOf(queue, message, now), message.deduplicationId ?? "", now);
    return row === undefined ? undefined : { messageId: textOf(row, "message_id"), sequence: textOf(row, "sequence") };
  }

  remember(queue: Queue, message: Outgoing, sequence: string, now: number): void {
    this.#store
      .sql(
        `INSERT OR REPLACE INTO sqs_deduplications (queue, scope, deduplication_id, message_id, sequence, expires_at)
         VALUES (?, ?, ?, ?, ?, ?)`,
      )
      .run(queue.id, scopeOf(queue, message, now), message.deduplicationId ?? "", message.messageId, sequence, now + INTERVAL_MS);
  }
}

/** The whole queue's scope has the empty name, which no group can have. */
function scopeOf(queue: Queue, message: Outgoing, now: number): string {
  return deduplicatesByGroup(queue, now) ? (message.groupName ?? "") : "";
}
