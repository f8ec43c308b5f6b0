import type { Json } from "../../json.ts";
import type { Comparison } from "../asl/program.ts";
import { findPath } from "./jsonpath.ts";
import { type Scope, StatesError } from "./scope.ts";
import { parseTimestamp } from "./timestamps.ts";
import { matchesWildcard } from "./wildcard.ts";

type Test = Extract<Comparison, { variable: string }>;

/** Whether a JSONPath choice rule holds. A variable of another type than the operator compares never matches. */
export function matches(comparison: Comparison, scope: Scope): boolean {
  if (isTest(comparison)) return passes(comparison, scope);
  const { op, of } = comparison;
  if (!Array.isArray(of)) return !matches(of, scope);
  return op === "And" ? of.every((part) => matches(part, scope)) : of.some((part) => matches(part, scope));
}

function isTest(comparison: Comparison): comparison is Test {
  return "variable" in comparison;
}

function passes(test: Test, scope: Scope): boolean {
  if (test.op === "IsPresent") return (findPath(test.variable, scope) !== undefined) === test.operand;
  const value = readForChoice(test.variable, scope);
  const typeTest = TYPE_TESTS.get(test.op);
  if (typeTest !== undefined) return typeTest(value) === test.operand;
  const operand = test.operandIsPath ? readForChoice(String(test.operand), scope) : test.operand;
  const compare = COMPARISONS.get(test.operandIsPath ? test.op.replace(/Path$/, "") : test.op);
  if (compare === undefined) throw new Error(`There is no choice operator ${test.op}`);
  return compare(value, operand);
}

/** A path that leads nowhere fails the state, Default or not: only IsPresent may ask for it. */
function readForChoice(path: string, scope: Scope): Json {
  const value = findPath(path, scope);
  if (value !== undefined) return value;
  throw new StatesError("States.Runtime", `Invalid path '${path}': The choice state's condition path references an invalid value.`);
}

const TYPE_TESTS = new Map<string, (value: Json) => boolean>([
  ["IsNull", (value) => value === null],
  ["IsBoolean", (value) => typeof value === "boolean"],
  ["IsNumeric", (value) => typeof value === "number"],
  ["IsString", (value) => typeof value === "string"],
  ["IsTimestamp", (value) => timestamp(value) !== undefined],
]);

type Comparable = string | number;

/** A value as one type of operator compares it, or undefined where it is not of that type. */
type Reading = (value: Json) => Comparable | undefined;

const READINGS: [string, Reading][] = [
  ["String", (value) => (typeof value === "string" ? value : undefined)],
  ["Numeric", (value) => (typeof value === "number" ? value : undefined)],
  ["Timestamp", timestamp],
];

const ORDERS: [string, (a: Comparable, b: Comparable) => boolean][] = [
  ["Equals", (a, b) => a === b],
  ["LessThan", (a, b) => a < b],
  ["LessThanEquals", (a, b) => a <= b],
  ["GreaterThan", (a, b) => a > b],
  ["GreaterThanEquals", (a, b) => a >= b],
];

/** StringEquals, NumericLessThan, TimestampGreaterThanEquals, …, and the two operators without an order. */
const COMPARISONS = new Map<string, (value: Json, operand: Json) => boolean>([
  ...READINGS.flatMap(([type, read]) => ORDERS.map(([order, holds]) => [`${type}${order}`, comparing(read, holds)] as const)),
  ["BooleanEquals", (value, operand) => typeof value === "boolean" && value === operand],
  ["StringMatches", (value, operand) => typeof value === "string" && typeof operand === "string" && matchesWildcard(value, operand)],
]);

function comparing(read: Reading, holds: (a: Comparable, b: Comparable) => boolean): (value: Json, operand: Json) => boolean {
  return (value, operand) => {
    const a = read(value);
    const b = read(operand);
    return a !== undefined && b !== undefined && holds(a, b);
  };
}

function timestamp(value: Json): number | undefined {
  return typeof value === "string" ? parseTimestamp(value) : undefined;
}
