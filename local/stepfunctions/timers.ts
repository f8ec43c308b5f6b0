import { Alarm } from "../alarm.ts";
import { AwsError, logged } from "../errors.ts";
import type { Store } from "../store.ts";
import type { Executions } from "./executions.ts";
import { firstTimer, ROOT, type Stimulus } from "./interpreter/execution.ts";
import { ofThreadKey, THREADS } from "./schema.ts";

/** How many due timers share one commit. */
const TIMERS_PER_COMMIT = 100;

/** How long a failed serving of timers waits: the disk may be full. */
const RETRY_MS = 1_000;

/** How long a timer is set aside that failed for a reason of its own. */
const SET_ASIDE_MS = 60_000;

/** Each half goes along its own index, so that a hundred thousand due timers are not sorted for the first few of them. */
export const DUE_THREADS = `SELECT id * ${THREADS} AS key, due FROM sfn_executions WHERE due <= ?1
  UNION ALL SELECT key, due FROM sfn_threads WHERE due <= ?1 ORDER BY due LIMIT 0 + ?2`;

export const FIRST_DUE = `SELECT min(due) AS due FROM (
  SELECT min(due) AS due FROM sfn_executions WHERE due IS NOT NULL UNION ALL SELECT min(due) FROM sfn_threads WHERE due IS NOT NULL)`;

export interface TimerParts {
  store: Store;
  executions: Executions;
  now(): number;
  /** Tells an execution what happened, inside the write that is under way. */
  tell(execution: number, stimulus: Stimulus): void;
}

/** Rings the timers of threads. A thread holds them itself; its row's `due` says when the first of them has its moment. */
export class DueTimers {
  readonly #parts: TimerParts;
  readonly #alarm: Alarm;
  #stopped = false;

  constructor(parts: TimerParts) {
    this.#parts = parts;
    this.#alarm = new Alarm(() => void this.#ringDue());
  }

  /** Takes up the timers of an earlier process; those that came due meanwhile ring at once. */
  start(): void {
    this.#setAlarm();
  }

  stop(): void {
    this.#stopped = true;
    this.#alarm.stop();
  }

  /** To be called inside a write that stored a thread whose first timer rings then. */
  willRing(due: number): void {
    this.#parts.store.afterCommit(() => this.#alarm.at(due));
  }

  #setAlarm(): void {
    const due = this.#parts.store.get<{ due: number | null }>(FIRST_DUE)?.due;
    if (typeof due === "number") this.#alarm.at(due);
  }

  async #ringDue(): Promise<void> {
    const now = this.#parts.now();
    try {
      const due = this.#parts.store.all<{ key: number }>(DUE_THREADS, now, TIMERS_PER_COMMIT);
      await Promise.all(due.map(({ key }) => this.#serve(key, now)));
      if (!this.#stopped) this.#setAlarm();
    } catch (error) {
      if (this.#stopped) return;
      console.error("Due timers could not be served; they are tried again:", logged(error));
      this.#alarm.at(now + RETRY_MS);
    }
  }

  /** A timer whose execution cannot take it is set aside for a while, so that it does not stand in the way of the others. */
  async #serve(key: number, now: number): Promise<void> {
    const { store } = this.#parts;
    try {
      await store.write(() => this.#ring(key, now));
    } catch (error) {
      if (error instanceof AwsError && error.status === 503) throw error;
      console.error(`A timer of execution ${ofThreadKey(key).execution} could not be served; it is set aside:`, error);
      await store.write(() => this.#setDue(key, now + SET_ASIDE_MS));
    }
  }

  /** Rings the first of a thread's timers. Should another be due as well, it rings next, if this one has not ended what it stood for. */
  #ring(key: number, now: number): void {
    const { executions, tell } = this.#parts;
    const { execution: id, thread } = ofThreadKey(key);
    const first = firstTimer(executions.load(id)?.threads.get(thread)?.timers ?? {});
    // Another timer of this group may have ended what this one stood for, or moved it.
    if (first === undefined || first.at > now) return this.#setDue(key, first?.at);
    if (first.kind === "start") return tell(id, { type: "start" });
    tell(id, first.kind === "slice" ? { type: "continue" } : { type: "timer", thread, kind: first.kind });
  }

  /** Changes when a thread's timers are looked at, and nothing of the timers themselves. */
  #setDue(key: number, due: number | undefined): void {
    const { execution, thread } = ofThreadKey(key);
    const { store } = this.#parts;
    if (thread === ROOT) store.sql("UPDATE sfn_executions SET due = ? WHERE id = ?").run(due ?? null, execution);
    else store.sql("UPDATE sfn_threads SET due = ? WHERE key = ?").run(due ?? null, key);
  }
}
