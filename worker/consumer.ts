/**
 * Serves one queue: receives messages, has them handled side by side, and says to the queue what became of them.
 *
 * It has a loop of its own because sqs-consumer receives the next messages only when the whole last batch is done. With every
 * 50th message slow, the fast ones take some 30 times as long there; without slow ones it needs 1.7 times the time and 1.1 calls
 * a message instead of 0.2 where it deletes each message when it is done, and nothing more where it deletes batch by batch,
 * which makes each delete wait for its batch's slowest (bench/worker).
 *
 * - A message is deleted only after it was handled; one that was handled is deleted, or comes again and is handled again.
 * - At most `concurrency` messages are at work; a receive asks for no more than there is room for, so each begins at once.
 * - A message at work stays hidden from others. One that failed is shown again after the wait that `onFailed` tells.
 * - A slow message holds up nothing but its own place, and one that hangs not even the end of the process.
 * - Where one message after the other fails, as in an outage, it receives ever fewer: those that stay in the queue lose none
 *   of their attempts.
 * - What cannot be reached is tried again, ever later; the log tells when that begins and when it is over.
 */
import type { Logger } from "../config/logger.ts";
import type { Timings } from "../config/timings.ts";
import { type Backoff, waitMs } from "./backoff.ts";
import { Batcher } from "./batcher.ts";
import { type Flight, InFlight } from "./in-flight.ts";
import { BATCH_MAX, type Hiding, type Message, type Queue } from "./queue.ts";
import { reasonOf } from "./reasons.ts";
import { Slots } from "./slots.ts";
import { sleep, within } from "./waiting.ts";

export interface ConsumerOptions {
  readonly queue: Queue;
  /** Resolves once the message may be deleted. The signal tells that nobody waits for it any more. */
  readonly handle: (message: Message, signal: AbortSignal) => Promise<void>;
  /** Notes a failure and tells for how many seconds the message is hidden then. */
  readonly onFailed: (message: Message, error: unknown) => Promise<number>;
  readonly pollers: number;
  readonly concurrency: number;
  readonly timings: Pick<Timings, "visibilitySeconds" | "extendSeconds" | "taskTimeoutSeconds">;
  readonly logger: Logger;
  readonly random: () => number;
}

/** What was left when the time to finish was over. */
export interface Drained {
  readonly unfinished: number;
}

/** The process ends: its messages go back to the queue, for another. */
class HandedBack extends Error {
  override readonly name = "HandedBack";
}

const RECEIVE_BACKOFF: Backoff = { firstMs: 200, mostMs: 10_000 };
/** So many failures in a row are no message's own fault any more. */
const OUTAGE_FAILURES = 10;
const OUTAGE_BACKOFF: Backoff = { firstMs: 500, mostMs: 5_000 };
/** What saying the last things to the queue may take. */
const FLUSH_MS_MAX = 2_000;

export class Consumer {
  readonly #options: ConsumerOptions;
  readonly #slots: Slots;
  readonly #inFlight: InFlight;
  readonly #deletes: Batcher<Message>;
  readonly #releases: Batcher<Hiding>;
  readonly #stopping = new AbortController();
  readonly #working = new Set<Promise<void>>();
  #polling: Promise<unknown> = Promise.resolve();
  #failedReceives = 0;
  #failuresInARow = 0;

  constructor(options: ConsumerOptions) {
    const { queue, concurrency, timings, logger, random } = options;
    this.#options = options;
    this.#slots = new Slots(concurrency);
    this.#deletes = new Batcher({
      send: (messages) => queue.delete(messages),
      onGivenUp: ({ length: messages }, reason) =>
        logger.warn({ queue: queue.url, messages, reason: reasonOf(reason) }, "handled messages could not be deleted; they come again"),
      random,
    });
    this.#releases = new Batcher({
      send: (hidings) => queue.hide(hidings),
      onGivenUp: ({ length: messages }, reason) =>
        logger.debug({ queue: queue.url, messages, reason: reasonOf(reason) }, "messages could not be given back; they come again later"),
      random,
    });
    this.#inFlight = new InFlight({
      queue,
      visibilitySeconds: timings.visibilitySeconds,
      extendSeconds: timings.extendSeconds,
      limitSeconds: timings.taskTimeoutSeconds,
      onExtensionFailed: (reason) => logger.debug({ queue: queue.url, reason: reasonOf(reason) }, "messages could not be kept hidden"),
    });
  }

  /** How many messages are at work. */
  get atWork(): number {
    return this.#inFlight.count;
  }

  start(): void {
    this.#polling = Promise.all(Array.from({ length: this.#options.pollers }, () => this.#poll()));
  }

  /** Receives nothing more, lets what is at work finish, gives back what does not within the time, and says so to the queue. */
  async stop(finishMs: number): Promise<Drained> {
    this.#stopping.abort(new HandedBack("The worker ends."));
    this.#slots.close();
    // A message on its way with a poll that is cut off shows again when its visibility is over.
    await within(finishMs, Promise.all([this.#polling, ...this.#working]));
    const left = this.#inFlight.all;
    for (const { abort } of left) abort.abort(this.#stopping.signal.reason);
    await within(FLUSH_MS_MAX, this.#saidAll());
    return { unfinished: left.length };
  }

  async #saidAll(): Promise<void> {
    await Promise.all(this.#working);
    await Promise.all([this.#deletes.flushed(), this.#releases.flushed()]);
  }

  async #poll(): Promise<void> {
    const { queue, pollers, concurrency } = this.#options;
    const { signal } = this.#stopping;
    // No poll takes the places of all others, or they would wait while it does.
    const most = Math.min(BATCH_MAX, Math.ceil(concurrency / pollers));
    while (!signal.aborted) {
      await this.#slowDown();
      const places = await this.#slots.take(most);
      if (places === 0) return;
      let messages: Message[] = [];
      try {
        messages = await queue.receive(places, signal);
        this.#reachable();
      } catch (error) {
        if (!signal.aborted) await this.#unreachable(error);
      }
      this.#slots.giveBack(places - messages.length);
      for (const message of messages) this.#begin(message);
    }
  }

  #begin(message: Message): void {
    if (this.#stopping.signal.aborted) return this.#releases.add({ message, seconds: 0 });
    const working = this.#work(this.#inFlight.add(message)).finally(() => {
      this.#working.delete(working);
      this.#slots.giveBack(1);
    });
    this.#working.add(working);
  }

  async #work(flight: Flight): Promise<void> {
    const { message, abort } = flight;
    try {
      await Promise.race([this.#options.handle(message, abort.signal), rejection(abort.signal)]);
      void this.#inFlight.remove(flight);
      this.#deletes.add(message);
      this.#failuresInARow = 0;
    } catch (error) {
      const seconds = error instanceof HandedBack ? 0 : await this.#failed(message, error);
      await this.#inFlight.remove(flight);
      this.#releases.add({ message, seconds });
    }
  }

  async #failed(message: Message, error: unknown): Promise<number> {
    const { onFailed, timings, logger } = this.#options;
    this.#failuresInARow++;
    try {
      return await onFailed(message, error);
    } catch (cause) {
      logger.error({ messageId: message.id, reason: reasonOf(cause) }, "a failure could not be noted");
      return timings.visibilitySeconds;
    }
  }

  async #slowDown(): Promise<void> {
    const beyond = this.#failuresInARow - OUTAGE_FAILURES;
    if (beyond > 0) await sleep(waitMs(OUTAGE_BACKOFF, beyond, this.#options.random()), this.#stopping.signal);
  }

  #reachable(): void {
    const { queue, logger } = this.#options;
    if (this.#failedReceives > 0) logger.info({ queue: queue.url, failed: this.#failedReceives }, "the queue answers again");
    this.#failedReceives = 0;
  }

  async #unreachable(error: unknown): Promise<void> {
    const { queue, logger, random } = this.#options;
    this.#failedReceives++;
    if (this.#failedReceives === 1)
      logger.warn({ queue: queue.url, reason: reasonOf(error) }, "the queue does not answer; it is tried until it does");
    await sleep(waitMs(RECEIVE_BACKOFF, this.#failedReceives, random()), this.#stopping.signal);
  }
}

function rejection(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason), { once: true }));
}
