import { isObject, type Json } from "../../json.ts";

/**
 * The functions a path may end in, as in `$.items.length()`. Each gets the value before it and the values of its
 * arguments, and gives undefined where it does not apply.
 */
type PathFunction = (value: Json, args: Json[]) => Json | undefined;

const FUNCTIONS = new Map<string, PathFunction>([
  ["length", lengthOf],
  ["size", lengthOf],
  ["keys", (value) => (isObject(value) ? Object.keys(value) : undefined)],
  ["min", (value, args) => overNumbers(value, args, (numbers) => numbers.reduce((a, b) => Math.min(a, b)))],
  ["max", (value, args) => overNumbers(value, args, (numbers) => numbers.reduce((a, b) => Math.max(a, b)))],
  ["sum", (value, args) => overNumbers(value, args, sum)],
  ["avg", (value, args) => overNumbers(value, args, (numbers) => sum(numbers) / numbers.length)],
  ["stddev", (value, args) => overNumbers(value, args, standardDeviation)],
  ["first", (value) => (Array.isArray(value) ? value[0] : undefined)],
  ["last", (value) => (Array.isArray(value) ? value.at(-1) : undefined)],
  ["concat", concatenate],
]);

export function isPathFunction(name: string): boolean {
  return FUNCTIONS.has(name);
}

export function callPathFunction(name: string, value: Json, args: Json[]): Json | undefined {
  return FUNCTIONS.get(name)?.(value, args);
}

function lengthOf(value: Json): Json | undefined {
  if (Array.isArray(value) || typeof value === "string") return value.length;
  return isObject(value) ? Object.keys(value).length : undefined;
}

/** The numbers of the list before the function and of its arguments; without any there is nothing to compute. */
function overNumbers(value: Json, args: Json[], compute: (numbers: number[]) => number): number | undefined {
  const items = [...(Array.isArray(value) ? value : []), ...args.flat()];
  const numbers = items.filter((item) => typeof item === "number");
  return numbers.length === 0 ? undefined : compute(numbers);
}

function sum(numbers: number[]): number {
  return numbers.reduce((a, b) => a + b, 0);
}

function standardDeviation(numbers: number[]): number {
  const mean = sum(numbers) / numbers.length;
  return Math.sqrt(sum(numbers.map((number) => (number - mean) ** 2)) / numbers.length);
}

function concatenate(value: Json, args: Json[]): string {
  const items = [...(Array.isArray(value) ? value : []), ...args.flat()];
  return items.filter((item) => typeof item === "string").join("");
}
