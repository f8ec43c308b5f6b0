import {
  type Change,
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

/** One change from the status write to the answered token; returns the milliseconds. */
export async function change(worker: Worker, made: Change): Promise<number> {
  const began = performance.now();
  const done = worker.done(made);
  await writeStatus(worker.ground, made);
  await startExecution(worker.ground, made);
  await done;
  return performance.now() - began;
}

/** Pollers that record every change they are given and answer its token. */
export class Worker {
  readonly ground: Ground;
  #stopping = false;
  readonly #waiting = new Map<string, () => void>();
  readonly #pollers: Promise<unknown>;

  constructor(ground: Ground) {
    this.ground = ground;
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
      const tasks = await receiveTasks(this.ground, POLL_SECONDS);
      if (tasks.length === 0) continue;
      await Promise.all(tasks.map((task) => this.#handle(task)));
      await deleteTasks(this.ground, tasks);
    }
  }

  async #handle(task: Task): Promise<void> {
    await writeHistory(this.ground, task);
    await sendTaskSuccess(this.ground, task);
    const name = executionName(task);
    this.#waiting.get(name)?.();
    this.#waiting.delete(name);
  }
}
