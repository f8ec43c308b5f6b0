const MULTIPLIER = 0x5deece66dn;
const MASK = (1n << 48n) - 1n;

/**
 * Java's java.util.Random. AWS draws its seeded numbers from it, so the same seed gives the same numbers here as there.
 */
export class JavaRandom {
  #state: bigint;

  constructor(seed: number) {
    this.#state = (BigInt(Math.trunc(seed)) ^ MULTIPLIER) & MASK;
  }

  #next(bits: bigint): number {
    this.#state = (this.#state * MULTIPLIER + 0xbn) & MASK;
    return Number(this.#state >> (48n - bits));
  }

  /** At least 0, less than 1. */
  nextDouble(): number {
    return (this.#next(26n) * 2 ** 27 + this.#next(27n)) * 2 ** -53;
  }

  /** A whole number, at least 0 and less than `bound`. */
  nextInt(bound: number): number {
    const draw = this.#next(31n);
    if (Number.isInteger(Math.log2(bound))) return Math.floor((bound * draw) / 2 ** 31);
    let bits = draw;
    let value = bits % bound;
    // The last, incomplete run of remainders is drawn again, so that every number is equally likely.
    while (bits - value + (bound - 1) >= 2 ** 31) {
      bits = this.#next(31n);
      value = bits % bound;
    }
    return value;
  }
}
