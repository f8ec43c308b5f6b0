import { randomBytes } from "node:crypto";
import {
  type Change,
  createRecord,
  deleteTasks,
  executionName,
  type Ground,
  receiveTasks,
  sendTaskSuccess,
  startExecution,
  type Task,
  writeHistory,
  writeStatus,
} from "../../test/support/flow.ts";

const POLLERS = 4;
/** Short, and never cut off: some endpoints hand messages to a poll whose caller has gone, and they would be missing. */
const POLL_SECONDS = 1;
const CHANGES_OF_A_RECORD = 20;

export interface Load {
  /** Finished changes a second. */
  readonly rate: number;
  readonly changes: number;
  /** Milliseconds from the status write to the answered token, sorted. */
  readonly latencies: readonly number[];
}

/** Runs `atOnce` changes at any time for so many seconds: callers that write and start, pollers that record and answer. */
export async function runLoad(ground: Ground, atOnce: number, seconds: number): Promise<Load> {
  const worker = new Worker(ground);
  const latencies: number[] = [];
  const began = performance.now();
  const end = began + seconds * 1000;
  try {
    await worker.failureOr(Promise.all(Array.from({ length: atOnce }, () => call(ground, worker, end, latencies))));
    const elapsed = (performance.now() - began) / 1000;
    return { rate: latencies.length / elapsed, changes: latencies.length, latencies: latencies.toSorted((a, b) => a - b) };
  } finally {
    await worker.stop();
  }
}

/** One caller: a change after the other, each awaited to its end, on records of its own. */
async function call(ground: Ground, worker: Worker, end: number, latencies: number[]): Promise<void> {
  while (performance.now() < end) {
    const id = randomBytes(8).toString("hex");
    await createRecord(ground, id);
    for (let version = 1; version <= CHANGES_OF_A_RECORD && performance.now() < end; version++) {
      const began = performance.now();
      const change = { id, version };
      const done = worker.done(change);
      await writeStatus(ground, change);
      await startExecution(ground, change);
      await done;
      latencies.push(performance.now() - began);
    }
  }
}

class Worker {
  readonly #ground: Ground;
  #stopping = false;
  readonly #waiting = new Map<string, () => void>();
  readonly #pollers: Promise<unknown>;

  constructor(ground: Ground) {
    this.#ground = ground;
    this.#pollers = Promise.all(Array.from({ length: POLLERS }, () => this.#poll()));
    // Whoever waits through failureOr is told; a failure while nobody waits must not end the process.
    this.#pollers.catch(() => undefined);
  }

  done(change: Change): Promise<void> {
    return new Promise((resolve) => this.#waiting.set(executionName(change), resolve));
  }

  /** A poller that fails would leave every caller waiting for ever. */
  failureOr<T>(work: Promise<T>): Promise<T> {
    return Promise.race([work, this.#pollers.then(() => work)]);
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#pollers.catch(() => undefined);
  }

  async #poll(): Promise<void> {
    while (!this.#stopping) {
      const tasks = await receiveTasks(this.#ground, POLL_SECONDS);
      if (tasks.length === 0) continue;
      await Promise.all(tasks.map((task) => this.#handle(task)));
      await deleteTasks(this.#ground, tasks);
    }
  }

  async #handle(task: Task): Promise<void> {
    await writeHistory(this.#ground, task);
    await sendTaskSuccess(this.#ground, task);
    const name = executionName(task);
    this.#waiting.get(name)?.();
    this.#waiting.delete(name);
  }
}
