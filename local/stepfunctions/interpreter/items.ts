import type { Json } from "../../json.ts";
import type { MapState } from "../asl/program.ts";
import { evaluateJsonata, evaluateNumber, unexpectedResult } from "../expressions/jsonata.ts";
import { readPath } from "../expressions/jsonpath.ts";
import { StatesError } from "../expressions/scope.ts";
import { effectiveInput, evaluateTemplate, scopeBefore, withinPayload } from "./dataflow.ts";
import type { Thread } from "./execution.ts";
import type { Run } from "./run.ts";

/** The items of a Map, the input each iteration gets, and how many run at once. */

/** How many iterations of an inline Map run at once where the definition sets no limit. */
const CONCURRENCY_MAX = 40;

export function mapLimit(run: Run, thread: Thread, state: MapState): number {
  const value = concurrencyOf(run, thread, state);
  return value === 0 ? CONCURRENCY_MAX : Math.min(value, CONCURRENCY_MAX);
}

function concurrencyOf(run: Run, thread: Thread, state: MapState): number {
  const { maxConcurrency } = state;
  if ("count" in maxConcurrency) return maxConcurrency.count;
  const scope = scopeBefore(run, thread, state, effectiveInput(run, thread, state));
  const value =
    "states" in scope
      ? evaluateNumber("jsonata" in maxConcurrency ? maxConcurrency.jsonata : "", scope.states, scope.variables, "MaxConcurrency")
      : readPath("path" in maxConcurrency ? maxConcurrency.path : "$", scope, "MaxConcurrencyPath");
  // A path may lead to a number written as text.
  const count = typeof value === "string" && /^-?\d+$/.test(value) ? Number(value) : value;
  if (typeof count !== "number" || !Number.isInteger(count)) {
    const name = "path" in maxConcurrency ? maxConcurrency.path : "MaxConcurrency";
    const shown = typeof value === "string" ? value : JSON.stringify(value);
    throw new StatesError(
      "States.Runtime",
      `The MaxConcurrencyPath field refers to value "${shown}" which is not a valid integer: ${name}`,
    );
  }
  if (count < 0) throw new StatesError("States.Runtime", "MaxConcurrency cannot be negative.");
  return count;
}

export function mapItems(run: Run, thread: Thread, state: MapState): Json[] {
  const input = effectiveInput(run, thread, state);
  const scope = scopeBefore(run, thread, state, input);
  if ("states" in scope) return jsonataItems(state, scope);
  const items = state.items === undefined ? readPath(state.itemsPath, scope, "ItemsPath") : evaluateTemplate(state.items, scope, "Items");
  if (Array.isArray(items)) return items;
  throw new StatesError("States.Runtime", `Reference path "${state.itemsPath}" must point to array.`);
}

function jsonataItems(state: MapState, scope: Exclude<ReturnType<typeof scopeBefore>, { input: Json }>): Json[] {
  const { items } = state;
  const value =
    typeof items === "string"
      ? evaluateJsonata(items, scope.states, scope.variables, "Items")
      : items === undefined
        ? scope.states.input
        : evaluateTemplate(items, scope, "Items");
  if (Array.isArray(value)) return value;
  if (typeof items !== "string") {
    throw new StatesError("States.QueryEvaluationError", `Map state input must be an array but was: ${JSON.stringify(value)}`);
  }
  throw unexpectedResult(items, value, "array", "Items");
}

/** What an iteration starts with: the item itself, or the ItemSelector with the item in the context object. */
export function itemInput(run: Run, parent: Thread, state: MapState, child: Thread): string {
  const item = child.item ?? "null";
  if (state.itemSelector === undefined) return item;
  const input = effectiveInput(run, parent, state);
  const scope = scopeBefore(run, parent, state, input, { item: { index: child.index, value: JSON.parse(item) as Json } });
  return withinPayload(parent, JSON.stringify(evaluateTemplate(state.itemSelector, scope, "ItemSelector")));
}
