import type { ChoiceRule, ChoiceState, FailState, FailText, PassState, State, SucceedState, WaitState } from "../asl/program.ts";
import { matches } from "../expressions/choice.ts";
import { evaluateJsonata, unexpectedResult } from "../expressions/jsonata.ts";
import { type Scope, StatesError } from "../expressions/scope.ts";
import { evaluateText } from "../expressions/template.ts";
import { startMap, startParallel } from "./containers.ts";
import { assignVariables, complete, effectiveInput, evaluateTemplate, leave, type Scopes, scopeBefore, workInput } from "./dataflow.ts";
import type { Thread } from "./execution.ts";
import { failState } from "./failure.ts";
import type { Run } from "./run.ts";
import { scheduleTask, sendCall } from "./task.ts";
import { waitUntil } from "./wait.ts";

/** Does the work of the state a thread has entered. */
export function work(run: Run, thread: Thread): void {
  const state = run.stateOf(thread);
  switch (state.type) {
    case "Pass":
      return pass(run, thread, state);
    case "Choice":
      return choose(run, thread, state);
    case "Wait":
      return wait(run, thread, state);
    case "Succeed":
      return succeed(run, thread, state);
    case "Fail":
      return fail(run, thread, state);
    case "Task":
      return thread.phase.at === "scheduled" ? sendCall(run, thread) : scheduleTask(run, thread, state);
    case "Parallel":
      return startParallel(run, thread, state);
    case "Map":
      return startMap(run, thread, state);
  }
}

function pass(run: Run, thread: Thread, state: PassState): void {
  const input = workInput(run, thread, state, state.parameters);
  const result = state.result === undefined ? input : JSON.stringify(state.result);
  complete(run, thread, state, result, state.transition);
}

function succeed(run: Run, thread: Thread, state: SucceedState): void {
  complete(run, thread, state, effectiveInput(run, thread, state), "succeed");
}

function choose(run: Run, thread: Thread, state: ChoiceState): void {
  const input = effectiveInput(run, thread, state);
  const scope = scopeBefore(run, thread, state, input);
  const rule = state.choices.find((candidate) => holds(candidate, scope));
  const next = rule?.next ?? state.default;
  if (next === undefined) {
    const cause = "Failed to transition out of the state. The state does not point to a next state.";
    throw new StatesError("States.NoChoiceMatched", cause);
  }
  const assigned = assignVariables(rule === undefined ? state.assign : rule.assign, scope);
  const output = choiceOutput(run, thread, state, rule, scope, input);
  leave(run, thread, state, output, assigned, { next });
}

function choiceOutput(run: Run, thread: Thread, state: ChoiceState, rule: ChoiceRule | undefined, scope: Scopes, input: string): string {
  if ("states" in scope) {
    const template = rule === undefined ? state.output : rule.output;
    return template === undefined ? input : JSON.stringify(evaluateTemplate(template, scope, "Output"));
  }
  if (state.outputPath === "$") return input;
  return selectOutput(run, thread, state, input);
}

function selectOutput(run: Run, thread: Thread, state: State, input: string): string {
  if (state.outputPath === null) return "{}";
  const scope = scopeBefore(run, thread, state, input) as Scope;
  return JSON.stringify(evaluateText(state.outputPath, scope, "OutputPath"));
}

function holds(rule: ChoiceRule, scope: Scopes): boolean {
  if ("comparison" in rule.test) return "input" in scope && matches(rule.test.comparison, scope);
  const { condition } = rule.test;
  if (typeof condition === "boolean") return condition;
  if (!("states" in scope)) return false;
  const value = evaluateJsonata(condition, scope.states, scope.variables, "Condition");
  if (typeof value === "boolean") return value;
  throw unexpectedResult(condition, value, "boolean", "Condition");
}

function wait(run: Run, thread: Thread, state: WaitState): void {
  if (thread.phase.at === "waiting") {
    complete(run, thread, state, effectiveInput(run, thread, state), state.transition);
    return;
  }
  const moment = waitUntil(run, thread, state);
  run.become(thread, { at: "waiting" });
  if (moment <= run.world.now) run.enqueue(thread);
  else run.setTimer(thread, "wait", moment);
}

function fail(run: Run, thread: Thread, state: FailState): void {
  const scope = scopeBefore(run, thread, state, effectiveInput(run, thread, state));
  const error = failText(state.error, scope, "Error");
  const cause = failText(state.cause, scope, "Cause");
  failState(run, thread, { error, cause });
}

function failText(text: FailText | undefined, scope: Scopes, field: string): string | undefined {
  if (text === undefined) return undefined;
  if ("text" in text) return text.text;
  if ("jsonata" in text) {
    if (!("states" in scope)) return undefined;
    const value = evaluateJsonata(text.jsonata, scope.states, scope.variables, field);
    if (typeof value === "string") return value;
    throw unexpectedResult(text.jsonata, value, "string", field);
  }
  if (!("input" in scope)) return undefined;
  const value = evaluateText(text.path, scope, `${field}Path`);
  if (typeof value === "string") return value;
  throw new StatesError(
    "States.Runtime",
    `The ${field}Path parameter does not reference a string value: ${text.path} == ${JSON.stringify(value)}`,
  );
}
