import { compareValues, sameOptional, sameValue } from "../compare.ts";
import { type AttributeValue, type Item, typeOf } from "../value.ts";
import type { Condition, Operand } from "./condition.ts";
import { valueAt } from "./paths.ts";
import type { Comparator } from "./syntax.ts";

/** Whether a condition holds for an item; an item that is not there has no attributes. */
export function matches(condition: Condition, item: Item): boolean {
  switch (condition.kind) {
    case "and":
      return matches(condition.left, item) && matches(condition.right, item);
    case "or":
      return matches(condition.left, item) || matches(condition.right, item);
    case "not":
      return !matches(condition.condition, item);
    case "comparison":
      return compares(condition.operator, resolve(condition.left, item), resolve(condition.right, item));
    case "between":
      return isBetween(resolve(condition.operand, item), resolve(condition.low, item), resolve(condition.high, item));
    case "in":
      return isIn(resolve(condition.operand, item), condition.options, item);
    case "exists":
      return (valueAt(item, condition.path) !== undefined) === condition.present;
    case "type": {
      const value = resolve(condition.operand, item);
      return value !== undefined && typeOf(value) === condition.type;
    }
    case "begins_with":
      return beginsWith(resolve(condition.operand, item), resolve(condition.part, item));
    case "contains":
      return contains(resolve(condition.operand, item), resolve(condition.part, item));
  }
}

function resolve(operand: Operand, item: Item): AttributeValue | undefined {
  if (operand.kind === "value") return operand.value;
  if (operand.kind === "path") return valueAt(item, operand.path);
  const of = resolve(operand.of, item);
  const size = of === undefined ? undefined : lengthOf(of);
  return size === undefined ? undefined : { N: String(size) };
}

function lengthOf(value: AttributeValue): number | undefined {
  if ("S" in value) return value.S.length;
  if ("B" in value) return Buffer.byteLength(value.B, "base64");
  if ("SS" in value) return value.SS.length;
  if ("NS" in value) return value.NS.length;
  if ("BS" in value) return value.BS.length;
  if ("L" in value) return value.L.length;
  return "M" in value ? Object.keys(value.M).length : undefined;
}

function compares(operator: Comparator, left: AttributeValue | undefined, right: AttributeValue | undefined): boolean {
  if (operator === "<>") return !sameOptional(left, right);
  if (left === undefined || right === undefined) return false;
  if (operator === "=") return sameValue(left, right);
  const order = compareValues(left, right);
  if (order === undefined) return false;
  if (operator === "<") return order < 0;
  if (operator === "<=") return order <= 0;
  return operator === ">" ? order > 0 : order >= 0;
}

export function isBetween(value: AttributeValue | undefined, low: AttributeValue | undefined, high: AttributeValue | undefined): boolean {
  return compares(">=", value, low) && compares("<=", value, high);
}

function isIn(value: AttributeValue | undefined, options: readonly Operand[], item: Item): boolean {
  return options.some((option) => compares("=", value, resolve(option, item)));
}

export function beginsWith(value: AttributeValue | undefined, prefix: AttributeValue | undefined): boolean {
  if (value === undefined || prefix === undefined) return false;
  if ("S" in value && "S" in prefix) return value.S.startsWith(prefix.S);
  if (!("B" in value) || !("B" in prefix)) return false;
  const start = Buffer.from(prefix.B, "base64");
  return Buffer.from(value.B, "base64").subarray(0, start.length).equals(start);
}

export function contains(value: AttributeValue | undefined, part: AttributeValue | undefined): boolean {
  if (value === undefined || part === undefined) return false;
  if ("L" in value) return value.L.some((member) => sameValue(member, part));
  if ("S" in part) return ("S" in value && value.S.includes(part.S)) || ("SS" in value && value.SS.includes(part.S));
  if ("N" in part) return "NS" in value && value.NS.includes(part.N);
  if (!("B" in part)) return false;
  if ("BS" in value) return value.BS.includes(part.B);
  return "B" in value && Buffer.from(value.B, "base64").includes(Buffer.from(part.B, "base64"));
}
