import type { Json } from "../../json.ts";
import type { Seconds, State, WaitState } from "../asl/program.ts";
import { evaluateJsonata, evaluateNumber, unexpectedResult } from "../expressions/jsonata.ts";
import { readPath } from "../expressions/jsonpath.ts";
import { StatesError } from "../expressions/scope.ts";
import { parseTimestamp } from "../expressions/timestamps.ts";
import { effectiveInput, scopeBefore } from "./dataflow.ts";
import type { Thread } from "./execution.ts";
import type { Run } from "./run.ts";

/** A wait may reach about as far as the longest timer of AWS: 2,147,483,647 seconds. */
const WAIT_SECONDS_MAX = 2_147_483_647;

/** The moment a Wait state ends. */
export function waitUntil(run: Run, thread: Thread, state: WaitState): number {
  const { until } = state;
  const moment = momentOf(run, thread, state, until);
  if (moment - run.world.now > WAIT_SECONDS_MAX * 1000) throw new StatesError("States.Runtime", "Wait state delay is too long.");
  return moment;
}

function momentOf(run: Run, thread: Thread, state: WaitState, until: WaitState["until"]): number {
  if ("moment" in until) return until.moment;
  if ("timestampPath" in until) return timestampAtPath(run, thread, state, until.timestampPath);
  if ("timestampJsonata" in until) return timestampOf(run, thread, state, until.timestampJsonata);
  return run.world.now + waitSeconds(run, thread, state, until) * 1000;
}

function waitSeconds(run: Run, thread: Thread, state: WaitState, until: Seconds): number {
  if ("seconds" in until) return until.seconds;
  const value = valueAt(run, thread, state, until, "Seconds");
  if ("jsonata" in until) {
    if (typeof value === "number" && Number.isInteger(value) && value >= 0) return value;
    const cause = `The Seconds field cannot be parsed as a long value: ${shown(value)}`;
    throw new StatesError("States.QueryEvaluationError", cause, "Seconds");
  }
  const described = `${until.path} == ${shown(value)}`;
  if (typeof value !== "number" || !Number.isInteger(value))
    throw runtime(`The SecondsPath parameter cannot be parsed as a long value: ${described}`);
  if (value < 0) throw runtime(`The SecondsPath parameter references a negative value: ${described}`);
  return value;
}

function timestampAtPath(run: Run, thread: Thread, state: WaitState, path: string): number {
  const value = valueAt(run, thread, state, { path }, "Timestamp");
  const moment = typeof value === "string" ? parseTimestamp(value) : undefined;
  if (moment !== undefined) return moment;
  throw runtime(
    `The TimestampPath parameter does not reference a valid ISO-8601 extended offset date-time format string: ${path} == ${shown(value)}`,
  );
}

function timestampOf(run: Run, thread: Thread, state: WaitState, jsonata: string): number {
  const value = valueAt(run, thread, state, { jsonata }, "Timestamp");
  if (typeof value !== "string") throw unexpectedResult(jsonata, value, "string", "Timestamp");
  const moment = parseTimestamp(value);
  if (moment !== undefined) return moment;
  // AWS counts this one as found after the state was entered, unlike an expression that fails.
  thread.beforeEntered = thread.entered;
  const cause = `The Timestamp field cannot be parsed as an ISO-8601 extended offset date-time format string: ${shown(value)}`;
  throw new StatesError("States.QueryEvaluationError", cause, "Timestamp");
}

/** TimeoutSeconds and HeartbeatSeconds of a task. */
export function taskSeconds(run: Run, thread: Thread, state: State, seconds: Seconds | undefined, field: string): number | undefined {
  if (seconds === undefined) return undefined;
  if ("seconds" in seconds) return seconds.seconds;
  const value = valueAt(run, thread, state, seconds, field);
  if (typeof value === "number" && Number.isInteger(value) && value > 0) return value;
  if ("jsonata" in seconds) {
    const cause = `The ${field} field must be a positive integer but was: ${shown(value)}`;
    throw new StatesError("States.QueryEvaluationError", cause, field);
  }
  throw runtime(`The ${field}Path parameter must reference a positive integer value: ${seconds.path} == ${shown(value)}`);
}

function valueAt(run: Run, thread: Thread, state: State, from: { path: string } | { jsonata: string }, field: string): Json {
  const scope = scopeBefore(run, thread, state, effectiveInput(run, thread, state));
  if ("jsonata" in from) {
    if (!("states" in scope)) throw runtime(`${field} is an expression in a JSONPath state.`);
    const evaluate = field === "Timestamp" ? evaluateJsonata : evaluateNumber;
    return evaluate(from.jsonata, scope.states, scope.variables, field);
  }
  if (!("input" in scope)) throw runtime(`${field} is a path in a JSONata state.`);
  return readPath(from.path, scope, `${field}Path`);
}

function runtime(cause: string): StatesError {
  return new StatesError("States.Runtime", cause);
}

function shown(value: Json): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
