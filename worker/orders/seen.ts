/**
 * Orders as this worker has last seen them, for the steps that come after one another. An order is written by whichever worker
 * takes its next message, so what is seen here may be out of date: whoever goes by it must be able to bear that. What this
 * worker has closed itself, it has forgotten.
 */
import type { ReadOrder } from "../../domain/order-runs.ts";

const SEEN_MAX = 512;

type Seen = Promise<ReadOrder | undefined>;

export class SeenOrders {
  readonly #seen = new Map<string, Seen>();

  get(id: string): Seen | undefined {
    return this.#seen.get(id);
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
    this.#seen.delete(id);
  }

  #keep(id: string, seen: Seen): void {
    this.#seen.delete(id);
    this.#seen.set(id, seen);
    if (this.#seen.size <= SEEN_MAX) return;
    const [oldest] = this.#seen.keys();
    if (oldest !== undefined) this.#seen.delete(oldest);
  }
}
