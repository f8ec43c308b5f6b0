import { Consumer, type ConsumerOptions } from "../../../../worker/consumer.ts";
import { type CapturedLog, captureLog } from "../../../support/log.ts";
import type { FakeQueue } from "./fake-queue.ts";

export const TIMINGS = { visibilitySeconds: 30, extendSeconds: 10, taskTimeoutSeconds: 3_600 };

export interface Consuming {
  readonly consumer: Consumer;
  readonly log: CapturedLog;
}

/** A consumer that is started, with what a test does not care about. */
export function consume(queue: FakeQueue, options: Partial<ConsumerOptions> & Pick<ConsumerOptions, "handle">): Consuming {
  const log = captureLog();
  const consumer = new Consumer({
    queue,
    onFailed: async () => 5,
    pollers: 2,
    concurrency: 32,
    timings: TIMINGS,
    logger: log.logger,
    random: () => 0.5,
    ...options,
  });
  consumer.start();
  return { consumer, log };
}

/** Work that ends when a test says so, by the message's id. */
export class Gate {
  readonly begun: string[] = [];
  readonly #open = new Map<string, PromiseWithResolvers<void>>();

  handle = ({ id }: { readonly id: string }): Promise<void> => {
    this.begun.push(id);
    const waiting = Promise.withResolvers<void>();
    this.#open.set(id, waiting);
    return waiting.promise;
  };

  done(...ids: string[]): void {
    for (const id of ids) this.#open.get(id)?.resolve();
  }

  fail(id: string, error = new Error("It went wrong.")): void {
    this.#open.get(id)?.reject(error);
  }
}

export function ids(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `m${index + 1}`);
}
