/** What was used last, by its key, up to a weight in all: the least lately used goes first. For caches; nothing is kept for sure. */
export class RecentlyUsed<Key, Value> {
  readonly #weightMax: number;
  readonly #weigh: (value: Value) => number;
  /** In the order of their last use: a Map keeps the order of entering. */
  readonly #values = new Map<Key, Value>();
  #weight = 0;

  /** @param weigh how much one counts towards the weight; as many are kept as it says where nothing is given */
  constructor(weightMax: number, weigh: (value: Value) => number = () => 1) {
    this.#weightMax = weightMax;
    this.#weigh = weigh;
  }

  get(key: Key): Value | undefined {
    const value = this.#values.get(key);
    if (value === undefined) return undefined;
    this.#values.delete(key);
    this.#values.set(key, value);
    return value;
  }

  set(key: Key, value: Value): void {
    this.delete(key);
    this.#values.set(key, value);
    this.#weight += this.#weigh(value);
    for (const [oldest] of this.#values) {
      if (this.#weight <= this.#weightMax) return;
      this.delete(oldest);
    }
  }

  delete(key: Key): void {
    const value = this.#values.get(key);
    if (value === undefined) return;
    this.#values.delete(key);
    this.#weight -= this.#weigh(value);
  }

  clear(): void {
    this.#values.clear();
    this.#weight = 0;
  }
}
