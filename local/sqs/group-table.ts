import type { Store } from "../store.ts";
import { isVisible, type MessageState, parseState, READY } from "./message-table.ts";
import type { Numbers } from "./numbers.ts";
import type { Queue } from "./queue.ts";
import { numberOf } from "./rows.ts";

/** A FIFO group that has messages. */
export interface Group {
  readonly id: number;
  readonly turn: number;
}

/**
 * The groups of FIFO queues. Messages of a group leave in their order: those before the first hidden one may be received.
 * Groups take turns: one that was received from goes behind the others.
 */
export class GroupTable {
  readonly #store: Store;
  readonly #numbers: Numbers;

  constructor(store: Store, numbers: Numbers) {
    this.#store = store;
    this.#numbers = numbers;
  }

  /** The group's number; a group that has no messages yet gets its row, which `refresh` must then bring up to date. */
  open(queue: Queue, name: string): number {
    const row = this.#store.sql("SELECT id FROM sqs_groups WHERE queue = ? AND name = ?").get(queue.id, name);
    if (row !== undefined) return numberOf(row, "id");
    const id = this.#numbers.next();
    this.#store.sql("INSERT INTO sqs_groups (id, queue, name, state, due, turn) VALUES (?, ?, ?, 0, ?, ?)").run(id, queue.id, name, id, id);
    return id;
  }

  /** Makes a group's row say again what its first message says; a group without messages has no row. */
  refresh(group: number): void {
    const head = this.#store.sql("SELECT state, due FROM sqs_messages WHERE grp = ? ORDER BY rank LIMIT 1").get(group);
    if (head === undefined) this.#store.sql("DELETE FROM sqs_groups WHERE id = ?").run(group);
    else if (numberOf(head, "state") === READY) this.#store.sql("UPDATE sqs_groups SET state = 0, due = turn WHERE id = ?").run(group);
    else this.#store.sql("UPDATE sqs_groups SET state = 1, due = ? WHERE id = ?").run(numberOf(head, "due"), group);
  }

  /** Sends a group behind all others. */
  endTurn(group: number): void {
    this.#store.sql("UPDATE sqs_groups SET turn = ? WHERE id = ?").run(this.#numbers.next(), group);
  }

  /** Up to `limit` groups that have a message to receive, in their turns. */
  available(queue: Queue, limit: number, now: number): Group[] {
    // As sums, since a bare `LIMIT ?` is compiled anew for each value.
    const ready = this.#store
      .sql("SELECT id, turn FROM sqs_groups WHERE queue = ? AND state = 0 ORDER BY due LIMIT 0 + ?")
      .all(queue.id, limit);
    const back = this.#store
      .sql("SELECT id, turn FROM sqs_groups WHERE queue = ? AND state = 1 AND due <= ? LIMIT 0 + ?")
      .all(queue.id, now, limit);
    const groups = [...ready, ...back].map((row) => ({ id: numberOf(row, "id"), turn: numberOf(row, "turn") }));
    return groups.sort((a, b) => a.turn - b.turn).slice(0, limit);
  }

  isAnyAvailable(queue: Queue, now: number): boolean {
    return (
      this.#store.sql("SELECT 1 FROM sqs_groups WHERE queue = ? AND state = 0 LIMIT 1").get(queue.id) !== undefined ||
      this.#store.sql("SELECT 1 FROM sqs_groups WHERE queue = ? AND state = 1 AND due <= ? LIMIT 1").get(queue.id, now) !== undefined
    );
  }

  /** When the next blocked group of the queue has a message to receive again. */
  nextAvailableAt(queue: Queue, now: number): number | undefined {
    const row = this.#store
      .sql("SELECT due FROM sqs_groups WHERE queue = ? AND state = 1 AND due > ? ORDER BY due LIMIT 1")
      .get(queue.id, now);
    return row === undefined ? undefined : numberOf(row, "due");
  }

  /** A FIFO queue's new delay holds for the messages that were never received as well. */
  redelay(queue: Queue, delayMs: number, now: number): void {
    this.#store
      .sql("UPDATE sqs_messages SET state = 2, due = enqueued_at + ?2 WHERE queue = ?1 AND receives = 0 AND enqueued_at + ?2 > ?3")
      .run(queue.id, delayMs, now);
    this.#store
      .sql("UPDATE sqs_messages SET state = 0, due = rank WHERE queue = ?1 AND state = 2 AND enqueued_at + ?2 <= ?3")
      .run(queue.id, delayMs, now);
    for (const row of this.#store.sql("SELECT id FROM sqs_groups WHERE queue = ?").all(queue.id)) this.refresh(numberOf(row, "id"));
  }

  /** The messages of a group that may be received now, at most `limit`, in their order. */
  visible(group: Group, limit: number, now: number): MessageState[] {
    const rows = this.#store.sql("SELECT * FROM sqs_messages WHERE grp = ? ORDER BY rank LIMIT 0 + ?").all(group.id, limit);
    const messages = rows.map(parseState);
    const firstHidden = messages.findIndex((message) => !isVisible(message, now));
    return firstHidden < 0 ? messages : messages.slice(0, firstHidden);
  }
}
