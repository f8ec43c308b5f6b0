import type { Json } from "../../json.ts";
import { isJsonata } from "../expressions/jsonata.ts";
import { parseTimestamp } from "../expressions/timestamps.ts";
import type { Report } from "./diagnostics.ts";
import { type Context, Fields } from "./fields.ts";
import { otherLanguage } from "./languages.ts";
import { checkJsonataText, checkTemplate, looksDynamic, readAssign } from "./payload.ts";
import type { ChoiceRule, Comparison } from "./program.ts";
import { referencePathProblem } from "./syntax.ts";

type Operand = "string" | "number" | "boolean" | "timestamp";

const ORDER = ["Equals", "LessThan", "GreaterThan", "LessThanEquals", "GreaterThanEquals"];

/** Every comparison operator with what it is compared to; those that end in `Path` read it from the input. */
const OPERATORS: ReadonlyMap<string, Operand | "path"> = new Map<string, Operand | "path">([
  ...family("String", ORDER, "string"),
  ["StringMatches", "string"],
  ...family("Numeric", ORDER, "number"),
  ...family("Boolean", ["Equals"], "boolean"),
  ...family("Timestamp", ORDER, "timestamp"),
  ...["IsNull", "IsPresent", "IsNumeric", "IsString", "IsBoolean", "IsTimestamp"].map((name): [string, Operand] => [name, "boolean"]),
]);

function family(prefix: string, suffixes: readonly string[], operand: Operand): [string, Operand | "path"][] {
  return suffixes.flatMap((suffix): [string, Operand | "path"][] => [
    [`${prefix}${suffix}`, operand],
    [`${prefix}${suffix}Path`, "path"],
  ]);
}

const JUNCTIONS = ["And", "Or", "Not"] as const;
const KINDS = [...JUNCTIONS, "Variable", "Condition"] as const;
const NESTED_FIELDS = new Set(["Comment", ...KINDS, ...OPERATORS.keys()]);
const RULE_FIELDS = new Set([...NESTED_FIELDS, "Next", "Assign", "Output"]);

export function readChoices(context: Context, state: Fields): ChoiceRule[] {
  if (!state.required("Choices")) return [];
  return state.filledList("Choices").flatMap(({ value, at }) => {
    const fields = Fields.of(context.report, value, at);
    return fields === undefined ? [] : [readRule(context, fields)];
  });
}

function readRule(context: Context, fields: Fields): ChoiceRule {
  fields.only(RULE_FIELDS);
  otherLanguage(context, fields);
  fields.required("Next");
  const output = fields.get("Output");
  if (output !== undefined) checkTemplate(context, output, fields.place("Output"));
  return {
    next: fields.string("Next") ?? "",
    assign: readAssign(context, fields),
    output,
    test: context.language === "JSONata" ? { condition: readCondition(context, fields) } : { comparison: readComparison(context, fields) },
  };
}

function readCondition({ report }: Context, fields: Fields): string | boolean {
  const condition = fields.get("Condition");
  const at = fields.place("Condition");
  if (typeof condition === "boolean") return condition;
  if (condition === undefined) fields.required("Condition");
  else if (typeof condition !== "string") report.schema("Expected value of type Boolean", at);
  else if (!isJsonata(condition)) report.schema("JSONata string must start with {% and end with %}", at);
  else checkJsonataText(report, condition, at);
  return typeof condition === "string" ? condition : false;
}

/** Stands where a rule has mistakes; the program it would be part of is not used then. */
const NO_COMPARISON: Comparison = { op: "Or", of: [] };

function readComparison(context: Context, fields: Fields): Comparison {
  const kinds = KINDS.filter((kind) => fields.has(kind));
  const [kind] = kinds;
  if (kind === undefined || kinds.length > 1) {
    context.report.schema(`The object must have only one of the following fields, [${KINDS.join(", ")}]`, fields.at);
    return NO_COMPARISON;
  }
  if (kind === "Variable") return readOperator(context, fields);
  if (kind === "Not") return { op: "Not", of: readNested(context, fields.get("Not"), fields.place("Not")) };
  if (kind === "Condition") return NO_COMPARISON;
  return { op: kind, of: fields.filledList(kind).map(({ value, at }) => readNested(context, value, at)) };
}

function readNested(context: Context, value: Json | undefined, at: string): Comparison {
  const fields = Fields.of(context.report, value, at);
  if (fields === undefined) return NO_COMPARISON;
  fields.only(NESTED_FIELDS);
  otherLanguage(context, fields);
  return readComparison(context, fields);
}

function readOperator({ report }: Context, fields: Fields): Comparison {
  const given = Object.keys(fields.value).filter((name) => OPERATORS.has(name));
  const [op] = given;
  if (op === undefined || given.length > 1) {
    report.schema(`There should only be one of the following fields: [${[...OPERATORS.keys()].join(", ")}]`, fields.at);
    return NO_COMPARISON;
  }
  const variable = fields.string("Variable") ?? "";
  checkReferencePath(report, variable, fields.place("Variable"));
  const operand = fields.get(op) ?? null;
  const kind = OPERATORS.get(op);
  if (kind === "path" && typeof operand === "string") checkReferencePath(report, operand, fields.place(op));
  else if (kind !== undefined) checkOperand(report, operand, kind, fields.place(op));
  return { op, variable, operand, operandIsPath: kind === "path" };
}

function checkReferencePath(report: Report, path: string, at: string): void {
  const problem = referencePathProblem(path);
  if (problem !== undefined) report.schema(problem, at);
}

function checkOperand(report: Report, operand: Json, kind: Operand | "path", at: string): void {
  if (kind === "number" || kind === "boolean") {
    if (typeof operand !== kind) report.schema(`Expected value of type ${kind === "number" ? "Number" : "Boolean"}`, at);
  } else if (typeof operand !== "string") report.schema("Expected value of type [STRING]", at);
  else if (kind === "timestamp" && parseTimestamp(operand) === undefined) report.schema("String does not match RFC3339 timestamp", at);
  else if (looksDynamic(operand))
    report.warning("NO_PATH", "The value looks like a path, but the field's name does not end with 'Path'", at);
}
