import { logged } from "./errors.ts";

/** The longest delay setTimeout takes; a later moment is reached in several steps. */
const DELAY_MS_MAX = 2_147_483_647;

/** How long after a failure it rings again. */
const RETRY_MS = 1_000;

/**
 * One timer for many due moments: whoever has something due says when, and the alarm rings once at the earliest.
 * The moments themselves are rows, so a thousand waiting timers cost one setTimeout, and a restart loses none.
 */
export class Alarm {
  readonly #ring: () => void;
  #timer: NodeJS.Timeout | undefined;
  #at = Number.POSITIVE_INFINITY;

  constructor(ring: () => void) {
    this.#ring = ring;
  }

  /** Asks for a ring at `moment` (milliseconds since the epoch) or sooner. */
  at(moment: number): void {
    if (moment >= this.#at) return;
    this.#at = moment;
    clearTimeout(this.#timer);
    const delay = Math.min(Math.max(0, moment - Date.now()), DELAY_MS_MAX);
    this.#timer = setTimeout(() => this.#due(), delay);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#at = Number.POSITIVE_INFINITY;
  }

  #due(): void {
    const moment = this.#at;
    this.#at = Number.POSITIVE_INFINITY;
    if (Date.now() < moment) this.at(moment);
    else this.#ringSafely();
  }

  /** What cannot be read from the file just now must not end the process: it is due still, and asked for again. */
  #ringSafely(): void {
    try {
      this.#ring();
    } catch (error) {
      console.error("What was due could not be done; it is tried again:", logged(error));
      this.at(Date.now() + RETRY_MS);
    }
  }
}
