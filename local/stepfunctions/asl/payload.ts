import type { Json, JsonObject } from "../../json.ts";
import { isObject } from "../../json.ts";
import { isIntrinsic } from "../expressions/intrinsics.ts";
import { isJsonata } from "../expressions/jsonata.ts";
import type { Report } from "./diagnostics.ts";
import type { Context, Fields } from "./fields.ts";
import { type Available, intrinsicProblem, jsonataProblem, pathProblem } from "./syntax.ts";

/** Checks a payload template (Parameters, Arguments, Output, …) in the state's language. */
export function checkTemplate(context: Context, value: Json, at: string, available: Available = {}): void {
  if (context.language === "JSONata") checkJsonataValues(context.report, value, at, available);
  else checkPathTemplate(context.report, value, at);
}

/** JSONPath: fields that end in `.$` hold a path or an intrinsic function's call. AWS places findings at the template as a whole. */
function checkPathTemplate(report: Report, value: Json, at: string): void {
  if (Array.isArray(value)) {
    for (const entry of value) checkPathTemplate(report, entry, at);
  } else if (isObject(value)) {
    for (const [name, child] of Object.entries(value)) checkPathField(report, name, child, at);
  }
}

function checkPathField(report: Report, name: string, value: Json, at: string): void {
  if (!name.endsWith(".$")) {
    if (typeof value === "string" && looksDynamic(value)) {
      report.warning(
        "NO_DOLLAR",
        `The field '${name}' holds what looks like a path or a function; to evaluate it, name it '${name}.$'`,
        at,
      );
    }
    checkPathTemplate(report, value, at);
  } else if (typeof value !== "string" || !isDynamic(value)) {
    report.schema(`The value for the field '${name}' must be a valid JSONPath or a valid intrinsic function call`, at);
  }
}

/** Whether a text is a path or an intrinsic function's call without mistakes. */
export function isDynamic(text: string): boolean {
  return (isIntrinsic(text) ? intrinsicProblem(text) : pathProblem(text)) === undefined;
}

/** Whether a text looks as if it was meant to be evaluated: a path below `$` or `$$`, or a function of `States`. */
export function looksDynamic(text: string): boolean {
  return /^(?:\$\$?(?:[.[]|$)|States\.[A-Z]\w*\()/.test(text);
}

function checkJsonataValues(report: Report, value: Json, at: string, available: Available): void {
  if (typeof value === "string") checkJsonataText(report, value, at, available);
  else if (Array.isArray(value)) {
    value.forEach((entry, index) => {
      checkJsonataValues(report, entry, `${at}[${index}]`, available);
    });
  } else if (isObject(value)) {
    for (const [name, child] of Object.entries(value)) checkJsonataValues(report, child, `${at}/${name}`, available);
  }
}

/** Checks a text that may be a JSONata expression; a text without the delimiters is a plain one. */
export function checkJsonataText(report: Report, text: string, at: string, available: Available = {}): void {
  if (!isJsonata(text)) {
    if (text.startsWith("{%")) report.schema("JSONata string must start with {% and end with %}", at);
    return;
  }
  const problem = jsonataProblem(text, available);
  if (problem !== undefined) report.error(problem.code, problem.message, at);
}

/** A variable's name: what Unicode counts as an identifier. */
const VARIABLE = /^\p{ID_Start}\p{ID_Continue}*$/u;
const VARIABLE_NAME_MAX = 80;

/** Reads the field Assign of a state, a choice rule or a catcher. */
export function readAssign(context: Context, fields: Fields, available: Available = {}): JsonObject | undefined {
  const assign = fields.object("Assign");
  if (assign === undefined) return undefined;
  const at = fields.place("Assign");
  for (const name of assignedNames(context, assign)) checkVariableName(context.report, name, `${at}/${name}`);
  checkTemplate(context, assign, at, available);
  return assign;
}

/** The variables a template of Assign sets: in JSONPath without the `.$` of a name whose value is evaluated. */
export function assignedNames({ language }: Pick<Context, "language">, assign: JsonObject): string[] {
  const names = Object.keys(assign);
  return language === "JSONata" ? names : names.map((name) => (name.endsWith(".$") ? name.slice(0, -2) : name));
}

function checkVariableName(report: Report, name: string, at: string): void {
  if (name === "states") report.error("RESERVED_VARIABLE_NAME", "Cannot assign to reserved variable '$states'.", at);
  else if ([...name].length > VARIABLE_NAME_MAX) {
    report.error(
      "INVALID_VARIABLE_NAME",
      `Invalid variable name '${name}': the variable name exceeds the ${VARIABLE_NAME_MAX}-character limit.`,
      at,
    );
  } else if (!VARIABLE.test(name)) {
    report.error("INVALID_VARIABLE_NAME", `Invalid variable name '${name}': the variable name contains invalid characters.`, at);
  }
}
