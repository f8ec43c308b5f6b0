/**
 * Orders as this worker has last seen them, for the steps that come right after one another. An order is written by whichever
 * worker takes its next message, so what is seen here may be out of date, though not by long: whoever goes by it must be able
 * to bear that. What this worker has closed itself, it has forgotten.
 */
import type { ReadOrder } from "../../domain/order-runs.ts";

const SEEN_MAX = 512;
/** A step that had to wait for longer looks for itself: the order may have been cancelled meanwhile. */
const GOOD_FOR_MS = 1_000;

type Seen = Promise<ReadOrder | undefined>;

interface Sight {
  readonly seen: Seen;
  readonly at: number;
}

export class SeenOrders {
  readonly #sights = new Map<string, Sight>();
  readonly #clock: () => number;

  constructor(clock: () => number = Date.now) {
    this.#clock = clock;
  }

  get(id: string): Seen | undefined {
    const sight = this.#sights.get(id);
    return sight !== undefined && this.#clock() - sight.at < GOOD_FOR_MS ? sight.seen : undefined;
  }

  /** Reads an order; for those who ask meanwhile, too. */
  read(id: string, read: () => Seen): Seen {
    const reading = read();
    this.#keep(id, reading);
    reading.catch(() => this.forget(id));
    return reading;
  }

  see(id: string, order: ReadOrder): void {
    this.#keep(id, Promise.resolve(order));
  }

  forget(id: string): void {
    this.#sights.delete(id);
  }

  #keep(id: string, seen: Seen): void {
    this.#sights.delete(id);
    this.#sights.set(id, { seen, at: this.#clock() });
    if (this.#sights.size <= SEEN_MAX) return;
    const [oldest] = this.#sights.keys();
    if (oldest !== undefined) this.#sights.delete(oldest);
  }
}
