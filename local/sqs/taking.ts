import type { Store } from "../store.ts";
import { overLimit } from "./errors.ts";
import type { GroupTable } from "./group-table.ts";
import type { MessageState, MessageTable } from "./message-table.ts";
import type { Queue } from "./queue.ts";
import type { QueueTable } from "./queue-table.ts";
import { numberOf } from "./rows.ts";

const IN_FLIGHT_MAX = 120_000;

/** How many rounds of expired or redriven messages one receive works off before it answers with what it has. */
const ROUNDS_MAX = 100;

/** How many expired messages one receive clears away; the sweep clears the rest. */
const EXPIRED_AT_ONCE = 100;

/** A message as a receive has just taken it. */
export interface Taken {
  readonly id: number;
  readonly receives: number;
  readonly firstReceivedAt: number;
  readonly enqueuedAt: number;
}

export interface Wish {
  readonly limit: number;
  readonly visibilityMs: number;
  /** A short poll is told when too many messages are in flight; a long poll just gets none, as on AWS. */
  readonly isLongPoll: boolean;
}

export interface Take {
  readonly messages: readonly Taken[];
  /** Whether another receive may find a message at the same moment: this one had its fill, or hid nothing. */
  readonly mayBeMore: boolean;
}

/** Chooses the messages of a receive and hides them, and sends those received too often to the dead-letter queue. */
export class Taking {
  readonly #store: Store;
  readonly #queues: QueueTable;
  readonly #messages: MessageTable;
  readonly #groups: GroupTable;
  readonly #wake: (queue: Queue) => void;
  /** At least as many messages as are in flight, by queue: counted anew only when it reaches the limit. */
  readonly #inFlightAtMost = new Map<number, number>();

  constructor(store: Store, queues: QueueTable, messages: MessageTable, groups: GroupTable, wake: (queue: Queue) => void) {
    this.#store = store;
    this.#queues = queues;
    this.#messages = messages;
    this.#groups = groups;
    this.#wake = wake;
  }

  isAny(queue: Queue, now: number): boolean {
    if (this.#messages.isAnyExpired(queue.id, now - queue.retentionMs)) return true;
    return queue.isFifo ? this.#groups.isAnyAvailable(queue, now) : this.#messages.isAnyVisible(queue, now);
  }

  nextAt(queue: Queue, now: number): number | undefined {
    return queue.isFifo ? this.#groups.nextAvailableAt(queue, now) : this.#messages.nextVisibleAt(queue, now);
  }

  take(queue: Queue, wish: Wish, now: number): Take {
    const limit = Math.min(wish.limit, this.#roomInFlight(queue, wish.limit, now));
    if (limit === 0) {
      if (wish.isLongPoll || queue.isFifo) return { messages: [], mayBeMore: false };
      throw overLimit();
    }
    this.#clearExpired(queue, now);
    const take = queue.isFifo ? this.#takeFifo(queue, limit, wish, now) : this.#takeStandard(queue, limit, wish, now);
    this.#inFlightAtMost.set(queue.id, (this.#inFlightAtMost.get(queue.id) ?? 0) + take.messages.length);
    return wish.visibilityMs === 0 ? { ...take, mayBeMore: true } : take;
  }

  /** An expired message must not hold back its group, even while it is in flight. */
  #clearExpired(queue: Queue, now: number): void {
    if (!this.#messages.isAnyExpired(queue.id, now - queue.retentionMs)) return;
    for (const message of this.#messages.expired(queue.id, now - queue.retentionMs, EXPIRED_AT_ONCE)) {
      this.#messages.delete(message.id);
      if (message.group !== undefined) this.#groups.refresh(message.group);
    }
  }

  #takeStandard(queue: Queue, limit: number, wish: Wish, now: number): Take {
    const taken = new Map<number, Taken>();
    let mayBeMore = true;
    for (let round = 0; round < ROUNDS_MAX && taken.size < limit && mayBeMore; round++) {
      // A message taken with no visibility timeout is visible still, and must not be taken twice by one receive.
      const wanted = limit - taken.size;
      const visible = this.#messages.visible(queue, limit, now);
      const found = visible.filter((message) => !taken.has(message.id)).slice(0, wanted);
      mayBeMore = found.length > 0 && visible.length === limit;
      for (const message of found) {
        if (this.#isOver(queue, message, now)) continue;
        taken.set(message.id, this.#receive(message, wish, now));
      }
    }
    return { messages: [...taken.values()], mayBeMore };
  }

  #takeFifo(queue: Queue, limit: number, wish: Wish, now: number): Take {
    const taken: Taken[] = [];
    const served = new Set<number>();
    let mayBeMore = true;
    for (let round = 0; round < ROUNDS_MAX && taken.length < limit && mayBeMore; round++) {
      const groups = this.#groups.available(queue, limit, now).filter((group) => !served.has(group.id));
      mayBeMore = groups.length > 0;
      for (const group of groups) {
        if (taken.length === limit) break;
        const before = taken.length;
        for (const message of this.#groups.visible(group, limit - taken.length, now)) {
          if (!this.#isOver(queue, message, now)) taken.push(this.#receive(message, wish, now));
        }
        if (taken.length > before) {
          served.add(group.id);
          this.#groups.endTurn(group.id);
        }
        this.#groups.refresh(group.id);
      }
    }
    return { messages: taken, mayBeMore };
  }

  #receive(message: MessageState, wish: Wish, now: number): Taken {
    this.#messages.markReceived(message, now + wish.visibilityMs, now);
    return {
      id: message.id,
      receives: message.receives + 1,
      firstReceivedAt: message.firstReceivedAt ?? now,
      enqueuedAt: message.enqueuedAt,
    };
  }

  /** Whether the message's time in this queue is over: it has expired, or this would be one receive too many. */
  #isOver(queue: Queue, message: MessageState, now: number): boolean {
    if (message.enqueuedAt + queue.retentionMs <= now) {
      this.#messages.delete(message.id);
      return true;
    }
    const policy = queue.redrivePolicy;
    if (policy === undefined || message.receives - message.receivesElsewhere < policy.maxReceiveCount) return false;
    const deadLetters = this.#queues.byArn(policy.deadLetterArn);
    if (deadLetters === undefined) return false;
    this.#redrive(message, queue, deadLetters, now);
    return true;
  }

  /** The age of a message goes with it to a standard dead-letter queue and begins anew in a FIFO one, as on AWS. */
  #redrive(message: MessageState, source: Queue, deadLetters: Queue, now: number): void {
    this.#store.sql("UPDATE sqs_contents SET source_arn = ? WHERE id = ?").run(source.arn, message.id);
    const group = deadLetters.isFifo ? this.#openGroupOf(message, deadLetters) : undefined;
    this.#messages.move(message, deadLetters, group, deadLetters.isFifo ? now : message.enqueuedAt);
    if (group !== undefined) this.#groups.refresh(group);
    this.#wake(deadLetters);
  }

  #openGroupOf(message: MessageState, queue: Queue): number {
    const row = this.#store.sql("SELECT group_name FROM sqs_contents WHERE id = ?").get(message.id);
    return this.#groups.open(queue, String(row?.group_name ?? ""));
  }

  #roomInFlight(queue: Queue, wanted: number, now: number): number {
    const atMost = this.#inFlightAtMost.get(queue.id) ?? IN_FLIGHT_MAX;
    if (atMost + wanted <= IN_FLIGHT_MAX) return wanted;
    const row = this.#store.sql("SELECT count(*) AS n FROM sqs_messages WHERE queue = ? AND state = 1 AND due > ?").get(queue.id, now);
    const exact = row === undefined ? 0 : numberOf(row, "n");
    this.#inFlightAtMost.set(queue.id, exact);
    return Math.max(0, IN_FLIGHT_MAX - exact);
  }
}
