import { isObject, type Json, type JsonObject } from "../../json.ts";
import { compareValues } from "../compare.ts";
import { invalid, invalidParameter } from "../errors.ts";
import { type AttributeValue, parseBoolean, parseText, parseValue, type TypeName, typeOf } from "../value.ts";
import type { Condition, Operand } from "./condition.ts";
import type { Comparator } from "./syntax.ts";

/** The parameters from before expressions (Expected, QueryFilter, …), turned into the same conditions. */
const COUNTS: ReadonlyMap<string, readonly [least: number, most: number]> = new Map([
  ["NULL", [0, 0]],
  ["NOT_NULL", [0, 0]],
  ["IN", [1, Number.POSITIVE_INFINITY]],
  ["BETWEEN", [2, 2]],
]);
const COMPARATORS: ReadonlyMap<string, Comparator> = new Map([
  ["EQ", "="],
  ["NE", "<>"],
  ["LT", "<"],
  ["LE", "<="],
  ["GT", ">"],
  ["GE", ">="],
]);
const SCALARS: readonly TypeName[] = ["S", "N", "B"];

export function legacyCondition(name: string, operator: string, json: Json[]): Condition {
  const values = json.map((value) => parseValue(value));
  checkValues(operator, values);
  const operand: Operand = { kind: "path", path: [name] };
  const [first, second] = values;
  if (first === undefined) return { kind: "exists", present: operator === "NOT_NULL", path: [name] };
  const value: Operand = { kind: "value", value: first };
  const comparator = COMPARATORS.get(operator);
  if (comparator !== undefined) return { kind: "comparison", operator: comparator, left: operand, right: value };
  if (operator === "BETWEEN") return { kind: "between", operand, low: value, high: { kind: "value", value: second ?? first } };
  if (operator === "IN") return { kind: "in", operand, options: values.map((option) => ({ kind: "value", value: option })) };
  if (operator === "BEGINS_WITH") return { kind: "begins_with", operand, part: value };
  const contains: Condition = { kind: "contains", operand, part: value };
  return operator === "CONTAINS" ? contains : { kind: "not", condition: contains };
}

function checkValues(operator: string, values: readonly AttributeValue[]): void {
  const [least, most] = COUNTS.get(operator) ?? [1, 1];
  if (values.length < least || values.length > most) {
    throw invalidParameter(`Invalid number of argument(s) for the ${operator} ComparisonOperator`);
  }
  const types = values.map(typeOf);
  if (types.some((type) => type !== types[0])) throw invalidParameter("AttributeValues inside AttributeValueList must be of same type");
  const wrong = types.find((type) => !allowedTypes(operator).includes(type));
  if (wrong !== undefined && operator !== "EQ" && operator !== "NE") {
    throw invalidParameter(`ComparisonOperator ${operator} is not valid for ${wrong} AttributeValue type`);
  }
  const [low, high] = values;
  if (operator === "BETWEEN" && low !== undefined && high !== undefined && (compareValues(low, high) ?? 0) > 0) {
    throw invalid("The BETWEEN condition was provided a range where the lower bound is greater than the upper bound");
  }
}

function allowedTypes(operator: string): readonly TypeName[] {
  return operator === "BEGINS_WITH" ? ["S", "B"] : SCALARS;
}

/** QueryFilter, ScanFilter and KeyConditions: attribute names with an operator and its values. */
export function legacyConditions(json: Json | undefined): Condition[] {
  if (!isObject(json)) return [];
  // Null counts as not given, as everywhere in AWS's JSON.
  return Object.entries(json).flatMap(([name, condition]) =>
    isObject(condition) ? [legacyCondition(name, String(condition.ComparisonOperator), listOf(condition.AttributeValueList))] : [],
  );
}

function listOf(json: Json | undefined): Json[] {
  return Array.isArray(json) ? json : [];
}

export function legacyExpected(json: Json | undefined): Condition[] {
  if (!isObject(json)) return [];
  return Object.entries(json).map(([name, expectation]) => expected(name, isObject(expectation) ? expectation : {}));
}

function expected(
  name: string,
  { ComparisonOperator: operator, AttributeValueList: list, Value: value, Exists: exists }: JsonObject,
): Condition {
  if (isGiven(list) && isGiven(value)) {
    throw invalidParameter(`Value and AttributeValueList cannot be used together for Attribute: ${name}`);
  }
  if (isGiven(operator)) {
    if (isGiven(exists)) throw invalidParameter(`Exists and ComparisonOperator cannot be used together for Attribute: ${name}`);
    const values = isGiven(value) ? [value] : listOf(list);
    if (!isGiven(list) && !isGiven(value) && operator !== "NULL" && operator !== "NOT_NULL") {
      throw invalidParameter(
        `Value or AttributeValueList must be used with ComparisonOperator: ${parseText(operator)} for Attribute: ${name}`,
      );
    }
    return legacyCondition(name, parseText(operator), values);
  }
  if (isGiven(list)) throw invalidParameter(`AttributeValueList can only be used with a ComparisonOperator for Attribute: ${name}`);
  return expectedValue(name, isGiven(exists) ? parseBoolean(exists) : undefined, value);
}

function expectedValue(name: string, exists: boolean | undefined, value: Json | undefined): Condition {
  if (exists === false) {
    if (isGiven(value)) throw invalidParameter(`Value cannot be used when Exists is false for Attribute: ${name}`);
    return { kind: "exists", present: false, path: [name] };
  }
  if (!isGiven(value)) throw invalidParameter(`Value must be provided when Exists is ${exists ?? "null"} for Attribute: ${name}`);
  return legacyCondition(name, "EQ", [value]);
}

function isGiven(json: Json | undefined): json is Json {
  return json !== undefined && json !== null;
}

/** All of the conditions, or with the operator OR one of them. */
export function joined(conditions: readonly Condition[], operator: Json | undefined): Condition | undefined {
  const [first, ...others] = conditions;
  if (first === undefined) return undefined;
  return others.reduce((left, right) => ({ kind: operator === "OR" ? "or" : "and", left, right }), first);
}
