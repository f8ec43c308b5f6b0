import type { Store } from "../store.ts";
import { numberOf } from "./rows.ts";

/** Numbers follow the clock in steps this fine, and so stay below 2^53 for the next two centuries. */
const STEPS_PER_MS = 1000;

/** How many numbers are reserved by one write: a minute's worth. */
const RESERVE = 60_000 * STEPS_PER_MS;

/**
 * Ever growing numbers for queues, messages and their places, to be taken inside a write only. None is given out twice, not
 * after a restart nor with a clock set back, so an old receipt handle can never meet a new message: a row says up to where
 * numbers may have been used.
 */
export class Numbers {
  readonly #store: Store;
  readonly #now: () => number;
  #last: number;
  #reserved = 0;

  constructor(store: Store, now: () => number) {
    this.#store = store;
    this.#now = now;
    const row = store.sql("SELECT reserved FROM sqs_numbers WHERE id = 1").get();
    this.#last = row === undefined ? 0 : numberOf(row, "reserved");
    store.onRollback(() => {
      this.#reserved = 0;
    });
  }

  next(): number {
    this.#last = Math.max(this.#last + 1, this.#now() * STEPS_PER_MS);
    if (this.#last > this.#reserved) this.#reserve();
    return this.#last;
  }

  #reserve(): void {
    this.#reserved = this.#last + RESERVE;
    this.#store.sql("INSERT OR REPLACE INTO sqs_numbers (id, reserved) VALUES (1, ?)").run(this.#reserved);
  }
}
