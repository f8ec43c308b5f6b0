import type { JsonObject } from "../../json.ts";
import type { Program } from "../asl/program.ts";

/**
 * An execution as it is stored between two steps: plain data, nothing of it in a closure or a timer. Whatever it waits for
 * (a token, a moment, its branches) is written in its threads, so that it can be put away and taken up by another process.
 */
export interface Execution {
  readonly program: Program;
  readonly facts: Facts;
  readonly threads: Map<number, Thread>;
  nextThread: number;
  /** The id of the newest history event. */
  lastEvent: number;
}

/** What the context object tells of an execution. It changes only when the execution is redriven. */
export interface Facts {
  readonly executionArn: string;
  readonly name: string;
  readonly roleArn: string;
  readonly machineArn: string;
  readonly machineName: string;
  readonly versionArn: string | undefined;
  readonly aliasArn: string | undefined;
  readonly startedAt: number;
  readonly input: string;
  /** Whether a task of another execution started it and waits for its end. */
  readonly isStartedByTask: boolean;
  redriveCount: number;
  redrivenAt: number | undefined;
}

/** The id of the thread that runs the machine's own states; its end is the execution's. */
export const ROOT = 0;

/** One line of control: the machine itself, a Parallel's branch, or a Map's iteration. */
export interface Thread {
  readonly id: number;
  readonly parent: number | undefined;
  /** Which branch or which iteration it is. */
  readonly index: number;
  state: string;
  /** The current state's input as JSON text: untouched input keeps the caller's own spelling. */
  input: string;
  /** The id of the event that the thread's next event follows. */
  previous: number;
  /** The id of the current state's Entered event, the event that one followed, and when it was entered. */
  entered: number;
  beforeEntered: number;
  enteredAt: number;
  variables: JsonObject;
  /** The item of a Map's iteration as JSON text. */
  item: string | undefined;
  /** How often each retrier of the current state was used. */
  attempts: number[];
  phase: Phase;
  timers: Timers;
}

/** The moments at which timers ring, in milliseconds since the epoch. */
export type Timers = { [Kind in TimerKind]?: number };

/** The timer that rings before the others. */
export function firstTimer(timers: Timers): { kind: TimerKind; at: number } | undefined {
  const [first, ...others] = Object.entries(timers).map(([kind, at]) => ({ kind: kind as TimerKind, at }));
  return first && others.reduce((earliest, timer) => (timer.at < earliest.at ? timer : earliest), first);
}

export type Phase =
  /** About to enter its current state. */
  | { at: "entering" }
  /** In its state, with the state's work to do. */
  | { at: "entered" }
  /** To do the state's work once more, after a retry's delay or a redrive. */
  | { at: "again" }
  /** A Wait state's moment, or a retry's, has not come. */
  | { at: "waiting" }
  | { at: "retrying" }
  | { at: "scheduled"; task: OutstandingTask }
  | { at: "started"; task: OutstandingTask }
  | { at: "children"; running: number; done: number; count: number; limit: number }
  /** A Map's iteration that has not started. */
  | { at: "idle" }
  | { at: "done"; output: string }
  /** Where a failed execution stopped; a redrive begins here. */
  | { at: "failed" }
  | { at: "aborted" };

export interface OutstandingTask {
  resource: string;
  resourceType: string;
  token: string | undefined;
  parameters: string;
  timeoutSeconds: number | undefined;
  heartbeatSeconds: number | undefined;
}

export interface HistoryEvent {
  id: number;
  previous: number;
  type: string;
  at: number;
  /** The members of the event's `…EventDetails`, or undefined where the type has none. */
  details: JsonObject | undefined;
}

/** What the world tells an execution. */
export type Stimulus =
  | { type: "start" }
  | { type: "continue" }
  | { type: "timer"; thread: number; kind: TimerKind }
  /** A service took the call (`submitted`), or answered it, or refused it. */
  | { type: "submitted"; thread: number; output: string }
  | { type: "succeeded"; thread: number; output: string }
  | { type: "failed"; thread: number; failure: Failure; submission: boolean }
  | { type: "heartbeat"; thread: number }
  | { type: "stop"; failure: Failure }
  | { type: "redrive" };

/**
 * `execution`, `slice` and `start` are timers of the whole execution and lie with its first thread. The last two are due at once:
 * the next part of a long step, and the beginning of an execution that a task started.
 */
export type TimerKind = "wait" | "retry" | "timeout" | "heartbeat" | "execution" | "slice" | "start";

export interface Failure {
  error: string | undefined;
  cause: string | undefined;
  /** A second name retriers and catchers know it by. */
  alias?: string;
  /** Set where a task's time ran out: what a catcher reads then has an empty cause, although no event has one. */
  timedOut?: true;
}

/** What an execution asks of the world. */
export type Effect =
  | { do: "call"; thread: number; task: OutstandingTask }
  /** The task's answer is waited for no more. */
  | { do: "dropCall"; thread: number; task: OutstandingTask }
  /** An execution that a `.sync` task of the thread started is to be stopped. */
  | { do: "stopStarted"; thread: number }
  | { do: "end"; outcome: Outcome };

export type Outcome = { status: "SUCCEEDED"; output: string } | { status: "FAILED" | "TIMED_OUT" | "ABORTED"; failure: Failure };

/** What the interpreter may not know by itself, given from outside so that a step can be replayed. */
export interface World {
  readonly now: number;
  /** A number from 0 to below 1, for a retry's jitter. */
  random(): number;
  /** A token for one waiting task. */
  token(thread: number, event: number): string;
}

export interface Step {
  readonly events: HistoryEvent[];
  readonly effects: Effect[];
  /** Threads that changed and must be stored, and those that are gone. */
  readonly changed: Set<number>;
  readonly removed: Set<number>;
}
