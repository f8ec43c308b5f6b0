/**
 * Collects entries into batches: one goes out when it is full, or a few milliseconds after its first entry, so that messages
 * that are done at about the same time share a call.
 *
 * - What is refused, and what a call that failed was for, is tried again, with backoff and jitter, a limited number of times.
 * - An entry refused for good is left out: the message is no longer ours, and repeating changes nothing.
 * - Nobody waits for an entry but `flushed`, which a process does before it ends.
 */
import { type Backoff, waitMs } from "./backoff.ts";
import { BATCH_MAX, type Refused } from "./queue.ts";

export interface BatcherOptions<Entry> {
  readonly send: (entries: readonly Entry[]) => Promise<Refused<Entry>[]>;
  /** Entries that were not taken: those refused for good, and those tried as often as it is worth. */
  readonly onGivenUp: (entries: readonly Entry[], reason: unknown) => void;
  readonly random: () => number;
}

const COLLECT_MS = 5;
const TRIES_MAX = 6;
const BACKOFF: Backoff = { firstMs: 100, mostMs: 3_000 };

export class Batcher<Entry> {
  readonly #options: BatcherOptions<Entry>;
  #collected: Entry[] = [];
  #timer: NodeJS.Timeout | undefined;
  readonly #sending = new Set<Promise<void>>();

  constructor(options: BatcherOptions<Entry>) {
    this.#options = options;
  }

  add(entry: Entry): void {
    this.#collected.push(entry);
    if (this.#collected.length >= BATCH_MAX) this.#send();
    else this.#timer ??= setTimeout(() => this.#send(), COLLECT_MS);
  }

  /** Resolves when all that was added so far has been taken or given up. */
  async flushed(): Promise<void> {
    this.#send();
    await Promise.all(this.#sending);
  }

  #send(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#collected.length === 0) return;
    const sending = this.#sendUntilTaken(this.#collected).finally(() => this.#sending.delete(sending));
    this.#collected = [];
    this.#sending.add(sending);
  }

  async #sendUntilTaken(batch: readonly Entry[]): Promise<void> {
    const { send, onGivenUp, random } = this.#options;
    let entries = batch;
    for (let tries = 1; ; tries++) {
      let reason: unknown;
      try {
        const refused = await send(entries);
        const lost = refused.filter(({ mayBeRepeated }) => !mayBeRepeated);
        if (lost.length > 0)
          onGivenUp(
            lost.map(({ entry }) => entry),
            lost[0]?.reason,
          );
        entries = refused.filter(({ mayBeRepeated }) => mayBeRepeated).map(({ entry }) => entry);
        reason = refused[0]?.reason;
      } catch (error) {
        reason = error;
      }
      if (entries.length === 0) return;
      if (tries === TRIES_MAX) return onGivenUp(entries, reason);
      await new Promise((resolve) => setTimeout(resolve, waitMs(BACKOFF, tries, random())));
    }
  }
}
