/**
 * How many calls are taken on at once: as many as are answered in good time.
 *
 * Every tenth of a second it looks how long calls took. Where that was longer than it should be, fewer are taken on from then on,
 * in proportion; where it was not, and there was no room for more, more are. So whoever is taken on is answered about as quickly
 * under any load, whatever the machine and the services behind can do, and nobody has to know beforehand how much that is.
 */
export interface ConcurrencyOptions {
  readonly least: number;
  readonly most: number;
  /** With how many it begins. */
  readonly first: number;
  /** How long calls should take, on average. */
  readonly targetMs: number;
  readonly clock: () => number;
}

const WINDOW_MS = 100;
/** One window does not undo more than this, so that a moment's standstill does not shut the door. */
const LESS_MIN = 0.5;
const MORE = 1.1;
/** Where nearly all the room was used, there may be need of more. */
const USED = 0.9;

export class Concurrency {
  readonly #options: ConcurrencyOptions;
  #limit: number;
  #underWay = 0;
  #since: number;
  #peak = 0;
  #count = 0;
  #totalMs = 0;

  constructor(options: ConcurrencyOptions) {
    this.#options = options;
    this.#limit = options.first;
    this.#since = options.clock();
  }

  get limit(): number {
    return Math.floor(this.#limit);
  }

  /** Takes a call on, unless there is no room; then it is to be given back when it is done. */
  take(): boolean {
    if (this.#underWay >= this.limit) {
      this.#peak = Math.max(this.#peak, this.#underWay + 1);
      return false;
    }
    this.#underWay += 1;
    this.#peak = Math.max(this.#peak, this.#underWay);
    return true;
  }

  /** @param ms how long the call took */
  giveBack(ms: number): void {
    this.#underWay -= 1;
    this.#count += 1;
    this.#totalMs += ms;
    const now = this.#options.clock();
    if (now - this.#since < WINDOW_MS) return;
    this.#adapt(this.#totalMs / this.#count);
    this.#since = now;
    this.#peak = this.#underWay;
    this.#count = 0;
    this.#totalMs = 0;
  }

  #adapt(meanMs: number): void {
    const { least, most, targetMs } = this.#options;
    if (meanMs > targetMs) {
      // What was not used is not counted on: the limit comes down to what there was.
      const used = Math.min(this.#limit, this.#peak);
      this.#limit = Math.max(least, used * Math.max(LESS_MIN, targetMs / meanMs));
    } else if (this.#peak > this.#limit * USED) this.#limit = Math.min(most, this.#limit * MORE);
  }
}
