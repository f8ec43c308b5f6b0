import type { Json, JsonObject } from "../../json.ts";
import type { State, Transition } from "../asl/program.ts";
import { fillJsonataTemplate } from "../expressions/jsonata.ts";
import { readPath, writeReferencePath } from "../expressions/jsonpath.ts";
import { type Scope, StatesError, type StatesVariable } from "../expressions/scope.ts";
import { fillTemplate } from "../expressions/template.ts";
import { finishThread } from "./containers.ts";
import { contextOf } from "./context.ts";
import type { Thread } from "./execution.ts";
import { exceedsPayload } from "./limits.ts";
import type { Run } from "./run.ts";
import { work } from "./states.ts";

/**
 * How data passes a state: input → InputPath → Parameters → (the state's work) → ResultSelector → ResultPath → OutputPath
 * in JSONPath, input → Arguments → work → Assign and Output in JSONata. Values that nothing touches stay the text they came
 * as, so that numbers and spacing leave as they entered.
 */
export type Scopes = Scope | { states: StatesVariable; variables: JsonObject };

/** The scope of a state's templates before its work: `$` is the effective input. */
export function scopeBefore(run: Run, thread: Thread, state: State, input: string, extra?: Parameters<typeof contextOf>[2]): Scopes {
  const variables = run.variablesOf(thread);
  const context = () => contextOf(run, thread, extra);
  return state.language === "JSONPath"
    ? lazyScope(input, context, variables)
    : { states: { input: JSON.parse(input) as Json, context: context() }, variables };
}

export function evaluateTemplate(template: Json, scope: Scopes, field: string): Json {
  if ("states" in scope) return fillJsonataTemplate(template, scope.states, scope.variables, field);
  return fillTemplate(template, scope, field);
}

/** The input after InputPath, as text. */
export function effectiveInput(run: Run, thread: Thread, state: State): string {
  if (state.language === "JSONata" || state.inputPath === "$") return thread.input;
  return selectByPath(run, thread, state.inputPath, thread.input, "InputPath");
}

function selectByPath(run: Run, thread: Thread, path: string | null, text: string, field: string): string {
  if (path === null) return "{}";
  const scope = lazyScope(text, () => contextOf(run, thread), run.variablesOf(thread));
  return JSON.stringify(readPath(path, scope, field));
}

/** The arguments of a state's work: Parameters or Arguments filled in, or the effective input where there are none. */
export function workInput(run: Run, thread: Thread, state: State, template: Json | undefined, token?: string): string {
  const input = effectiveInput(run, thread, state);
  if (template === undefined) return input;
  const scope = scopeBefore(run, thread, state, input, { token });
  const filled = JSON.stringify(evaluateTemplate(template, scope, state.language === "JSONPath" ? "Parameters" : "Arguments"));
  return withinPayload(thread, filled);
}

/** What a state hands to its work is bounded like what it takes and gives. */
export function withinPayload(thread: Thread, parameters: string): string {
  if (!exceedsPayload(parameters)) return parameters;
  throw tooLarge(`The state/task '${thread.state}' provided parameters`);
}

/** ResultPath: where in the state's raw input, as it was before InputPath, its result goes. */
export function writeResult(input: string, result: string, path: string | null): string {
  if (path === null) return input;
  if (path === "$") return result;
  return JSON.stringify(writeReferencePath(JSON.parse(input) as Json, path, JSON.parse(result) as Json));
}

/** Ends a state with its work's result: selects, assigns, places it, and moves on. */
export function complete(run: Run, thread: Thread, state: State, result: string, transition: Transition | "succeed"): void {
  if (state.language === "JSONata" && state.assign === undefined && state.output === undefined) {
    return leave(run, thread, state, result, undefined, transition);
  }
  const scope = scopeAfter(run, thread, state, result);
  const assigned = assignVariables(state.assign, scope);
  const output = state.language === "JSONata" ? jsonataOutput(state, scope, result) : jsonPathOutput(run, thread, state, scope, result);
  leave(run, thread, state, output, assigned, transition);
}

/** After its work a JSONPath state's `$` is the result; a JSONata state has `$states.result` beside its input. */
function scopeAfter(run: Run, thread: Thread, state: State, result: string): Scopes {
  const context = () => contextOf(run, thread);
  const variables = run.variablesOf(thread);
  if (state.language === "JSONPath") return lazyScope(result, context, variables);
  const hasResult = state.type === "Task" || state.type === "Parallel" || state.type === "Map";
  const input = JSON.parse(thread.input) as Json;
  return { states: { input, context: context(), ...(hasResult ? { result: JSON.parse(result) as Json } : {}) }, variables };
}

/** What expressions may read is parsed and put together when one first asks: most values are passed on as the text they are. */
function lazyScope(text: string, makeContext: () => JsonObject, variables: JsonObject): Scope {
  let value: { input: Json } | undefined;
  let context: JsonObject | undefined;
  return {
    get input() {
      value ??= { input: JSON.parse(text) as Json };
      return value.input;
    },
    get context() {
      context ??= makeContext();
      return context;
    },
    variables,
  };
}

function jsonataOutput(state: State, scope: Scopes, result: string): string {
  return state.output === undefined ? result : JSON.stringify(evaluateTemplate(state.output, scope, "Output"));
}

function jsonPathOutput(run: Run, thread: Thread, state: State, scope: Scopes, result: string): string {
  const selected =
    "resultSelector" in state && state.resultSelector !== undefined
      ? JSON.stringify(evaluateTemplate(state.resultSelector, scope, "ResultSelector"))
      : result;
  const placed = "resultPath" in state ? writeResult(thread.input, selected, state.resultPath) : selected;
  return state.outputPath === "$" ? placed : selectByPath(run, thread, state.outputPath, placed, "OutputPath");
}

export function assignVariables(assign: JsonObject | undefined, scope: Scopes): JsonObject | undefined {
  if (assign === undefined) return undefined;
  return evaluateTemplate(assign, scope, "Assign") as JsonObject;
}

/** The state is done: its Exited event, its variables, and the way to the next state or the end of the thread. */
export function leave(
  run: Run,
  thread: Thread,
  state: State,
  output: string,
  assigned: JsonObject | undefined,
  transition: Transition | "succeed",
): void {
  if (exceedsPayload(output)) throw dataLimitExceeded(thread.state);
  const details: JsonObject = { name: thread.state, output, outputDetails: { truncated: false } };
  if (assigned !== undefined && Object.keys(assigned).length > 0) {
    details.assignedVariables = Object.fromEntries(Object.entries(assigned).map(([name, value]) => [name, JSON.stringify(value)]));
    details.assignedVariablesDetails = { truncated: false };
    thread.variables = { ...thread.variables, ...assigned };
  }
  run.emit(thread, `${state.type}StateExited`, details);
  if (transition === "succeed" || "end" in transition) return finishThread(run, thread, output);
  thread.state = transition.next;
  thread.input = output;
  thread.attempts = [];
  run.become(thread, { at: "entering" });
  enter(run, thread);
}

/** Emits the Entered event, and gives the state's work its turn. */
export function enter(run: Run, thread: Thread): void {
  const { type } = run.stateOf(thread);
  thread.beforeEntered = thread.previous;
  thread.enteredAt = run.world.now;
  thread.entered = run.emit(thread, `${type}StateEntered`, { name: thread.state, input: thread.input, inputDetails: { truncated: false } });
  run.become(thread, { at: "entered" });
  // A task is scheduled as it is entered; other states have their work in a turn of its own.
  if (type === "Task") work(run, thread);
  else run.enqueue(thread);
}

export function dataLimitExceeded(name: string): StatesError {
  return tooLarge(`The state/task '${name}' returned a result`);
}

function tooLarge(what: string): StatesError {
  const cause = `${what} with a size exceeding the maximum number of bytes service limit.`;
  return new StatesError("States.DataLimitExceeded", cause, undefined, true);
}
