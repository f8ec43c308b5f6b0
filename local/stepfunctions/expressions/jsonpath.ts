import type { Json } from "../../json.ts";
import { parsePath } from "./jsonpath-parser.ts";
import { type Selection, select } from "./jsonpath-select.ts";
import type { Path } from "./jsonpath-syntax.ts";
import { SyntaxProblem } from "./reader.ts";
import { cannotApply, referencePlaces } from "./reference-path.ts";
import { type Scope, StatesError } from "./scope.ts";
import { copyValue, memberOf } from "./values.ts";

export { writeReferencePath } from "./reference-path.ts";

/**
 * The value a path leads to: one value for a definite path, a list for one that may lead to several places. The value is
 * a copy. Throws StatesError with AWS's cause for `field` where there is nothing: the bare sentence, as everywhere in this
 * folder, before which the interpreter puts "An error occurred while executing the state 'X' (entered at the event id #N). ".
 */
export function readPath(text: string, scope: Scope, field: string): Json {
  const path = parsePath(text);
  const selection = selectFrom(path, scope);
  if (selection.kind === "value") return copyValue(selection.value);
  if (selection.kind === "hole") return null;
  throw notFound(path, scope, field, selection.reason);
}

/** The value a path leads to, or undefined where there is none: for IsPresent and for Choice. Not a copy: only look. */
export function findPath(text: string, scope: Scope): Json | undefined {
  const selection = selectFrom(parsePath(text), scope);
  return selection.kind === "value" ? selection.value : undefined;
}

/** Why `text` is no path, or undefined if it is one. */
export function checkPath(text: string): string | undefined {
  try {
    parsePath(text);
    return undefined;
  } catch (problem) {
    if (problem instanceof SyntaxProblem) return problem.message;
    throw problem;
  }
}

/** Why `text` is no reference path (a path that can name one place only), or undefined if it is one. */
export function checkReferencePath(text: string): string | undefined {
  const problem = checkPath(text);
  if (problem !== undefined) return problem;
  if (referencePlaces(parsePath(text).segments) !== undefined) return undefined;
  return `'${text}' may lead to more than one place`;
}

/** Where a path leads in a scope, without copying. */
export function selectFrom(path: Path, scope: Scope): Selection {
  const root = path.root;
  if (root.from === "input") return select(path, scope.input);
  if (root.from === "context") return select(path, scope.context);
  const variable = root.from === "variable" ? memberOf(scope.variables, root.name) : undefined;
  if (variable === undefined) return { kind: "missing", reason: `No results for path: ${path.text}` };
  return select(path, variable);
}

/** Each field has its own sentence in AWS; these are the ones recorded there. */
function notFound(path: Path, scope: Scope, field: string, reason: string): StatesError {
  if (field === "ItemsPath") return cannotApply(lastPlace(path), searched(path, scope));
  if (field === "SecondsPath" || field === "TimestampPath") {
    return new StatesError("States.Runtime", `The ${field} parameter does not reference an input value: ${path.text}`);
  }
  if (namesInput(field)) {
    const input = JSON.stringify(searched(path, scope));
    const cause = `The JSONPath '${path.text}' specified for the field '${field}' could not be found in the input '${input}'`;
    return new StatesError("States.Runtime", cause);
  }
  return new StatesError("States.Runtime", `Invalid path '${path.text}' : ${reason}`);
}

function namesInput(field: string): boolean {
  return field.endsWith(".$") || field === "ErrorPath" || field === "CausePath";
}

function searched(path: Path, scope: Scope): Json {
  if (path.root.from === "context") return scope.context;
  return path.root.from === "variable" ? { ...scope.variables } : scope.input;
}

function lastPlace(path: Path): string | number {
  return referencePlaces(path.segments)?.at(-1) ?? path.text;
}
