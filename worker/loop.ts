/**
 * Does something again and again, never twice at once, with a pause between that each round tells.
 *
 * - A round that throws is followed by ever longer pauses; the log tells when that begins and when it is over.
 * - Stopping cuts a pause short, and waits for a round under way as long as it is given.
 */
import type { Logger } from "../config/logger.ts";
import { type Backoff, waitMs } from "./backoff.ts";
import { reasonOf } from "./reasons.ts";
import { sleep, within } from "./waiting.ts";

export interface LoopOptions {
  readonly name: string;
  /** A round; resolves with the milliseconds until the next. */
  readonly round: () => Promise<number>;
  readonly firstPauseMs: number;
  readonly onFailed?: () => void;
  readonly logger: Logger;
  readonly random: () => number;
}

const BACKOFF: Backoff = { firstMs: 2_000, mostMs: 30_000 };
/** Full jitter may come out at nothing, and a round that fails must not be followed by the next at once. */
const PAUSE_MS_MIN = 500;

export class Loop {
  readonly #options: LoopOptions;
  readonly #stopping = new AbortController();
  #running: Promise<void> = Promise.resolve();
  #failures = 0;

  constructor(options: LoopOptions) {
    this.#options = options;
  }

  start(): void {
    this.#running = this.#run();
  }

  async stop(finishMs: number): Promise<"done" | "late"> {
    this.#stopping.abort();
    return within(finishMs, this.#running);
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    await sleep(this.#options.firstPauseMs, signal);
    while (!signal.aborted) await sleep(await this.#round(), signal);
  }

  async #round(): Promise<number> {
    const { name, round, onFailed, logger, random } = this.#options;
    try {
      const pauseMs = await round();
      if (this.#failures > 0) logger.info({ loop: name, failed: this.#failures }, `${name} works again`);
      this.#failures = 0;
      return pauseMs;
    } catch (error) {
      this.#failures++;
      if (this.#failures === 1) logger.warn({ loop: name, reason: reasonOf(error) }, `${name} fails; it is tried until it works`);
      onFailed?.();
      return PAUSE_MS_MIN + waitMs(BACKOFF, this.#failures, random());
    }
  }
}
