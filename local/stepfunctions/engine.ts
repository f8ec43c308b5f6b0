import { Alarm } from "../alarm.ts";
import { AwsError, logged } from "../errors.ts";
import type { Store } from "../store.ts";
import { Calls } from "./calls.ts";
import { addStep, type Executions, type NewExecution, nothingUnstored, type Unstored } from "./executions.ts";
import type { Integrations } from "./integrations/integrations.ts";
import { advance } from "./interpreter/advance.ts";
import type { Effect, Execution, Outcome, OutstandingTask, Stimulus, TimerKind, World } from "./interpreter/execution.ts";
import { ROOT } from "./interpreter/execution.ts";
import { ofThreadKey, threadKey, threadRange } from "./schema.ts";
import type { Tokens } from "./tokens.ts";

/** How many due timers share one commit. */
const TIMERS_PER_COMMIT = 100;

/** What a thread's state waits for ends with it; the timers of the whole execution lie with its first thread and stay. */
const CLEAR_TIMERS = "DELETE FROM sfn_timers WHERE thread = ? AND kind <> 'execution' AND kind <> 'slice'";

export interface EngineParts {
  store: Store;
  executions: Executions;
  tokens: Tokens;
  integrations: Integrations;
  now(): number;
  random(): number;
  /** Told when an execution has ended, for a machine that waits to be deleted. */
  ended(machineArn: string): void;
}

/** An execution that is being told something: what comes next, and what its last step still asks for. */
interface Telling {
  readonly id: number;
  readonly stimuli: Stimulus[];
  last: { execution: Execution; effects: Effect[] } | undefined;
  /** What its steps changed and no row says yet: steps in a row are stored as one. */
  unstored: Unstored;
}

/**
 * Joins the interpreter with the world: takes what happened, lets the interpreter step, and stores the step with its timers
 * and calls, all inside the write that is under way. So a transition, its history, its timers and the message it sends are
 * one commit; what a kill interrupts has either happened whole or not at all. Calls that cannot be part of a write are made
 * after it, at least once.
 */
export class Engine {
  readonly #parts: EngineParts;
  readonly #alarm: Alarm;
  readonly #calls: Calls;
  readonly #telling: Telling[] = [];
  #stopped = false;

  constructor(parts: EngineParts) {
    this.#parts = parts;
    this.#alarm = new Alarm(() => void this.#ringDue());
    this.#calls = new Calls({ ...parts, tell: (id, stimulus) => this.tell(id, stimulus) });
  }

  /** Takes up the timers and calls of an earlier process; timers that came due meanwhile ring at once. */
  start(): void {
    this.#setAlarm();
    this.#calls.start();
  }

  stop(): void {
    this.#stopped = true;
    this.#alarm.stop();
    this.#calls.stop();
  }

  /**
   * Starts an execution inside the write that is under way. One that a task starts begins with a commit of its own: a machine
   * that starts itself must not run on within a single one.
   */
  startExecution(execution: NewExecution, byTask: boolean): number {
    const id = this.#parts.executions.insert(execution);
    if (byTask) this.#setTimer(id, ROOT, "start", this.#parts.now());
    else this.tell(id, { type: "start" });
    return id;
  }

  /**
   * Tells an execution what happened, inside the write that is under way, and all that follows from it. Executions that wait
   * for each other may be a long chain, so who is told in between is kept in a list and not by calls within calls.
   */
  tell(id: number, stimulus: Stimulus): void {
    const told = new Set<number>();
    try {
      this.#tellNext(id, stimulus);
      for (let telling = this.#telling.at(-1); telling !== undefined; telling = this.#telling.at(-1)) {
        told.add(telling.id);
        this.#goOn(telling);
      }
    } catch (error) {
      this.#telling.length = 0;
      // The copies in memory may be half-way between two steps; the rows are not.
      for (const each of told) this.#parts.executions.forget(each);
      throw error;
    }
  }

  /** Has an execution told before those already being told go on. */
  #tellNext(id: number, stimulus: Stimulus): void {
    this.#telling.push({ id, stimuli: [stimulus], last: undefined, unstored: nothingUnstored() });
  }

  /** Carries out the next effect of the last step, or takes the next step where there is none left. */
  #goOn(telling: Telling): void {
    const { id, stimuli, last } = telling;
    const effect = last?.effects.shift();
    if (last !== undefined && effect !== undefined) {
      stimuli.push(...this.#carryOut(telling, last.execution, effect));
      return;
    }
    const stimulus = stimuli.shift();
    // The rows lack the steps that are not stored yet, and a refused call may have made all copies be dropped.
    const execution = stimulus === undefined ? undefined : (last?.execution ?? this.#parts.executions.load(id));
    if (stimulus === undefined || execution === undefined) {
      if (last !== undefined) this.#store(telling, last.execution);
      this.#telling.pop();
      return;
    }
    const step = advance(execution, stimulus, this.#world(id));
    addStep(telling.unstored, step);
    telling.last = { execution, effects: step.effects };
  }

  #store(telling: Telling, execution: Execution): void {
    this.#parts.executions.store(telling.id, execution, telling.unstored);
    telling.unstored = nothingUnstored();
  }

  #world(id: number): World {
    const { now, random, tokens } = this.#parts;
    return { now: now(), random, token: (thread, event) => tokens.make(id, thread, event) };
  }

  #carryOut(telling: Telling, execution: Execution, effect: Effect): Stimulus[] {
    const { id } = telling;
    switch (effect.do) {
      case "call":
        return this.#call(id, execution, effect.thread, effect.task);
      case "setTimer":
        this.#setTimer(id, effect.thread, effect.kind, effect.at);
        return [];
      case "clearTimers":
        this.#parts.store.sql(CLEAR_TIMERS).run(threadKey(id, effect.thread));
        this.#calls.drop(id, effect.thread);
        return [];
      case "stopStarted":
        // Others are told now, and may tell this one in turn: its own steps come before.
        this.#store(telling, execution);
        this.#stopStarted(id, effect.thread);
        return [];
      case "end":
        this.#end(telling, execution, effect.outcome);
        return [];
    }
  }

  #call(id: number, execution: Execution, thread: number, task: OutstandingTask): Stimulus[] {
    const { integrations } = this.#parts;
    if (integrations.isImmediate(task)) return integrations.call(task, { execution: id, thread, arn: execution.facts.executionArn });
    this.#calls.add(id, thread, execution.lastEvent);
    return [];
  }

  #end(telling: Telling, execution: Execution, outcome: Outcome): void {
    const { executions, store } = this.#parts;
    const { id } = telling;
    executions.end(id, execution, telling.unstored, outcome, this.#parts.now());
    telling.unstored = nothingUnstored();
    store.sql("DELETE FROM sfn_timers WHERE thread >= ? AND thread < ?").run(...threadRange(id));
    this.#parts.ended(execution.facts.machineArn);
    const row = execution.facts.isStartedByTask ? executions.byId(id) : undefined;
    if (row?.starter_id == null || row.starter_thread === null) return;
    const starter = executions.load(row.starter_id)?.threads.get(row.starter_thread);
    if (starter?.phase.at !== "started") return;
    const answer = this.#parts.integrations.startedEnded(row, starter.phase.task.resource);
    this.#tellNext(row.starter_id, { ...answer, thread: starter.id });
  }

  /** An execution that a task started and waited for has no one left to answer to; it goes on by itself. */
  releaseStarted(id: number, thread: number): void {
    this.#parts.store
      .sql("UPDATE sfn_executions SET starter_id = NULL, starter_thread = NULL WHERE starter_id = ? AND starter_thread = ?")
      .run(id, thread);
  }

  #stopStarted(id: number, thread: number): void {
    const started = this.#parts.executions.startedBy(id, thread);
    if (started === undefined) return;
    this.releaseStarted(id, thread);
    this.#tellNext(started.id, { type: "stop", failure: { error: undefined, cause: undefined } });
  }

  #setTimer(id: number, thread: number, kind: TimerKind, at: number): void {
    this.#parts.store
      .sql("INSERT INTO sfn_timers (thread, kind, due) VALUES (?, ?, ?) ON CONFLICT (thread, kind) DO UPDATE SET due = excluded.due")
      .run(threadKey(id, thread), kind, at);
    this.#parts.store.afterCommit(() => this.#alarm.at(at));
  }

  async #ringDue(): Promise<void> {
    const now = this.#parts.now();
    try {
      const text = `SELECT thread, kind FROM sfn_timers WHERE due <= ? ORDER BY due LIMIT ${TIMERS_PER_COMMIT}`;
      const due = this.#parts.store.all<{ thread: number; kind: TimerKind }>(text, now);
      await Promise.all(due.map((timer) => this.#serve(timer.thread, timer.kind, now)));
      if (!this.#stopped) this.#setAlarm();
    } catch (error) {
      if (this.#stopped) return;
      console.error("Due timers could not be served; they are tried again:", logged(error));
      this.#alarm.at(now + RETRY_MS);
    }
  }

  /** A timer whose execution cannot take it is set aside for a while, so that it does not stand in the way of the others. */
  async #serve(thread: number, kind: TimerKind, now: number): Promise<void> {
    const { store } = this.#parts;
    try {
      await store.write(() => this.#ring(thread, kind, now));
    } catch (error) {
      if (error instanceof AwsError && error.status === 503) throw error;
      console.error(`The timer ${kind} of execution ${ofThreadKey(thread).execution} could not be served; it is set aside:`, error);
      const aside = "UPDATE sfn_timers SET due = ? WHERE thread = ? AND kind = ?";
      await store.write(() => store.sql(aside).run(now + SET_ASIDE_MS, thread, kind));
    }
  }

  #ring(key: number, kind: TimerKind, now: number): void {
    // Another timer of this group may have ended what this one stood for.
    const { changes } = this.#parts.store.sql("DELETE FROM sfn_timers WHERE thread = ? AND kind = ? AND due <= ?").run(key, kind, now);
    if (changes === 0) return;
    const { execution, thread } = ofThreadKey(key);
    if (kind === "start") return this.tell(execution, { type: "start" });
    this.tell(execution, kind === "slice" ? { type: "continue" } : { type: "timer", thread, kind });
  }

  #setAlarm(): void {
    const row = this.#parts.store.sql("SELECT min(due) AS due FROM sfn_timers").get();
    if (typeof row?.due === "number") this.#alarm.at(row.due);
  }
}

/** How long a failed serving of timers waits: the disk may be full. */
const RETRY_MS = 1_000;

/** How long a timer is set aside that failed for a reason of its own. */
const SET_ASIDE_MS = 60_000;
