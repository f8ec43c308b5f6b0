/**
 * How often somebody may do something, counted in this process's memory: each has a bucket that holds a minute's worth, loses
 * one each time, and fills up again evenly. Who is not known has a full one, so only those who did something lately are kept,
 * and of these a bounded number: the one who has been quiet longest is forgotten first.
 */

interface Bucket {
  readonly level: number;
  /** When it had that level, in milliseconds. */
  readonly at: number;
}

const MINUTE_MS = 60_000;
const KEPT_MAX = 10_000;

export class TokenBuckets {
  readonly perMinute: number;
  readonly #clock: () => number;
  readonly #most: number;
  /** In the order of their last use. */
  readonly #buckets = new Map<string, Bucket>();

  constructor(perMinute: number, clock: () => number = () => performance.now(), most = KEPT_MAX) {
    this.perMinute = perMinute;
    this.#clock = clock;
    this.#most = most;
  }

  /** How many are kept. */
  get size(): number {
    return this.#buckets.size;
  }

  /** In how many seconds there is one to take; 0 where there is. */
  secondsUntil(who: string): number {
    const missing = 1 - this.#levelOf(who);
    return missing <= 0 ? 0 : Math.ceil((missing * MINUTE_MS) / this.perMinute / 1_000);
  }

  /**
   * Takes one. Where many are taken before any of them was counted, the level falls below nothing, a minute's worth at most:
   * what was too much is waited for.
   */
  take(who: string): void {
    const level = Math.max(this.#levelOf(who) - 1, -this.perMinute);
    this.#buckets.delete(who);
    this.#buckets.set(who, { level, at: this.#clock() });
    if (this.#buckets.size <= this.#most) return;
    const [longest] = this.#buckets.keys();
    if (longest !== undefined) this.#buckets.delete(longest);
  }

  #levelOf(who: string): number {
    const bucket = this.#buckets.get(who);
    if (bucket === undefined) return this.perMinute;
    return Math.min(this.perMinute, bucket.level + ((this.#clock() - bucket.at) * this.perMinute) / MINUTE_MS);
  }
}
