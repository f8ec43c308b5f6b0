/**
 * How many calls are taken on at once: as many as are answered in good time.
 *
 * - While nobody is turned away, nothing is done: a crowd of patient callers may well be slower than one.
 * - Once some are turned away there are too many, and who is taken on is to be answered nearly as quickly as if there were not:
 *   within twice the time that calls take when there are few. Every twentieth of a second it looks how long they took. Where that
 *   was longer, fewer are taken on from then on, in proportion; where it was not, more are.
 * - When nobody is turned away any more, it is soon as before.
 *
 * So nobody has to know beforehand how much a machine, and the services behind, can do.
 */
export interface ConcurrencyOptions {
  readonly least: number;
  readonly most: number;
  /** With how many it begins, and to how many it comes back. */
  readonly first: number;
  readonly clock: () => number;
}

/** Never more, however quick they are: each holds memory until it is answered. */
export const CALLS_AT_ONCE_MAX = 512;
/** Whoever asks whether the process lives must not be told that it does not. */
export const ALWAYS_ANSWERED = "/health";
const USUAL: ConcurrencyOptions = { least: 6, first: 64, most: CALLS_AT_ONCE_MAX, clock: () => performance.now() };
const WINDOW_MS = 50;
/** So many at once do not keep one another waiting. */
const FEW = 4;
/** How fast what is known of such moments gives way to what they are now. */
const FORGETTING = 0.1;
const TIMES_MAX = 1.8;
/** Below this nobody notices. */
const NOTICED_MS = 4;
/** One window does not undo more than this, so that a moment's standstill does not shut the door. */
const LESS_MIN = 0.25;
const MORE = 1.1;
const MORE_WHEN_CALM = 1.3;
/** Where nearly all the room was used, there may be need of more. */
const USED = 0.9;

export class Concurrency {
  readonly #options: ConcurrencyOptions;
  #limit: number;
  #underWay = 0;
  #since: number;
  #peak = 0;
  #turnedAway = 0;
  /** Nobody has been turned away in the last window. */
  #isCalm = true;
  /** How long calls take on average when there are few; what was seen first, until that is known. */
  #fewMs: number | undefined;
  #count = 0;
  #totalMs = 0;

  constructor(given: Partial<ConcurrencyOptions> = {}) {
    const options = { ...USUAL, ...given };
    this.#options = options;
    this.#limit = options.first;
    this.#since = options.clock();
  }

  get limit(): number {
    return Math.floor(this.#limit);
  }

  /** Whether there is room for a call; where there is none, whoever asked is turned away. */
  hasRoom(): boolean {
    if (this.#underWay < this.limit) return true;
    // The first that is turned away tells of more to come: those that are under way already will be slow enough.
    if (this.#isCalm) this.#limit = Math.max(this.#options.least, this.#limit * LESS_MIN);
    this.#isCalm = false;
    this.#turnedAway += 1;
    this.#look();
    return false;
  }

  /** Takes a call on, unless there is no room; then it is to be given back when it is done. */
  take(): boolean {
    if (!this.hasRoom()) return false;
    this.#underWay += 1;
    this.#peak = Math.max(this.#peak, this.#underWay);
    return true;
  }

  /** @param ms how long the call took */
  giveBack(ms: number): void {
    this.#underWay -= 1;
    this.#count += 1;
    this.#totalMs += ms;
    this.#look();
  }

  #look(): void {
    const now = this.#options.clock();
    if (now - this.#since < WINDOW_MS || this.#count === 0) return;
    this.#adapt(this.#totalMs / this.#count);
    this.#since = now;
    this.#peak = this.#underWay;
    this.#turnedAway = 0;
    this.#count = 0;
    this.#totalMs = 0;
  }

  #adapt(meanMs: number): void {
    const { least, first, most } = this.#options;
    const fewMs = this.#learn(meanMs);
    const targetMs = Math.max(NOTICED_MS, TIMES_MAX * fewMs);
    const isQuick = meanMs <= targetMs;
    this.#isCalm = this.#turnedAway === 0;
    if (!this.#isCalm) {
      const less = Math.min(this.#limit, this.#peak) * Math.max(LESS_MIN, targetMs / meanMs);
      this.#limit = isQuick ? Math.min(most, this.#limit * MORE) : Math.max(least, less);
    } else if (this.#limit < first) this.#limit = Math.min(first, this.#limit * MORE_WHEN_CALM);
    else if (isQuick && this.#peak > this.#limit * USED) this.#limit = Math.min(most, this.#limit * MORE);
  }

  #learn(meanMs: number): number {
    const known = this.#fewMs ?? meanMs;
    const isFew = this.#peak <= FEW && this.#turnedAway === 0;
    this.#fewMs = isFew ? known + FORGETTING * (meanMs - known) : Math.min(known, meanMs);
    return this.#fewMs;
  }
}
