/**
 * The messages at work. Each is hidden from other workers anew, some time before it would show again, and those that are
 * due at about the same moment share a call.
 *
 * Time is counted in ticks of the worker's own timer, not read from a clock that somebody may set.
 */
import { BATCH_MAX, type Message, type Queue } from "./queue.ts";

export interface Flight {
  readonly message: Message;
  /** Ends the handler's work where it goes on too long, or longer than the process may live. */
  readonly abort: AbortController;
}

interface Tracked {
  ticksSinceHidden: number;
  ticks: number;
  extending: Promise<void> | undefined;
}

export interface InFlightOptions {
  readonly queue: Queue;
  readonly visibilitySeconds: number;
  readonly extendSeconds: number;
  /** A handler that takes longer is told to end, and its message is no longer held back. */
  readonly limitSeconds: number;
  readonly onExtensionFailed: (reason: unknown) => void;
}

/** A handler took longer than any may. */
export class TooLong extends Error {
  override readonly name = "TooLong";

  constructor(seconds: number) {
    super(`It was not done after ${seconds} seconds.`);
  }
}

/** A message is hidden anew in the last of so many ticks, so what was received within one tick goes together. */
const TICKS = 5;

export class InFlight {
  readonly #options: InFlightOptions;
  readonly #flights = new Map<Flight, Tracked>();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: InFlightOptions) {
    this.#options = options;
  }

  get count(): number {
    return this.#flights.size;
  }

  get all(): Flight[] {
    return [...this.#flights.keys()];
  }

  add(message: Message): Flight {
    const flight = { message, abort: new AbortController() };
    this.#flights.set(flight, { ticks: 0, ticksSinceHidden: 0, extending: undefined });
    this.#timer ??= setInterval(() => this.#tick(), (this.#options.extendSeconds * 1_000) / TICKS);
    return flight;
  }

  /** Ends its extension. Whoever hides it otherwise waits for the one under way, which would come on top of it. */
  async remove(flight: Flight): Promise<void> {
    const tracked = this.#flights.get(flight);
    this.#flights.delete(flight);
    if (this.#flights.size === 0) {
      clearInterval(this.#timer);
      this.#timer = undefined;
    }
    await tracked?.extending;
  }

  #tick(): void {
    const { extendSeconds, limitSeconds } = this.#options;
    const due: [Flight, Tracked][] = [];
    for (const [flight, tracked] of this.#flights) {
      tracked.ticks++;
      if (++tracked.ticksSinceHidden >= TICKS - 1 && tracked.extending === undefined) due.push([flight, tracked]);
      if ((tracked.ticks * extendSeconds) / TICKS >= limitSeconds) flight.abort.abort(new TooLong(limitSeconds));
    }
    for (let from = 0; from < due.length; from += BATCH_MAX) {
      const batch = due.slice(from, from + BATCH_MAX);
      const extending = this.#extend(new Map(batch.map(([flight, tracked]) => [flight.message, tracked])));
      for (const [, tracked] of batch) {
        tracked.extending = extending.finally(() => {
          tracked.extending = undefined;
        });
      }
    }
  }

  async #extend(batch: ReadonlyMap<Message, Tracked>): Promise<void> {
    const { queue, visibilitySeconds: seconds, onExtensionFailed } = this.#options;
    for (const tracked of batch.values()) tracked.ticksSinceHidden = 0;
    try {
      const refused = await queue.hide([...batch.keys()].map((message) => ({ message, seconds })));
      // One that SQS will not take is no longer ours: another has it, or will. Its work goes on, since it may be done twice.
      for (const { entry, mayBeRepeated } of refused) if (mayBeRepeated) dueAgain(batch.get(entry.message));
      if (refused[0] !== undefined) onExtensionFailed(refused[0].reason);
    } catch (error) {
      onExtensionFailed(error);
      for (const tracked of batch.values()) dueAgain(tracked);
    }
  }
}

/** With the next tick. */
function dueAgain(tracked: Tracked | undefined): void {
  if (tracked !== undefined) tracked.ticksSinceHidden = TICKS;
}
