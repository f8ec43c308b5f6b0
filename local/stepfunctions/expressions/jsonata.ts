import { isObject, type Json, type JsonObject } from "../../json.ts";
import { compiledOnce } from "./compiled.ts";
import { inspectJsonata, runJsonata } from "./jsonata-sandbox.ts";
import { StatesError, type StatesVariable } from "./scope.ts";
import { memberOf, setMember } from "./values.ts";

type Variables = Readonly<Record<string, Json>>;

/** Why AWS refuses a JSONata expression in a definition. */
export interface JsonataProblem {
  code: "INVALID_JSONATA_EXPRESSION" | "UNSUPPORTED_JSONATA_EXPRESSION";
  message: string;
}

/** What is known of an expression before it is evaluated. */
interface Expression {
  /** Names of all variables it reads, functions included. */
  variables: readonly string[];
  topLevel: readonly string[];
  /** It cannot run long, so it is evaluated without the cost of a time limit. */
  isSimple: boolean;
  /** Set where it cannot be parsed. */
  problem: { code: string; message: string } | undefined;
}

/** Whether a text is an expression, `{% … %}`: the whole of it, since AWS does not replace expressions within a text. */
export function isJsonata(text: string): boolean {
  return text.startsWith("{%") && text.endsWith("%}") && text.length >= 4;
}

/**
 * Evaluates the text of an expression, `{% … %}`. `field` is its place in the state as AWS writes it: `Output/a/b[0]`.
 * Throws States.QueryEvaluationError, also where the expression gives nothing.
 */
export function evaluateJsonata(text: string, states: StatesVariable, variables: Variables, field: string): Json {
  const source = sourceOf(text);
  const expression = inspect(source);
  if (expression.problem !== undefined) throw threw(source, field, described(expression.problem));
  const answer = runJsonata(source, bindingsOf(expression, states, variables), !expression.isSimple);
  switch (answer.kind) {
    case "value":
      return JSON.parse(answer.text) as Json;
    case "undefined":
      throw failed(source, field, "returned nothing (undefined).");
    case "function":
      throw failed(source, field, "returned an unsupported result type.");
    case "timeout":
      throw threw(source, field, ": Expression evaluation timeout: Check for infinite loop");
    case "problem":
      throw threw(source, field, answer.text);
  }
}

/** Fills in a JSONata template (Arguments, Output, Assign): every text that is an expression becomes its value. */
export function fillJsonataTemplate(template: Json, states: StatesVariable, variables: Variables, field: string): Json {
  if (typeof template === "string") return isJsonata(template) ? evaluateJsonata(template, states, variables, field) : template;
  if (Array.isArray(template)) {
    return template.map((item, index) => fillJsonataTemplate(item, states, variables, `${field}[${index}]`));
  }
  if (!isObject(template)) return template;
  const filled: JsonObject = {};
  for (const [name, value] of Object.entries(template)) {
    setMember(filled, name, fillJsonataTemplate(value, states, variables, `${field}/${name}`));
  }
  return filled;
}

/** Why AWS would refuse an expression when a definition is created, or undefined if it would not. */
export function checkJsonata(text: string): JsonataProblem | undefined {
  const { problem, topLevel } = inspect(sourceOf(text));
  if (problem !== undefined) return { code: "INVALID_JSONATA_EXPRESSION", message: problem.message };
  const name = topLevel[0];
  if (name === undefined) return undefined;
  const message = name === "$$" ? "Reference to '$$' is not supported." : `Reference to '${name}' at the top level is not supported.`;
  return { code: "UNSUPPORTED_JSONATA_EXPRESSION", message };
}

/** The names of the variables an expression reads and does not bind itself, functions of the language included. */
export function jsonataVariables(text: string): readonly string[] {
  return inspect(sourceOf(text)).variables;
}

/** Evaluates the expression of a field that takes a number. */
export function evaluateNumber(text: string, states: StatesVariable, variables: Variables, field: string): number {
  const value = evaluateJsonata(text, states, variables, field);
  if (typeof value === "number") return value;
  throw unexpectedResult(text, value, "number", field);
}

/**
 * The failure of an expression that gave another type than its field takes, as `Expected 'array', but was 'number' for
 * value: 1`. For the fields that take one type only: Items, Condition, Seconds, …
 */
export function unexpectedResult(text: string, value: Json, expected: string, field: string): StatesError {
  const found = `Expected '${expected}', but was '${typeName(value)}' for value: ${JSON.stringify(value)}`;
  return failed(sourceOf(text), field, `returned an unexpected result type. ${found}`);
}

function sourceOf(text: string): string {
  return (isJsonata(text) ? text.slice(2, -2) : text).trim();
}

const inspect: (source: string) => Expression = compiledOnce(2_000, (source) => {
  const answer = inspectJsonata(source);
  const found = JSON.parse(answer.text) as Omit<Expression, "problem"> & { code: string; message: string };
  if (answer.kind === "value") return { ...found, problem: undefined };
  return { variables: [], topLevel: [], isSimple: false, problem: { code: found.code, message: found.message } };
});

/** Only what the expression reads crosses into the sandbox. `$states` cannot be shadowed by a variable of that name. */
function bindingsOf(expression: Expression, states: StatesVariable, variables: Variables): string {
  const bindings: JsonObject = {};
  for (const name of expression.variables) {
    const value = memberOf(variables, name);
    if (value !== undefined) setMember(bindings, name, value);
  }
  if (!expression.variables.includes("states")) return JSON.stringify(bindings);
  return JSON.stringify({ ...bindings, states });
}

/** As the sandbox describes the problems of an evaluation: a coded one is a sentence of its own. */
function described({ code, message }: { code: string; message: string }): string {
  return code === "" ? `: ${message}` : `. ${code}: ${message}`;
}

function threw(source: string, field: string, what: string): StatesError {
  return failed(source, field, `threw an error during evaluation${what}`);
}

function failed(source: string, field: string, what: string): StatesError {
  const cause = `The JSONata expression '${source}' specified for the field '${field}' ${what}`;
  return new StatesError("States.QueryEvaluationError", cause, field);
}

function typeName(value: Json): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}
