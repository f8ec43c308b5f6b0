import { Alarm } from "../alarm.ts";
import type { JsonObject } from "../json.ts";
import type { Store } from "../store.ts";

/** A receive that may have to wait for a message. */
export interface Poll {
  readonly arn: string;
  readonly waitMs: number;
  readonly signal: AbortSignal;
  /** Tries to receive now. `mayBeAny` where a queue has just been changed, so that looking for messages beforehand spares nothing. */
  attempt(mayBeAny: boolean): Attempted;
  /** How long after the last attempt the next hidden message of the queue becomes visible, in milliseconds from now. */
  nextInMs(): number | undefined;
}

export interface Attempted {
  /** Undefined where there was nothing to take; otherwise it comes once what was taken is committed. */
  readonly answer: Promise<JsonObject> | undefined;
  /** Whether another receive may find a message at the same moment. */
  readonly mayBeMore: boolean;
}

interface Waiter {
  readonly poll: Poll;
  settle(answer: JsonObject | Promise<JsonObject>): void;
}

/**
 * The receives that wait. Nothing runs while they do: a send wakes its queue's polls, one alarm rings when the
 * next hidden message of any polled queue becomes visible, and each poll has one timer for its end.
 */
export class Polls {
  readonly #store: Store;
  readonly #waiters = new Map<string, Set<Waiter>>();
  /** The queues whose polls will be woken when the open group is committed, or are being woken. */
  readonly #waking = new Set<string>();
  readonly #alarm = new Alarm(() => this.#ring());

  constructor(store: Store) {
    this.#store = store;
    store.onRollback(() => this.#waking.clear());
  }

  wait(poll: Poll): Promise<JsonObject> {
    return new Promise((resolve) => {
      const waiters = this.#waiters.get(poll.arn) ?? new Set();
      this.#waiters.set(poll.arn, waiters);
      const settle = (answer: JsonObject | Promise<JsonObject>) => {
        clearTimeout(timer);
        poll.signal.removeEventListener("abort", leave);
        waiters.delete(waiter);
        if (waiters.size === 0 && this.#waiters.get(poll.arn) === waiters) this.#waiters.delete(poll.arn);
        resolve(answer);
      };
      const leave = () => settle({});
      const timer = setTimeout(leave, poll.waitMs);
      const waiter: Waiter = { poll, settle };
      waiters.add(waiter);
      poll.signal.addEventListener("abort", leave, { once: true });
      this.#arm(poll);
    });
  }

  /**
   * To be called inside a write that changed a queue so that a waiting poll might get a message. The polls receive at the end of
   * that same transaction, once for all its sends.
   */
  wakeWithCommit(arn: string): void {
    if (!this.#waiters.has(arn) || this.#waking.has(arn)) return;
    this.#waking.add(arn);
    this.#store.beforeCommit(() => this.#wake(arn, true));
  }

  /** To be called where messages of a queue have been hidden or delayed: those who wait for it may have them after that time. */
  hiddenFor(arn: string, ms: number): void {
    if (this.#waiters.has(arn)) this.#alarm.at(Date.now() + ms);
  }

  /** To be called where a queue is deleted: each of its polls must find that out for itself. */
  wakeAllAfterCommit(arn: string): void {
    this.#store.afterCommit(() => {
      for (const waiter of [...(this.#waiters.get(arn) ?? [])]) {
        const { answer } = attempt(waiter.poll, false);
        if (answer !== undefined) waiter.settle(answer);
      }
    });
  }

  /** Ends all waiting polls with no message. */
  stop(): void {
    this.#alarm.stop();
    for (const waiters of [...this.#waiters.values()]) for (const waiter of [...waiters]) waiter.settle({});
  }

  #ring(): void {
    for (const arn of [...this.#waiters.keys()]) this.#wake(arn, false);
  }

  /** Lets the polls of a queue try, the one that waits longest first, until there is nothing left for the next. */
  #wake(arn: string, mayBeAny: boolean): void {
    this.#waking.add(arn);
    let isServed = false;
    for (const waiter of [...(this.#waiters.get(arn) ?? [])]) {
      const { answer, mayBeMore } = attempt(waiter.poll, mayBeAny);
      if (answer === undefined) break;
      waiter.settle(answer);
      isServed = !mayBeMore;
      if (isServed) break;
    }
    this.#waking.delete(arn);
    const [next] = this.#waiters.get(arn) ?? [];
    // Where a change brought just what was taken, the alarm is set still, and for what was hidden by it as well.
    if (next !== undefined && !(mayBeAny && isServed)) this.#arm(next.poll);
  }

  #arm(poll: Poll): void {
    const inMs = poll.nextInMs();
    if (inMs !== undefined) this.#alarm.at(Date.now() + inMs);
  }
}

/** A queue that has been deleted, or a file that cannot be written, ends the poll with its error. */
function attempt(poll: Poll, mayBeAny: boolean): Attempted {
  try {
    return poll.attempt(mayBeAny);
  } catch (error) {
    return { answer: Promise.reject(error), mayBeMore: true };
  }
}
