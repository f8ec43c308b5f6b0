import type { Json, JsonObject } from "../../../../local/json.ts";
import { parseDefinition } from "../../../../local/stepfunctions/asl/parse.ts";
import type { Program } from "../../../../local/stepfunctions/asl/program.ts";
import { advance, firstThread } from "../../../../local/stepfunctions/interpreter/advance.ts";
import {
  type Effect,
  type Execution,
  firstTimer,
  type HistoryEvent,
  type Outcome,
  type OutstandingTask,
  type Stimulus,
  type Thread,
} from "../../../../local/stepfunctions/interpreter/execution.ts";

/** Plays a machine without a clock, a network or a database: time jumps to the next timer, and `tasks` answers the calls. */
export interface PlayOptions {
  /** The execution's, "run" where none is given. */
  name?: string;
  input?: Json;
  /** What a call answers: a value, a failure, or nothing (its task goes on waiting). `call` counts from 0. */
  tasks?: (task: OutstandingTask, call: number) => { output: Json } | { error?: string; cause?: string } | undefined;
  random?: () => number;
  /** Whether the execution is written down and read back between all steps, as a kill at every commit would have it. */
  killAtEveryCommit?: boolean;
  /** Stimuli given once nothing but waiting is left, one after another. */
  afterwards?: ((execution: Execution) => Stimulus)[];
}

export interface Played {
  outcome: Outcome | undefined;
  history: HistoryEvent[];
  /** How long it took, by the timers that rang. */
  elapsedMs: number;
  execution: Execution;
}

const START = Date.UTC(2026, 0, 1);

export function play(definition: JsonObject, options: PlayOptions = {}): Played {
  return new Player(programOf(definition), options).run();
}

export function programOf(definition: JsonObject): Program {
  const parsed = parseDefinition(JSON.stringify(definition));
  if ("diagnostics" in parsed) throw new Error(`The test's own definition is refused: ${JSON.stringify(parsed.diagnostics)}`);
  return parsed.program;
}

/** The value a played machine ended with; a failure is an error that tells all. */
export function outputOf(played: Played): Json {
  if (played.outcome?.status !== "SUCCEEDED") throw new Error(`The execution did not succeed: ${JSON.stringify(played.outcome)}`);
  return JSON.parse(played.outcome.output) as Json;
}

/** The failure a played machine ended with. */
export function failureOf(played: Played): { error: string | undefined; cause: string | undefined } {
  if (played.outcome === undefined || played.outcome.status === "SUCCEEDED")
    throw new Error(`The execution did not fail: ${JSON.stringify(played.outcome)}`);
  return { error: played.outcome.failure.error, cause: played.outcome.failure.cause };
}

/** The events as `id←previous Type`, which is how tests state a history's shape. */
export function shapeOf(played: Played): string[] {
  return played.history.map((event) => `${event.id}←${event.previous} ${event.type}`);
}

class Player {
  readonly #options: PlayOptions;
  #execution: Execution;
  readonly #history: HistoryEvent[] = [];
  #now = START;
  #calls = 0;
  #outcome: Outcome | undefined;

  constructor(program: Program, options: PlayOptions) {
    this.#options = options;
    const input = JSON.stringify(options.input ?? {});
    this.#execution = {
      program,
      facts: {
        executionArn: "arn:aws:states:us-east-1:000000000000:execution:machine:run",
        name: options.name ?? "run",
        roleArn: "arn:aws:iam::000000000000:role/states",
        machineArn: "arn:aws:states:us-east-1:000000000000:stateMachine:machine",
        machineName: "machine",
        versionArn: undefined,
        aliasArn: undefined,
        startedAt: START,
        input,
        redriveCount: 0,
        redrivenAt: undefined,
        isStartedByTask: false,
      },
      threads: new Map([[0, firstThread(program.startAt, input)]]),
      nextThread: 1,
      lastEvent: 0,
    };
  }

  run(): Played {
    this.#tell({ type: "start" });
    this.#ringAll();
    for (const next of this.#options.afterwards ?? []) {
      this.#tell(next(this.#execution));
      this.#ringAll();
    }
    return { outcome: this.#outcome, history: this.#history, elapsedMs: this.#now - START, execution: this.#execution };
  }

  #ringAll(): void {
    for (let timer = this.#earliest(); timer !== undefined && this.#outcome === undefined; timer = this.#earliest()) {
      this.#now = Math.max(this.#now, timer.at);
      this.#tell(timer.kind === "slice" ? { type: "continue" } : { type: "timer", thread: timer.thread, kind: timer.kind });
    }
  }

  #earliest() {
    const timers = [...this.#execution.threads.values()].flatMap((thread) => {
      const first = firstTimer(thread.timers);
      return first === undefined ? [] : [{ thread: thread.id, ...first }];
    });
    return timers.sort((a, b) => a.at - b.at)[0];
  }

  #tell(first: Stimulus): void {
    const stimuli = [first];
    for (let stimulus = stimuli.shift(); stimulus !== undefined; stimulus = stimuli.shift()) {
      if (this.#options.killAtEveryCommit === true) this.#execution = rewritten(this.#execution);
      if (stimulus.type === "redrive") this.#reopen();
      const step = advance(this.#execution, stimulus, {
        now: this.#now,
        random: this.#options.random ?? (() => 0.5),
        token: (thread, event) => `token-${thread}-${event}`,
      });
      this.#history.push(...step.events);
      for (const effect of step.effects) stimuli.push(...this.#carryOut(effect));
    }
  }

  #reopen(): void {
    this.#outcome = undefined;
    this.#execution.facts.redriveCount++;
  }

  #carryOut(effect: Effect): Stimulus[] {
    switch (effect.do) {
      case "call":
        return this.#call(effect.thread, effect.task);
      case "dropCall":
      case "stopStarted":
        return [];
      case "end":
        this.#outcome = effect.outcome;
        return [];
    }
  }

  #call(thread: number, task: OutstandingTask): Stimulus[] {
    const answer = this.#options.tasks?.(task, this.#calls++);
    const submitted: Stimulus[] = task.resource.includes(".") ? [{ type: "submitted", thread, output: "{}" }] : [];
    if (answer === undefined) return submitted;
    if ("output" in answer) return [...submitted, { type: "succeeded", thread, output: JSON.stringify(answer.output) }];
    return [...submitted, { type: "failed", thread, failure: { error: answer.error, cause: answer.cause }, submission: false }];
  }
}

/** What another process would read from the rows that this one wrote. */
function rewritten(execution: Execution): Execution {
  const threads = JSON.parse(JSON.stringify([...execution.threads.values()])) as Thread[];
  return { ...execution, facts: { ...execution.facts }, threads: new Map(threads.map((thread) => [thread.id, thread])) };
}
