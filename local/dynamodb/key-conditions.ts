import type { JsonObject } from "../json.ts";
import { invalid, invalidParameter } from "./errors.ts";
import type { Condition, Operand } from "./expressions/condition.ts";
import { legacyConditions } from "./expressions/legacy.ts";
import { matches } from "./expressions/matches.ts";
import type { Placeholders } from "./expressions/placeholders.ts";
import { conditionOf, isGiven } from "./expressions/request.ts";
import type { Comparator } from "./expressions/syntax.ts";
import { encodeKeyValue } from "./keys.ts";
import { type KeySchema, keyAttributes } from "./table.ts";
import { type AttributeValue, typeOf } from "./value.ts";

type KeyOperator = "=" | "<" | "<=" | ">" | ">=" | "BETWEEN" | "BEGINS_WITH";

/** What a query asks of one attribute of its key. */
interface KeyCondition {
  readonly name: string;
  readonly operator: KeyOperator;
  readonly values: readonly AttributeValue[];
  readonly condition: Condition;
}

/** A stretch of sort keys; a bound that is missing leaves that side open. */
export interface Range {
  readonly low?: Bound;
  readonly high?: Bound;
}

export interface Bound {
  readonly key: Uint8Array;
  readonly inclusive: boolean;
}

/** The part of a table or an index that a query covers. */
export interface KeyRange {
  readonly hash: AttributeValue;
  readonly pk: Uint8Array;
  readonly range: Range;
  /** Whether an item's sort key lies in the range; undefined where the query asks nothing of it. */
  readonly rangeCondition: Condition | undefined;
}

/** Reads KeyConditionExpression, or the older KeyConditions. Which key they have to fit is not known yet. */
export function keyConditionsOf(input: JsonObject, placeholders: Placeholders): KeyCondition[] {
  const expression = conditionOf(input, "KeyConditionExpression", placeholders);
  if (expression === undefined && !isGiven(input, "KeyConditions")) {
    throw invalid("Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.");
  }
  const conditions =
    expression === undefined ? legacyConditions(input.KeyConditions).map(legacyKeyCondition) : conjuncts(expression).map(keyCondition);
  const names = conditions.map(({ name }) => name);
  if (new Set(names).size < names.length) throw invalid("KeyConditionExpressions must only contain one condition per key");
  if (conditions.length < 1 || conditions.length > 2) throw invalid("Conditions can be of length 1 or 2 only");
  return conditions;
}

function conjuncts(condition: Condition): Condition[] {
  if (condition.kind === "and") return [...conjuncts(condition.left), ...conjuncts(condition.right)];
  return [condition];
}

function keyCondition(condition: Condition): KeyCondition {
  switch (condition.kind) {
    case "comparison":
      return comparison(condition.operator, condition.left, condition.right);
    case "between":
      return keyFirst("BETWEEN", condition, condition.operand, [condition.low, condition.high]);
    case "begins_with":
      return keyFirst("BEGINS_WITH", condition, condition.operand, [condition.part]);
    default:
      throw invalid(`Invalid operator used in KeyConditionExpression: ${nameOf(condition)}`);
  }
}

function nameOf(condition: Condition): string {
  if (condition.kind === "exists") return condition.present ? "attribute_exists" : "attribute_not_exists";
  if (condition.kind === "type") return "attribute_type";
  return condition.kind === "contains" ? "contains" : condition.kind.toUpperCase();
}

const MIRRORED: Record<Exclude<Comparator, "<>">, KeyOperator> = { "=": "=", "<": ">", "<=": ">=", ">": "<", ">=": "<=" };

function comparison(operator: Comparator, left: Operand, right: Operand): KeyCondition {
  if (operator === "<>") throw invalid("Invalid operator used in KeyConditionExpression: <>");
  const turned = left.kind === "value" && right.kind === "path";
  const [key, value] = turned ? [right, left] : [left, right];
  const name = keyName(key, [value]);
  const condition: Condition = { kind: "comparison", operator, left, right };
  return { name, operator: turned ? MIRRORED[operator] : operator, values: constants([value]), condition };
}

function keyFirst(operator: "BETWEEN" | "BEGINS_WITH", condition: Condition, key: Operand, others: readonly Operand[]): KeyCondition {
  if (key.kind === "value") {
    const shown = operator === "BETWEEN" ? operator : "begins_with";
    throw invalid(`Invalid condition in KeyConditionExpression: ${shown} operator must have the key attribute as its first operand`);
  }
  return { name: keyName(key, others), operator, values: constants(others), condition };
}

function keyName(key: Operand, others: readonly Operand[]): string {
  if ([key, ...others].some(({ kind }) => kind === "size")) throw invalid("KeyConditionExpressions cannot contain nested operations");
  if (key.kind === "path" && others.some(({ kind }) => kind === "path")) {
    throw invalid("Invalid condition in KeyConditionExpression: Multiple attribute names used in one condition");
  }
  const [name, ...nested] = key.kind === "path" ? key.path : [];
  if (nested.length > 0) throw invalid("KeyConditionExpressions cannot have conditions on nested attributes");
  if (typeof name !== "string") throw invalid("Invalid condition in KeyConditionExpression: No key attribute specified");
  return name;
}

function constants(operands: readonly Operand[]): AttributeValue[] {
  return operands.flatMap((operand) => (operand.kind === "value" ? [operand.value] : []));
}

function legacyKeyCondition(condition: Condition): KeyCondition {
  const indexable =
    (condition.kind === "comparison" && condition.operator !== "<>") || condition.kind === "between" || condition.kind === "begins_with";
  if (!indexable) throw invalid("Attempted conditional constraint is not an indexable operation");
  return keyCondition(condition);
}

/** Fits the conditions to the key that is queried. */
export function keyRange(conditions: readonly KeyCondition[], key: KeySchema): KeyRange {
  if (key.range === undefined && conditions.length > 1) throw invalid("Query key condition not supported");
  for (const { name, type } of keyAttributes(key)) {
    const condition = conditions.find((candidate) => candidate.name === name);
    if (condition !== undefined) checkValues(condition, type);
    else if (name === key.hash.name || conditions.length > 1) throw invalid(`Query condition missed key schema element: ${name}`);
  }
  const hash = conditions.find(({ name }) => name === key.hash.name);
  const [value] = hash?.values ?? [];
  if (hash?.operator !== "=" || value === undefined) throw invalid("Query key condition not supported");
  const sort = conditions.find(({ name }) => name === key.range?.name);
  return { hash: value, pk: encoded(value), range: sort === undefined ? {} : rangeOf(sort), rangeCondition: sort?.condition };
}

function checkValues({ name, values }: KeyCondition, type: string): void {
  for (const value of values) {
    if (typeOf(value) !== type) throw invalidParameter("Condition parameter type does not match schema type");
    if (("S" in value && value.S === "") || ("B" in value && value.B === "")) {
      const kind = type === "S" ? "string" : "binary";
      throw invalidParameter(`The AttributeValue for a key attribute cannot contain an empty ${kind} value. Key: ${name}`);
    }
  }
}

function encoded(value: AttributeValue): Uint8Array {
  return encodeKeyValue(value) ?? new Uint8Array(0);
}

function rangeOf({ operator, values: [first, second] }: KeyCondition): Range {
  if (first === undefined) return {};
  const key = encoded(first);
  switch (operator) {
    case "=":
      return { low: { key, inclusive: true }, high: { key, inclusive: true } };
    case "<":
    case "<=":
      return { high: { key, inclusive: operator === "<=" } };
    case ">":
    case ">=":
      return { low: { key, inclusive: operator === ">=" } };
    case "BETWEEN":
      return { low: { key, inclusive: true }, high: { key: encoded(second ?? first), inclusive: true } };
    case "BEGINS_WITH":
      return { low: { key, inclusive: true }, ...beyondPrefix(key) };
  }
}

/** The first key after all that begin with the prefix: none for a prefix of nothing but the highest byte. */
function beyondPrefix(prefix: Uint8Array): { high?: Bound } {
  let length = prefix.length;
  while (length > 0 && prefix[length - 1] === 0xff) length--;
  if (length === 0) return {};
  const key = Uint8Array.from(prefix.subarray(0, length));
  key[length - 1] = (key[length - 1] ?? 0) + 1;
  return { high: { key, inclusive: false } };
}

/** Whether a starting key lies where the query looks. */
export function inRange({ rangeCondition }: KeyRange, item: { [name: string]: AttributeValue }): boolean {
  return rangeCondition === undefined || matches(rangeCondition, item);
}
