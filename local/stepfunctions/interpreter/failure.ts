import type { Json, JsonObject } from "../../json.ts";
import type { Catcher, Retrier, State } from "../asl/program.ts";
import { StatesError } from "../expressions/scope.ts";
import { contextOf } from "./context.ts";
import { assignVariables, evaluateTemplate, leave, type Scopes, writeResult } from "./dataflow.ts";
import { type Failure, ROOT, type Thread } from "./execution.ts";
import type { Run } from "./run.ts";

/**
 * What happens when a state fails: a retrier takes it back, a catcher leads it on, or the thread fails and with it the
 * Parallel or Map around it, up to the execution.
 */
export function failState(run: Run, thread: Thread, failure: Failure): void {
  // What no one may retry or catch ends the execution from wherever it arose.
  if (failure.error === "States.Runtime") return endFailed(run, "FAILED", failure, thread.previous);
  run.abandon(thread);
  const state = run.stateOf(thread);
  if ("retry" in state && retry(run, thread, state.retry, failure)) return;
  emitContainerFailed(run, thread, state);
  const catcher = "catch" in state ? state.catch.find((candidate) => matchesAny(candidate.errorEquals, failure)) : undefined;
  if (catcher === undefined) return failThread(run, thread, state, failure);
  try {
    caught(run, thread, state, catcher, failure);
  } catch (error) {
    // The catcher's own mistake is not its to catch.
    if (!(error instanceof StatesError)) throw error;
    failThread(run, thread, state, { error: error.error, cause: describe(thread, error) });
  }
}

/** A mistake found while a state worked (a path that leads nowhere, an expression that fails), in the words of AWS. */
export function failEvaluation(run: Run, thread: Thread, error: StatesError): void {
  const cause = describe(thread, error);
  const failure = { error: error.error, cause };
  if (error.error === "States.QueryEvaluationError") {
    const details: JsonObject = {
      error: error.error,
      cause,
      ...(error.location === undefined ? {} : { location: error.location }),
      state: thread.state,
    };
    thread.previous = run.emitAfter(
      thread.previous === thread.entered ? thread.beforeEntered : thread.previous,
      "EvaluationFailed",
      details,
    );
  }
  failState(run, thread, failure);
}

function describe(thread: Thread, error: StatesError): string {
  if (error.bare) return error.cause;
  return `An error occurred while executing the state '${thread.state}' (entered at the event id #${thread.entered}). ${error.cause}`;
}

/** Runs a thread's work; a mistake in it is the thread's failure. */
export function guard(run: Run, thread: Thread, act: () => void): void {
  try {
    act();
  } catch (error) {
    if (!(error instanceof StatesError)) throw error;
    failEvaluation(run, thread, error);
  }
}

/** Does the execution's end; the threads stay as they are for a redrive. */
export function endFailed(run: Run, status: "FAILED" | "TIMED_OUT" | "ABORTED", failure: Failure, previous: number): void {
  const types = { FAILED: "ExecutionFailed", TIMED_OUT: "ExecutionTimedOut", ABORTED: "ExecutionAborted" } as const;
  run.append(previous, types[status], failureDetails(failure));
  for (const thread of run.execution.threads.values()) {
    run.abandon(thread);
    if (isUnderWay(thread)) run.become(thread, { at: "aborted" });
  }
  run.thread(ROOT).timers = {};
  run.changed.add(ROOT);
  run.effects.push({ do: "end", outcome: { status, failure } });
  run.ended = true;
}

export function failureDetails(failure: Failure): JsonObject {
  const details: JsonObject = {};
  if (failure.error !== undefined) details.error = failure.error;
  if (failure.cause !== undefined) details.cause = failure.cause;
  return details;
}

function failThread(run: Run, thread: Thread, state: State, failure: Failure): void {
  run.become(thread, { at: "failed" });
  if (thread.id === ROOT || thread.parent === undefined) return endFailed(run, "FAILED", failure, thread.previous);
  const parent = run.thread(thread.parent);
  parent.previous = thread.previous;
  abortChildren(run, parent, thread, state);
  failState(run, parent, failure);
}

/** A Parallel or Map says that it failed, after its branches are out of the way. */
function emitContainerFailed(run: Run, thread: Thread, state: State): void {
  if (state.type !== "Parallel" && state.type !== "Map") return;
  for (const child of run.childrenOf(thread)) if (isUnderWay(child)) abortThread(run, child, thread.previous);
  run.emit(thread, `${state.type}StateFailed`);
}

/** The other branches stop where they are; all their last events follow the one that failed the branch. */
function abortChildren(run: Run, parent: Thread, failed: Thread, failedState: State): void {
  const inMap = run.stateOf(parent).type === "Map";
  for (const child of run.childrenOf(parent)) {
    const details = { name: parent.state, index: child.index };
    if (child === failed) {
      if (inMap) run.emitAfter(parent.previous, "MapIterationFailed", details);
      if (failedState.type === "Task") run.emitAfter(parent.previous, "TaskStateAborted");
    } else if (isUnderWay(child)) {
      if (inMap) run.emitAfter(parent.previous, "MapIterationAborted", details);
      abortThread(run, child, parent.previous);
    }
  }
}

function isUnderWay(thread: Thread): boolean {
  return !["idle", "done", "failed", "aborted"].includes(thread.phase.at);
}

function abortThread(run: Run, thread: Thread, previous: number): void {
  const { type } = run.stateOf(thread);
  if (thread.phase.at !== "entering" && ["Task", "Wait", "Parallel", "Map"].includes(type)) run.emitAfter(previous, `${type}StateAborted`);
  for (const child of run.childrenOf(thread)) if (isUnderWay(child)) abortThread(run, child, previous);
  run.abandon(thread);
  run.become(thread, { at: "aborted" });
}

/** Removes the threads of earlier attempts below a Parallel or Map. A thread stands behind its parent, so one pass finds them all. */
export function removeChildren(run: Run, thread: Thread): void {
  const removed = new Set([thread.id]);
  for (const other of [...run.execution.threads.values()]) {
    if (other.parent === undefined || !removed.has(other.parent)) continue;
    removed.add(other.id);
    run.remove(other);
  }
}

function retry(run: Run, thread: Thread, retriers: readonly Retrier[], failure: Failure): boolean {
  const index = retriers.findIndex((retrier) => matchesAny(retrier.errorEquals, failure));
  const retrier = retriers[index];
  if (retrier === undefined) return false;
  const used = thread.attempts[index] ?? 0;
  if (used >= retrier.maxAttempts) return false;
  for (let i = 0; i < retriers.length; i++) thread.attempts[i] ??= 0;
  thread.attempts[index] = used + 1;
  removeChildren(run, thread);
  run.become(thread, { at: "retrying" });
  run.setTimer(thread, "retry", run.world.now + retryDelayMs(retrier, used, run.world.random()));
  return true;
}

/** `used` retries came before; the delay grows by the rate, is capped, and with FULL jitter is anything from nothing to that. */
export function retryDelayMs(retrier: Retrier, used: number, random: number): number {
  const grown = retrier.intervalSeconds * retrier.backoffRate ** used;
  const capped = Math.min(grown, retrier.maxDelaySeconds ?? Number.POSITIVE_INFINITY, MAX_DELAY_SECONDS);
  return Math.round((retrier.jitter === "FULL" ? capped * random : capped) * 1000);
}

/** An execution lives a year at most; a delay beyond that never ends within it. */
const MAX_DELAY_SECONDS = 31_536_000;

/**
 * Whether one of the names catches the failure. States.Runtime is caught by no one; a timeout is not a mere failed task;
 * a missed heartbeat is reported as States.Timeout and answers to its own name besides.
 */
export function matchesAny(names: readonly string[], failure: Failure): boolean {
  if (failure.error === "States.Runtime") return false;
  return names.some((name) => {
    if (name === "States.ALL" || name === failure.error || name === failure.alias) return true;
    return name === "States.TaskFailed" && failure.error !== "States.Timeout";
  });
}

function caught(run: Run, thread: Thread, state: State, catcher: Catcher, failure: Failure): void {
  removeChildren(run, thread);
  const errorOutput: JsonObject = { Error: failure.error ?? null, Cause: failure.cause ?? (failure.timedOut === true ? "" : null) };
  const input = JSON.parse(thread.input) as Json;
  const context = contextOf(run, thread);
  const variables = run.variablesOf(thread);
  const scope: Scopes =
    state.language === "JSONPath" ? { input: errorOutput, context, variables } : { states: { input, context, errorOutput }, variables };
  const assigned = assignVariables(catcher.assign, scope);
  const output =
    state.language === "JSONPath"
      ? writeResult(thread.input, JSON.stringify(errorOutput), catcher.resultPath)
      : catcher.output === undefined
        ? JSON.stringify(errorOutput)
        : JSON.stringify(evaluateTemplate(catcher.output, scope, "Output"));
  leave(run, thread, state, output, assigned, { next: catcher.next });
}
