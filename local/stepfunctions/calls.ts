import { setImmediate as nextTurn } from "node:timers/promises";
import { Alarm } from "../alarm.ts";
import { logged } from "../errors.ts";
import type { Store } from "../store.ts";
import type { Executions } from "./executions.ts";
import type { Integrations } from "./integrations/integrations.ts";
import type { OutstandingTask, Stimulus } from "./interpreter/execution.ts";
import { ofThreadKey, threadKey } from "./schema.ts";

export interface CallParts {
  store: Store;
  executions: Executions;
  integrations: Integrations;
  now(): number;
  /** Tells an execution what happened, inside the write that is under way. */
  tell(execution: number, stimulus: Stimulus): void;
}

interface Running {
  readonly event: number;
  readonly controller: AbortController;
}

interface Pending {
  readonly event: number;
  readonly task: OutstandingTask;
  readonly arn: string;
}

/** How many calls of an earlier process are taken up in one turn. */
const RESUMED_PER_TURN = 500;

/** How long a call waits to be made again where the file could not be written: the disk may be full. */
const RETRY_MS = 1_000;

/**
 * The calls of services that are not made inside the step which decides on them, because they take their time or write for
 * themselves. Each is a row from that step's commit to the commit that holds its answer, so a kill between the two makes the
 * call again after the restart: at least once. What runs in memory follows the rows: it is looked at anew after every commit
 * that touched them, and only ever says what this process is doing.
 */
export class Calls {
  readonly #parts: CallParts;
  /** By the thread that waits. */
  readonly #running = new Map<number, Running>();
  readonly #again: Alarm;
  #stopped = false;

  constructor(parts: CallParts) {
    this.#parts = parts;
    this.#again = new Alarm(() => void this.#takeUp());
  }

  /** Takes up the calls of an earlier process. */
  start(): void {
    void this.#takeUp();
  }

  /** Ends what runs; the rows stay for the next process. */
  stop(): void {
    this.#stopped = true;
    this.#again.stop();
    for (const { controller } of this.#running.values()) controller.abort();
    this.#running.clear();
  }

  /** Notes a call inside the write that is under way; it is made after the commit. `event` tells it from the thread's others. */
  add(execution: number, thread: number, event: number): void {
    const key = threadKey(execution, thread);
    this.#parts.store.sql("INSERT OR REPLACE INTO sfn_calls (thread, event) VALUES (?, ?)").run(key, event);
    this.#parts.store.afterCommit(() => void this.#look(key));
  }

  /** The thread waits no more: an answer that still comes is dropped, a long poll is cut. */
  drop(execution: number, thread: number): void {
    const key = threadKey(execution, thread);
    const { changes } = this.#parts.store.sql("DELETE FROM sfn_calls WHERE thread = ?").run(key);
    if (changes !== 0) this.#parts.store.afterCommit(() => void this.#look(key));
  }

  async #takeUp(): Promise<void> {
    const text = "SELECT thread FROM sfn_calls WHERE thread > ? ORDER BY thread LIMIT ?";
    try {
      for (let after = -1; !this.#stopped; ) {
        const rows = this.#parts.store.all<{ thread: number }>(text, after, RESUMED_PER_TURN);
        for (const { thread } of rows) void this.#look(thread);
        after = rows.at(-1)?.thread ?? after;
        if (rows.length < RESUMED_PER_TURN) return;
        await nextTurn();
      }
    } catch (error) {
      this.#failed(error);
    }
  }

  /** Makes what runs for a thread be what its row says: begins the call, ends one that is no longer wanted, or leaves it be. */
  async #look(key: number): Promise<void> {
    try {
      const pending = await this.#parts.store.read(() => this.#pending(key));
      const running = this.#running.get(key);
      if (this.#stopped || running?.event === pending?.event) return;
      running?.controller.abort();
      this.#running.delete(key);
      if (pending !== undefined) await this.#make(key, pending);
    } catch (error) {
      this.#failed(error);
    }
  }

  #failed(error: unknown): void {
    if (this.#stopped) return;
    console.error("A Task state's call could not be made; it is tried again:", logged(error));
    this.#again.at(this.#parts.now() + RETRY_MS);
  }

  #pending(key: number): Pending | undefined {
    const row = this.#parts.store.get<{ event: number }>("SELECT event FROM sfn_calls WHERE thread = ?", key);
    if (row === undefined) return undefined;
    const { execution: id, thread } = ofThreadKey(key);
    const execution = this.#parts.executions.load(id);
    const phase = execution?.threads.get(thread)?.phase;
    if (execution === undefined || phase?.at !== "started") return undefined;
    return { event: row.event, task: phase.task, arn: execution.facts.executionArn };
  }

  async #make(key: number, { event, task, arn }: Pending): Promise<void> {
    const controller = new AbortController();
    const { signal } = controller;
    const { execution, thread } = ofThreadKey(key);
    this.#running.set(key, { event, controller });
    try {
      const answer = await this.#parts.integrations.request(task, { execution, thread, arn }, signal);
      if (!signal.aborted) await this.#parts.store.write(() => this.#answer(key, event, execution, answer));
    } finally {
      if (this.#running.get(key)?.controller === controller) this.#running.delete(key);
    }
  }

  #answer(key: number, event: number, execution: number, answer: Stimulus): void {
    const { changes } = this.#parts.store.sql("DELETE FROM sfn_calls WHERE thread = ? AND event = ?").run(key, event);
    if (changes !== 0) this.#parts.tell(execution, answer);
  }
}
