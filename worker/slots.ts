/**
 * The places for messages at work. Whoever wants some waits for its turn, and until as many as it wants are free; a moment
 * after the first is, it takes what there is. Messages end one after the other, and a receive for each would cost a call for each.
 */
const COLLECT_MS = 5;

interface Taker {
  readonly most: number;
  resolve(taken: number): void;
}

export class Slots {
  #free: number;
  #isClosed = false;
  readonly #takers: Taker[] = [];
  /** Runs while there is a place for the first in turn, but not yet as many as it wants. */
  #collecting: NodeJS.Timeout | undefined;

  constructor(count: number) {
    this.#free = count;
  }

  /** 0 where there will be no more. */
  take(most: number): Promise<number> {
    if (this.#isClosed) return Promise.resolve(0);
    return new Promise((resolve) => {
      this.#takers.push({ most, resolve });
      this.#serve();
    });
  }

  giveBack(count: number): void {
    this.#free += count;
    this.#serve();
  }

  close(): void {
    this.#isClosed = true;
    this.#endCollecting();
    for (const { resolve } of this.#takers.splice(0)) resolve(0);
  }

  #serve(): void {
    for (let [first] = this.#takers; first !== undefined && this.#free >= first.most; [first] = this.#takers) this.#giveFirst(first.most);
    if (this.#takers.length > 0 && this.#free > 0) this.#collecting ??= setTimeout(() => this.#giveFirst(this.#free), COLLECT_MS);
  }

  #giveFirst(count: number): void {
    this.#endCollecting();
    this.#free -= count;
    this.#takers.shift()?.resolve(count);
  }

  #endCollecting(): void {
    clearTimeout(this.#collecting);
    this.#collecting = undefined;
  }
}
