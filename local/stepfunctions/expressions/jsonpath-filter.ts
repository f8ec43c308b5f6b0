import { isObject, type Json } from "../../json.ts";
import { select, selectPresent } from "./jsonpath-select.ts";
import type { Filter, FilterValue, Path } from "./jsonpath-syntax.ts";
import { matchesPattern } from "./pattern.ts";
import { sameValue } from "./values.ts";

/** Whether `item` passes a path's filter. `root` is what `$` stands for inside it. */
export function passesFilter(filter: Filter, item: Json, root: Json): boolean {
  switch (filter.kind) {
    case "and":
      return filter.of.every((part) => passesFilter(part, item, root));
    case "or":
      return filter.of.some((part) => passesFilter(part, item, root));
    case "not":
      return !passesFilter(filter.of, item, root);
    case "exists":
      return exists(filter.path, item, root);
    case "compare":
      return compare(filter.operator, filter.left, filter.right, item, root);
  }
}

function exists(path: Path, item: Json, root: Json): boolean {
  const selection = select(path, rootOf(path, item, root));
  if (selection.kind !== "value") return false;
  return path.definite || (Array.isArray(selection.value) && selection.value.length > 0);
}

function rootOf(path: Path, item: Json, root: Json): Json {
  return path.root.from === "item" ? item : root;
}

/** undefined stands for a path that leads nowhere: equal to nothing, not even to another such. */
function resolve(value: FilterValue, item: Json, root: Json): Json | undefined {
  if (value.kind === "path") return selectPresent(value.path, rootOf(value.path, item, root));
  return value.kind === "literal" ? value.value : undefined;
}

function compare(operator: string, left: FilterValue, right: FilterValue, item: Json, root: Json): boolean {
  if (operator === "=~") return fitsPattern(left, right, item, root);
  const a = resolve(left, item, root);
  const b = resolve(right, item, root);
  if (a === undefined || b === undefined) return operator === "!=" || operator === "!==";
  return COMPARISONS.get(operator)?.(a, b) ?? false;
}

function fitsPattern(left: FilterValue, right: FilterValue, item: Json, root: Json): boolean {
  const [pattern, other] = left.kind === "pattern" ? [left.pattern, right] : [right.kind === "pattern" ? right.pattern : undefined, left];
  const text = resolve(other, item, root);
  return pattern !== undefined && typeof text === "string" && matchesPattern(pattern, text);
}

const COMPARISONS = new Map<string, (a: Json, b: Json) => boolean>([
  ["==", looselyEqual],
  ["!=", (a, b) => !looselyEqual(a, b)],
  ["===", sameValue],
  ["!==", (a, b) => !sameValue(a, b)],
  ["<", (a, b) => order(a, b, (sign) => sign < 0)],
  ["<=", (a, b) => order(a, b, (sign) => sign <= 0)],
  [">", (a, b) => order(a, b, (sign) => sign > 0)],
  [">=", (a, b) => order(a, b, (sign) => sign >= 0)],
  ["in", (a, b) => contains(b, a)],
  ["nin", (a, b) => !contains(b, a)],
  ["contains", (a, b) => (typeof a === "string" ? typeof b === "string" && a.includes(b) : contains(a, b))],
  ["subsetof", (a, b) => Array.isArray(a) && a.every((item) => contains(b, item))],
  ["anyof", (a, b) => Array.isArray(a) && a.some((item) => contains(b, item))],
  ["noneof", (a, b) => Array.isArray(a) && !a.some((item) => contains(b, item))],
  ["size", (a, b) => lengthOf(a) === b],
  ["empty", (a, b) => lengthOf(a) !== undefined && (lengthOf(a) === 0) === b],
]);

/** As in Jayway, a number equals a text that reads the same. */
function looselyEqual(a: Json, b: Json): boolean {
  if (typeof a === "number" && typeof b === "string") return b.trim() !== "" && Number(b) === a;
  if (typeof a === "string" && typeof b === "number") return a === String(b);
  return sameValue(a, b);
}

/** Only numbers among themselves and texts among themselves have an order. */
function order(a: Json, b: Json, accepts: (sign: number) => boolean): boolean {
  if (typeof a === "number" && typeof b === "number") return accepts(a - b);
  if (typeof a === "string" && typeof b === "string") return accepts(a < b ? -1 : Number(a > b));
  return false;
}

function contains(list: Json, item: Json): boolean {
  return Array.isArray(list) && list.some((candidate) => looselyEqual(candidate, item));
}

function lengthOf(value: Json): number | undefined {
  if (typeof value === "string" || Array.isArray(value)) return value.length;
  return isObject(value) ? Object.keys(value).length : undefined;
}
