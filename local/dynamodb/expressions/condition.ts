import { compareValues } from "../compare.ts";
import { type AttributeValue, type TypeName, typeOf } from "../value.ts";
import { ExpressionError } from "./parser.ts";
import { showPath } from "./paths.ts";
import type { Path, Placeholders } from "./placeholders.ts";
import type { Comparator, ConditionSyntax, FunctionSyntax, OperandSyntax } from "./syntax.ts";

/** A condition whose names and values are known, ready to be tried on items. */
export type Condition =
  | { readonly kind: "comparison"; readonly operator: Comparator; readonly left: Operand; readonly right: Operand }
  | { readonly kind: "between"; readonly operand: Operand; readonly low: Operand; readonly high: Operand }
  | { readonly kind: "in"; readonly operand: Operand; readonly options: readonly Operand[] }
  | { readonly kind: "and" | "or"; readonly left: Condition; readonly right: Condition }
  | { readonly kind: "not"; readonly condition: Condition }
  | { readonly kind: "exists"; readonly present: boolean; readonly path: Path }
  | { readonly kind: "type"; readonly operand: Operand; readonly type: string }
  | { readonly kind: "begins_with" | "contains"; readonly operand: Operand; readonly part: Operand };

export type Operand =
  | { readonly kind: "path"; readonly path: Path }
  | { readonly kind: "value"; readonly value: AttributeValue }
  | { readonly kind: "size"; readonly of: Operand };

const OPERAND_COUNTS: ReadonlyMap<string, number> = new Map([
  ["attribute_exists", 1],
  ["attribute_not_exists", 1],
  ["size", 1],
]);
const OPTIONS_MAX = 100;
const TYPES: ReadonlySet<string> = new Set(["B", "NULL", "SS", "BOOL", "L", "BS", "N", "NS", "S", "M"]);

export function bindCondition(syntax: ConditionSyntax, placeholders: Placeholders): Condition {
  switch (syntax.kind) {
    case "and":
    case "or": {
      const left = bindCondition(syntax.left, placeholders);
      return { kind: syntax.kind, left, right: bindCondition(syntax.right, placeholders) };
    }
    case "not":
      return { kind: "not", condition: bindCondition(syntax.condition, placeholders) };
    case "comparison":
      return bindComparison(syntax.operator, bindOperand(syntax.left, placeholders), bindOperand(syntax.right, placeholders));
    case "between":
      return bindBetween(
        bindOperand(syntax.operand, placeholders),
        bindOperand(syntax.low, placeholders),
        bindOperand(syntax.high, placeholders),
      );
    case "in": {
      const operand = bindOperand(syntax.operand, placeholders);
      return bindIn(
        operand,
        syntax.options.map((option) => bindOperand(option, placeholders)),
      );
    }
    default:
      return bindTest(syntax, placeholders);
  }
}

function bindOperand(syntax: OperandSyntax, placeholders: Placeholders): Operand {
  if (syntax.kind === "path") return { kind: "path", path: placeholders.path(syntax) };
  if (syntax.kind === "value") return { kind: "value", value: placeholders.value(syntax.name) };
  if (syntax.kind === "sum") throw new ExpressionError("Syntax error");
  return bindSize(bindOperands(syntax, placeholders));
}

function bindOperands(syntax: FunctionSyntax, placeholders: Placeholders): [Operand, Operand | undefined] {
  const operands = syntax.operands.map((operand) => bindOperand(operand, placeholders));
  const [first, second] = operands;
  if (first === undefined || operands.length !== (OPERAND_COUNTS.get(syntax.name) ?? 2)) {
    throw new ExpressionError(
      `Incorrect number of operands for operator or function; operator or function: ${syntax.name}, number of operands: ${operands.length}`,
    );
  }
  if (second !== undefined) checkDistinctOperands(syntax.name, first, second);
  return [first, second];
}

function bindSize([of]: readonly [Operand, Operand | undefined]): Operand {
  const type = knownType(of);
  if (type === "N" || type === "BOOL" || type === "NULL") throw wrongType("operator or function", "size", type);
  return { kind: "size", of };
}

function bindComparison(operator: Comparator, left: Operand, right: Operand): Condition {
  checkDistinctOperands(operator, left, right);
  if (operator !== "=" && operator !== "<>") for (const operand of [left, right]) checkOrdered(operator, operand);
  return { kind: "comparison", operator, left, right };
}

function checkOrdered(operator: string, operand: Operand): void {
  const type = knownType(operand);
  if (type !== undefined && type !== "S" && type !== "N" && type !== "B") throw wrongType("operator", operator, type);
}

function bindBetween(operand: Operand, low: Operand, high: Operand): Condition {
  for (const bound of [operand, low, high]) checkOrdered("BETWEEN", bound);
  if (low.kind === "value" && high.kind === "value") {
    const shown = `lower bound operand: AttributeValue: ${show(low.value)}, upper bound operand: AttributeValue: ${show(high.value)}`;
    const order = compareValues(low.value, high.value);
    if (order === undefined) {
      throw new ExpressionError(`The BETWEEN operator requires same data type for lower and upper bounds; ${shown}`);
    }
    if (order > 0) {
      throw new ExpressionError(`The BETWEEN operator requires upper bound to be greater than or equal to lower bound; ${shown}`);
    }
  }
  return { kind: "between", operand, low, high };
}

function show(value: AttributeValue): string {
  const content = "S" in value ? value.S : "N" in value ? value.N : "B" in value ? value.B : "";
  return `{${typeOf(value)}:${content}}`;
}

function bindIn(operand: Operand, options: readonly Operand[]): Condition {
  if (options.length > OPTIONS_MAX) {
    throw new ExpressionError(
      `Incorrect number of operands for operator or function; operator or function: IN, number of operands: ${options.length + 1}`,
    );
  }
  return { kind: "in", operand, options };
}

function bindTest(syntax: FunctionSyntax, placeholders: Placeholders): Condition {
  const [first, second] = bindOperands(syntax, placeholders);
  if (second === undefined) {
    if (first.kind !== "path") {
      throw new ExpressionError(`Operator or function requires a document path; operator or function: ${syntax.name}`);
    }
    return { kind: "exists", present: syntax.name === "attribute_exists", path: first.path };
  }
  if (syntax.name === "attribute_type") return { kind: "type", operand: first, type: typeOperand(second) };
  if (syntax.name === "contains") return { kind: "contains", operand: first, part: second };
  for (const operand of [first, second]) {
    const type = knownType(operand);
    if (type !== undefined && type !== "S" && type !== "B") throw wrongType("operator or function", "begins_with", type);
  }
  return { kind: "begins_with", operand: first, part: second };
}

function typeOperand(operand: Operand): string {
  if (operand.kind !== "value" || !("S" in operand.value)) {
    throw wrongType("operator or function", "attribute_type", knownType(operand) ?? "{NS,SS,L,BS,N,M,B,BOOL,NULL,S}");
  }
  if (!TYPES.has(operand.value.S)) {
    throw new ExpressionError(`Invalid attribute type name found; type: ${operand.value.S}, valid types: {${[...TYPES].join(",")}}`);
  }
  return operand.value.S;
}

/** The operand's type where it does not depend on the item. */
function knownType(operand: Operand): TypeName | undefined {
  if (operand.kind === "size") return "N";
  return operand.kind === "value" ? typeOf(operand.value) : undefined;
}

function checkDistinctOperands(operator: string, first: Operand, second: Operand): void {
  if (first.kind !== "path" || second.kind !== "path") return;
  if (showPath(first.path) !== showPath(second.path)) return;
  throw new ExpressionError(
    `The first operand must be distinct from the remaining operands for this operator or function; operator: ${operator}, first operand: ${showPath(first.path)}`,
  );
}

export function wrongType(label: string, operator: string, type: string): ExpressionError {
  return new ExpressionError(`Incorrect operand type for operator or function; ${label}: ${operator}, operand type: ${type}`);
}

/** Every path a condition looks at. */
export function pathsOf(condition: Condition): Path[] {
  switch (condition.kind) {
    case "and":
    case "or":
      return [...pathsOf(condition.left), ...pathsOf(condition.right)];
    case "not":
      return pathsOf(condition.condition);
    case "exists":
      return [condition.path];
    case "comparison":
      return [condition.left, condition.right].flatMap(operandPaths);
    case "between":
      return [condition.operand, condition.low, condition.high].flatMap(operandPaths);
    case "in":
      return [condition.operand, ...condition.options].flatMap(operandPaths);
    case "type":
      return operandPaths(condition.operand);
    default:
      return [condition.operand, condition.part].flatMap(operandPaths);
  }
}

function operandPaths(operand: Operand): Path[] {
  if (operand.kind === "size") return operandPaths(operand.of);
  return operand.kind === "path" ? [operand.path] : [];
}
