/**
 * The places for messages at work. Whoever wants some waits until there is one, and takes what is free up to a number. Where
 * that is less than wanted it waits a moment more: messages end one after the other, and a receive for each would cost a
 * call for each.
 */
const COLLECT_MS = 5;

export class Slots {
  #free: number;
  #isClosed = false;
  readonly #waiting: (() => void)[] = [];

  constructor(count: number) {
    this.#free = count;
  }

  /** 0 where there will be no more. */
  async take(most: number): Promise<number> {
    let hasCollected = false;
    while (!this.#isClosed && (this.#free === 0 || (this.#free < most && !hasCollected))) {
      if (this.#free === 0) await new Promise<void>((resolve) => this.#waiting.push(resolve));
      else {
        await new Promise((resolve) => setTimeout(resolve, COLLECT_MS));
        hasCollected = true;
      }
    }
    if (this.#isClosed) return 0;
    const taken = Math.min(most, this.#free);
    this.#free -= taken;
    if (this.#free > 0) this.#waiting.shift()?.();
    return taken;
  }

  giveBack(count: number): void {
    this.#free += count;
    if (count > 0) this.#waiting.shift()?.();
  }

  close(): void {
    this.#isClosed = true;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
