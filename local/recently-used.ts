/**
 * What was used lately, by its key, up to a weight in all. For caches; nothing is kept for sure.
 *
 * Values lie in two generations. What is used goes into the young one; when that weighs half of what is allowed, it becomes the
 * old one, and what the old one held still has not been used for so long that it is dropped. So a use costs one look into a map,
 * where an exact order of uses would cost a removal and an entry each.
 */
export class RecentlyUsed<Key, Value> {
  readonly #youngMax: number;
  readonly #weigh: (value: Value) => number;
  #young = new Map<Key, Value>();
  #old = new Map<Key, Value>();
  #youngWeight = 0;

  /** @param weigh how much one counts towards the weight; as many are kept as it says where nothing is given */
  constructor(weightMax: number, weigh: (value: Value) => number = () => 1) {
    this.#youngMax = weightMax / 2;
    this.#weigh = weigh;
  }

  get(key: Key): Value | undefined {
    const young = this.#young.get(key);
    if (young !== undefined) return young;
    const old = this.#old.get(key);
    if (old !== undefined) this.set(key, old);
    return old;
  }

  set(key: Key, value: Value): void {
    this.delete(key);
    const weight = this.#weigh(value);
    if (this.#youngWeight + weight > this.#youngMax) {
      this.#old = this.#young;
      this.#young = new Map();
      this.#youngWeight = 0;
    }
    this.#young.set(key, value);
    this.#youngWeight += weight;
  }

  delete(key: Key): void {
    const young = this.#young.get(key);
    if (young !== undefined) this.#youngWeight -= this.#weigh(young);
    this.#young.delete(key);
    this.#old.delete(key);
  }

  /** Forgets all whose keys the test names. */
  deleteWhere(test: (key: Key) => boolean): void {
    for (const key of [...this.#young.keys(), ...this.#old.keys()]) if (test(key)) this.delete(key);
  }

  clear(): void {
    this.#young = new Map();
    this.#old = new Map();
    this.#youngWeight = 0;
  }
}
