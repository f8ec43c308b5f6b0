import type { JsonObject } from "../../json.ts";
import { resumeChildren } from "./containers.ts";
import { enter } from "./dataflow.ts";
import { type Execution, ROOT, type Step, type Stimulus, type Thread, type World } from "./execution.ts";
import { endFailed, guard, removeChildren } from "./failure.ts";
import { HISTORY_EVENTS_MAX, TURNS_PER_STEP } from "./limits.ts";
import { HistoryFull, Run } from "./run.ts";
import { work } from "./states.ts";
import { taskBeat, taskFailed, taskSubmitted, taskSucceeded, taskTimedOut } from "./task.ts";

/**
 * The interpreter: takes an execution and one thing that happened, and gives the events, effects and changed threads that
 * follow. It reads no clock, draws no lot and calls no one; the same execution, stimulus and world give the same step.
 * The execution handed in is changed in place: a caller that may have to take the step back hands in a copy.
 */
export function advance(execution: Execution, stimulus: Stimulus, world: World): Step {
  const run = new Run(execution, world);
  try {
    apply(run, stimulus);
    turn(run);
  } catch (error) {
    if (!(error instanceof HistoryFull)) throw error;
    endOverflown(run);
  }
  return run;
}

/** A fresh execution's first thread. */
export function firstThread(startAt: string, input: string): Thread {
  return {
    id: ROOT,
    parent: undefined,
    index: 0,
    state: startAt,
    input,
    previous: 0,
    entered: 0,
    beforeEntered: 0,
    enteredAt: 0,
    variables: {},
    item: undefined,
    attempts: [],
    phase: { at: "entering" },
    timers: {},
  };
}

function apply(run: Run, stimulus: Stimulus): void {
  switch (stimulus.type) {
    case "start":
      return start(run);
    case "continue":
      run.clearTimer(run.thread(ROOT), "slice");
      return enqueueRunnable(run);
    case "stop":
      if (run.execution.lastEvent === 0) emitStarted(run);
      return endFailed(run, "ABORTED", stimulus.failure, 0);
    case "redrive":
      return redrive(run);
    default:
      return tell(run, stimulus);
  }
}

function emitStarted(run: Run): void {
  const { facts } = run.execution;
  const details: JsonObject = { input: facts.input, inputDetails: { truncated: false }, roleArn: facts.roleArn };
  if (facts.aliasArn !== undefined) details.stateMachineAliasArn = facts.aliasArn;
  if (facts.versionArn !== undefined) details.stateMachineVersionArn = facts.versionArn;
  run.emitAfter(0, "ExecutionStarted", details);
}

function start(run: Run): void {
  const { program } = run.execution;
  emitStarted(run);
  const root = run.thread(ROOT);
  run.clearTimer(root, "start");
  if (program.timeoutSeconds !== undefined) run.setTimer(root, "execution", run.world.now + program.timeoutSeconds * 1000);
  run.enqueue(root);
}

/** After a step that was cut short, every thread with work left gets its turn again, oldest first. */
function enqueueRunnable(run: Run): void {
  const runnable = ["entering", "entered", "again", "scheduled"];
  for (const thread of run.execution.threads.values()) if (runnable.includes(thread.phase.at)) run.enqueue(thread);
}

function tell(run: Run, stimulus: Exclude<Stimulus, { type: "start" | "continue" | "stop" | "redrive" }>): void {
  const thread = run.execution.threads.get(stimulus.thread);
  if (thread === undefined) return;
  if (stimulus.type === "timer") run.clearTimer(thread, stimulus.kind);
  guard(run, thread, () => {
    switch (stimulus.type) {
      case "submitted":
        return taskSubmitted(run, thread, stimulus.output);
      case "succeeded":
        return taskSucceeded(run, thread, stimulus.output);
      case "failed":
        return taskFailed(run, thread, stimulus.failure, stimulus.submission ? "TaskSubmitFailed" : "TaskFailed");
      case "heartbeat":
        return taskBeat(run, thread);
      case "timer":
        return timerRang(run, thread, stimulus.kind);
    }
  });
}

function timerRang(run: Run, thread: Thread, kind: string): void {
  if (kind === "execution") return endFailed(run, "TIMED_OUT", { error: undefined, cause: undefined }, 0);
  if (kind === "timeout" || kind === "heartbeat") return taskTimedOut(run, thread, kind === "heartbeat");
  if (kind === "retry") run.become(thread, { at: "again" });
  run.enqueue(thread);
}

/** The execution goes on where it failed, with the input it failed on and its retries counted anew. */
function redrive(run: Run): void {
  const { facts, program } = run.execution;
  run.emitAfter(0, "ExecutionRedriven", { redriveCount: facts.redriveCount });
  const root = run.thread(ROOT);
  if (program.timeoutSeconds !== undefined) run.setTimer(root, "execution", run.world.now + program.timeoutSeconds * 1000);
  resume(run, root);
}

function resume(run: Run, thread: Thread): void {
  thread.attempts = [];
  const state = run.stateOf(thread);
  thread.previous = run.execution.lastEvent;
  const children = run.childrenOf(thread);
  if ((state.type === "Parallel" || state.type === "Map") && children.some((child) => child.phase.at !== "done")) {
    return guard(run, thread, () => resumeChildren(run, thread, state, (child) => resume(run, child)));
  }
  removeChildren(run, thread);
  // A Fail state is entered anew, all others go on inside the state they stood in.
  run.become(thread, thread.entered === 0 || state.type === "Fail" ? { at: "entering" } : { at: "again" });
  run.enqueue(thread);
}

/** Gives each waiting thread its turn until all wait for something outside, the execution ends, or the step is long enough. */
function turn(run: Run): void {
  for (let turns = 0; !run.ended; turns++) {
    const id = run.queue.shift();
    if (id === undefined) return;
    const thread = run.execution.threads.get(id);
    if (thread === undefined) continue;
    if (turns >= TURNS_PER_STEP) return run.setTimer(run.thread(ROOT), "slice", run.world.now);
    guard(run, thread, () => takeTurn(run, thread));
  }
}

function takeTurn(run: Run, thread: Thread): void {
  switch (thread.phase.at) {
    case "entering":
      return enter(run, thread);
    case "entered":
    case "again":
    case "scheduled":
    case "waiting":
      return work(run, thread);
    default:
      return;
  }
}

function endOverflown(run: Run): void {
  const cause = `The execution reached the maximum number of history events (${HISTORY_EVENTS_MAX}).`;
  endFailed(run, "FAILED", { error: "States.Runtime", cause }, run.execution.lastEvent);
}
