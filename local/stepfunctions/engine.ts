import type { Store } from "../store.ts";
import { Calls } from "./calls.ts";
import type { NewExecution } from "./execution-row.ts";
import type { Executions } from "./executions.ts";
import type { Integrations } from "./integrations/integrations.ts";
import { advance } from "./interpreter/advance.ts";
import type { Effect, Execution, Outcome, OutstandingTask, Stimulus, World } from "./interpreter/execution.ts";
import { DueTimers } from "./timers.ts";
import type { Tokens } from "./tokens.ts";
import { addStep, nothingUnstored, type Unstored } from "./unstored.ts";

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
  readonly #timers: DueTimers;
  readonly #calls: Calls;
  readonly #telling: Telling[] = [];

  constructor(parts: EngineParts) {
    this.#parts = parts;
    const tell = (id: number, stimulus: Stimulus) => this.tell(id, stimulus);
    this.#timers = new DueTimers({ ...parts, tell });
    this.#calls = new Calls({ ...parts, tell });
  }

  /** Takes up the timers and calls of an earlier process; timers that came due meanwhile ring at once. */
  start(): void {
    this.#timers.start();
    this.#calls.start();
  }

  stop(): void {
    this.#timers.stop();
    this.#calls.stop();
  }

  /**
   * Starts an execution inside the write that is under way. One that a task starts begins with a commit of its own: a machine
   * that starts itself must not run on within a single one.
   */
  startExecution(created: NewExecution, byTask: boolean): number {
    const { id, execution } = this.#parts.executions.create(created, byTask ? { start: this.#parts.now() } : {});
    const unstored = nothingUnstored(created);
    if (byTask) this.#storeNow(id, execution, unstored);
    else this.#tellAll({ id, stimuli: [{ type: "start" }], last: { execution, effects: [] }, unstored });
    return id;
  }

  /**
   * Tells an execution what happened, inside the write that is under way, and all that follows from it. Executions that wait
   * for each other may be a long chain, so who is told in between is kept in a list and not by calls within calls.
   */
  tell(id: number, stimulus: Stimulus): void {
    this.#tellAll({ id, stimuli: [stimulus], last: undefined, unstored: nothingUnstored() });
  }

  #tellAll(first: Telling): void {
    const told = new Set<number>();
    try {
      this.#telling.push(first);
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
    this.#storeNow(telling.id, execution, telling.unstored);
    telling.unstored = nothingUnstored();
  }

  #storeNow(id: number, execution: Execution, unstored: Unstored): void {
    const due = this.#parts.executions.store(id, execution, unstored);
    if (due !== undefined) this.#timers.willRing(due);
  }

  #world(id: number): World {
    const { now, random, tokens } = this.#parts;
    return { now: now(), random, token: (thread, event) => tokens.make(id, thread, event) };
  }

  #carryOut(telling: Telling, execution: Execution, effect: Effect): Stimulus[] {
    const { id } = telling;
    switch (effect.do) {
      case "call":
        return this.#call(telling, execution, effect.thread, effect.task);
      case "dropCall":
        if (!this.#parts.integrations.isImmediate(effect.task)) this.#calls.drop(id, effect.thread);
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

  #call(telling: Telling, execution: Execution, thread: number, task: OutstandingTask): Stimulus[] {
    const { integrations } = this.#parts;
    const { id } = telling;
    if (integrations.isImmediate(task)) {
      // An execution that starts another is to be found by its name before that, should it be its own.
      if (telling.unstored.created !== undefined && integrations.startsExecution(task)) this.#store(telling, execution);
      return integrations.call(task, { execution: id, thread, arn: execution.facts.executionArn });
    }
    this.#calls.add(id, thread, execution.lastEvent);
    return [];
  }

  #end(telling: Telling, execution: Execution, outcome: Outcome): void {
    const { executions } = this.#parts;
    executions.end(telling.id, execution, telling.unstored, outcome, this.#parts.now());
    telling.unstored = nothingUnstored();
    this.#parts.ended(execution.facts.machineArn);
    const row = execution.facts.isStartedByTask ? executions.byId(telling.id) : undefined;
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
}
