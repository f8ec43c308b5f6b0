import type { Store } from "../store.ts";
import type { Numbers } from "./numbers.ts";
import type { Outgoing } from "./outgoing.ts";
import type { Queue } from "./queue.ts";
import { numberOf, optionalNumber, type Row } from "./rows.ts";

export const READY = 0;
export const IN_FLIGHT = 1;
export const DELAYED = 2;

/** The state of a message, as its small row has it. */
export interface MessageState {
  readonly id: number;
  readonly queue: number;
  readonly state: number;
  readonly due: number;
  readonly rank: number;
  readonly group: number | undefined;
  readonly receives: number;
  /** How many of its receives were from queues it has left: only the others count for this queue's redrive. */
  readonly receivesElsewhere: number;
  readonly receivedAt: number | undefined;
  readonly firstReceivedAt: number | undefined;
  readonly enqueuedAt: number;
}

export function isVisible(message: Pick<MessageState, "state" | "due">, now: number): boolean {
  return message.state === READY || message.due <= now;
}

const INSERT_MESSAGE = `INSERT INTO sqs_messages (id, queue, state, due, rank, grp, receives, enqueued_at) VALUES (?, ?, ?, ?, ?, ?, 0, ?)`;
/** Two searches of the index, since for `state IN (1, 2)` SQLite builds a table each time, which takes longer than both. */
const FIRST_BACK = `SELECT min(
  coalesce((SELECT min(due) FROM sqs_messages WHERE queue = ?1 AND state = ${IN_FLIGHT} AND due > ?2), 1e300),
  coalesce((SELECT min(due) FROM sqs_messages WHERE queue = ?1 AND state = ${DELAYED} AND due > ?2), 1e300)) AS due`;
const INSERT_CONTENT = `INSERT INTO sqs_contents
  (id, message_id, sent_at, body_md5, attributes, attributes_md5, trace_header, group_name, deduplication_id, sequence, body)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

/** The rows of messages, whatever the kind of their queue. What a change means for a FIFO group is the groups' own business. */
export class MessageTable {
  readonly #store: Store;
  readonly #numbers: Numbers;
  /** No message of a queue was sent before this moment, as far as is known: so most receives need not look for one that expired. */
  readonly #noneBefore = new Map<number, number>();
  /** No hidden or delayed message of a queue becomes visible before this moment, as far as is known. */
  readonly #noneBackBefore = new Map<number, number>();

  constructor(store: Store, numbers: Numbers) {
    this.#store = store;
    this.#numbers = numbers;
    store.onRollback(() => {
      this.#noneBefore.clear();
      this.#noneBackBefore.clear();
    });
  }

  insert(queue: Queue, message: Outgoing, id: number, group: number | undefined, sequence: string | undefined, now: number): void {
    const visibleAt = message.delayMs > 0 ? now + message.delayMs : undefined;
    this.#joins(queue.id, now);
    if (visibleAt !== undefined) this.#comesBack(queue.id, visibleAt);
    this.#store.sql(INSERT_MESSAGE).run(id, queue.id, visibleAt === undefined ? READY : DELAYED, visibleAt ?? id, id, group ?? null, now);
    this.#store
      .sql(INSERT_CONTENT)
      .run(
        id,
        message.messageId,
        now,
        message.bodyMd5,
        message.attributes ?? null,
        message.attributesMd5 ?? null,
        message.traceHeader ?? null,
        message.groupName ?? null,
        message.deduplicationId ?? null,
        sequence ?? null,
        message.body,
      );
  }

  get(id: number): MessageState | undefined {
    const row = this.#store.sql("SELECT * FROM sqs_messages WHERE id = ?").get(id);
    return row === undefined ? undefined : parseState(row);
  }

  delete(id: number): void {
    this.#store.sql("DELETE FROM sqs_messages WHERE id = ?").run(id);
    this.#store.sql("DELETE FROM sqs_contents WHERE id = ?").run(id);
  }

  /** Up to `limit` messages of a standard queue that may be received now, the ones sent first ahead. */
  visible(queue: Queue, limit: number, now: number): MessageState[] {
    // A sum, since SQLite compiles a query anew for each value of a bare `LIMIT ?`, which takes several times as long as the query.
    const ready = this.#store.sql("SELECT * FROM sqs_messages WHERE queue = ? AND state = 0 ORDER BY due LIMIT 0 + ?").all(queue.id, limit);
    if (!this.#isAnyBack(queue, now)) return ready.map(parseState);
    const back = this.#store
      .sql("SELECT * FROM sqs_messages WHERE queue = ? AND state IN (1, 2) AND due <= ? LIMIT 0 + ?")
      .all(queue.id, now, limit);
    const both = [...ready, ...back].map(parseState);
    return both.sort((a, b) => a.rank - b.rank).slice(0, limit);
  }

  isAnyVisible(queue: Queue, now: number): boolean {
    return (
      this.#store.sql("SELECT 1 FROM sqs_messages WHERE queue = ? AND state = 0 LIMIT 1").get(queue.id) !== undefined ||
      this.#isAnyBack(queue, now)
    );
  }

  /** Whether a delayed or hidden message of a standard queue has become visible. */
  #isAnyBack(queue: Queue, now: number): boolean {
    if ((this.#noneBackBefore.get(queue.id) ?? 0) > now) return false;
    const first = this.#firstBack(queue, 0);
    this.#noneBackBefore.set(queue.id, first);
    return first <= now;
  }

  /** The first moment after `after` at which a delayed or hidden message of a standard queue becomes visible. */
  #firstBack(queue: Queue, after: number): number {
    const row = this.#store.sql(FIRST_BACK).get(queue.id, after);
    return row === undefined ? Number.POSITIVE_INFINITY : numberOf(row, "due");
  }

  #comesBack(queue: number, at: number): void {
    const known = this.#noneBackBefore.get(queue);
    if (known !== undefined && at < known) this.#noneBackBefore.set(queue, at);
  }

  isAnyExpired(queue: number, sentBy: number): boolean {
    if ((this.#noneBefore.get(queue) ?? 0) > sentBy) return false;
    const row = this.#store.sql("SELECT min(enqueued_at) AS at FROM sqs_messages WHERE queue = ?").get(queue);
    const oldest = (row === undefined ? undefined : optionalNumber(row, "at")) ?? Number.POSITIVE_INFINITY;
    this.#noneBefore.set(queue, oldest);
    return oldest <= sentBy;
  }

  #joins(queue: number, enqueuedAt: number): void {
    const known = this.#noneBefore.get(queue);
    if (known !== undefined && enqueuedAt < known) this.#noneBefore.set(queue, enqueuedAt);
  }

  /** Up to `limit` messages of a queue that were sent at or before a moment, the oldest first. */
  expired(queue: number, sentBy: number, limit: number): Pick<MessageState, "id" | "group">[] {
    const rows = this.#store
      .sql("SELECT id, grp FROM sqs_messages WHERE queue = ? AND enqueued_at <= ? ORDER BY enqueued_at LIMIT ?")
      .all(queue, sentBy, limit);
    return rows.map((row) => ({ id: numberOf(row, "id"), group: optionalNumber(row, "grp") }));
  }

  /** When the next hidden message of a standard queue becomes visible; a moment too early where that one has been deleted meanwhile. */
  nextVisibleAt(queue: Queue, now: number): number | undefined {
    const known = this.#noneBackBefore.get(queue.id) ?? 0;
    const due = known > now ? known : this.#firstBack(queue, now);
    return due < Number.MAX_SAFE_INTEGER ? due : undefined;
  }

  /** Hides a message until `until` for its next receive. One that stays visible goes behind the others of a standard queue. */
  markReceived(message: MessageState, until: number, now: number): void {
    const { state, due, rank } = this.#hidden(message, until, now);
    this.#store
      .sql(`UPDATE sqs_messages SET state = ?, due = ?, rank = ?, receives = ?, received_at = ?, first_received_at = ? WHERE id = ?`)
      .run(state, due, rank, message.receives + 1, now, message.firstReceivedAt ?? now, message.id);
  }

  /** Changes when a message becomes visible again, without counting a receive. */
  hide(message: MessageState, until: number, now: number): void {
    const { state, due, rank } = this.#hidden(message, until, now);
    this.#store.sql("UPDATE sqs_messages SET state = ?, due = ?, rank = ? WHERE id = ?").run(state, due, rank, message.id);
  }

  /** Puts a message at the end of another queue. Its group there, if any, is given with it. */
  move(message: MessageState, queue: Queue, group: number | undefined, enqueuedAt: number): void {
    const rank = this.#numbers.next();
    this.#joins(queue.id, enqueuedAt);
    this.#store
      .sql(
        "UPDATE sqs_messages SET queue = ?, state = 0, due = ?, rank = ?, grp = ?, enqueued_at = ?, receives_elsewhere = receives WHERE id = ?",
      )
      .run(queue.id, rank, rank, group ?? null, enqueuedAt, message.id);
  }

  /** Makes a message look as if it had just been sent for the first time. */
  renew(message: MessageState, messageId: string, now: number): void {
    this.#store.sql("UPDATE sqs_messages SET receives = 0, received_at = NULL, first_received_at = NULL WHERE id = ?").run(message.id);
    this.#store.sql("UPDATE sqs_contents SET message_id = ?, sent_at = ?, source_arn = NULL WHERE id = ?").run(messageId, now, message.id);
  }

  #hidden(message: MessageState, until: number, now: number): { state: number; due: number; rank: number } {
    if (until > now) {
      this.#comesBack(message.queue, until);
      return { state: IN_FLIGHT, due: until, rank: message.rank };
    }
    const rank = message.group === undefined ? this.#numbers.next() : message.rank;
    return { state: READY, due: rank, rank };
  }
}

export function parseState(row: Row): MessageState {
  return {
    id: numberOf(row, "id"),
    queue: numberOf(row, "queue"),
    state: numberOf(row, "state"),
    due: numberOf(row, "due"),
    rank: numberOf(row, "rank"),
    group: optionalNumber(row, "grp"),
    receives: numberOf(row, "receives"),
    receivesElsewhere: numberOf(row, "receives_elsewhere"),
    receivedAt: optionalNumber(row, "received_at"),
    firstReceivedAt: optionalNumber(row, "first_received_at"),
    enqueuedAt: numberOf(row, "enqueued_at"),
  };
}
