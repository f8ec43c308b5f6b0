import type { Store } from "../store.ts";
import { numberOf } from "./rows.ts";

/** Microsecond steps keep numbers of different runs apart and below 2^53 for the next two centuries. */
const STEPS_PER_MS = 1000;

const HIGHEST = `SELECT max(
  coalesce((SELECT max(id) FROM sqs_messages), 0),
  coalesce((SELECT max(id) FROM sqs_groups), 0),
  coalesce((SELECT max(id) FROM sqs_queues), 0)
) AS highest`;

/**
 * Ever growing numbers for queues, messages and their places. They follow the clock, so that a number freed before a
 * restart is not given out again after it: an old receipt handle can never meet a new message.
 */
export class Numbers {
  readonly #now: () => number;
  #last: number;

  constructor(store: Store, now: () => number) {
    this.#now = now;
    const row = store.sql(HIGHEST).get();
    this.#last = row === undefined ? 0 : numberOf(row, "highest");
  }

  next(): number {
    this.#last = Math.max(this.#last + 1, this.#now() * STEPS_PER_MS);
    return this.#last;
  }
}
