import { compareNumbers } from "./number.ts";
import { type AttributeValue, attribute, type Item } from "./value.ts";

/** Equality of values: sets in any order, lists and maps member by member. Numbers are stored in one spelling each. */
export function sameValue(left: AttributeValue, right: AttributeValue): boolean {
  if ("S" in left) return "S" in right && left.S === right.S;
  if ("N" in left) return "N" in right && left.N === right.N;
  if ("B" in left) return "B" in right && left.B === right.B;
  if ("BOOL" in left) return "BOOL" in right && left.BOOL === right.BOOL;
  if ("NULL" in left) return "NULL" in right;
  if ("SS" in left) return "SS" in right && sameSet(left.SS, right.SS);
  if ("NS" in left) return "NS" in right && sameSet(left.NS, right.NS);
  if ("BS" in left) return "BS" in right && sameSet(left.BS, right.BS);
  if ("L" in left) return "L" in right && sameList(left.L, right.L);
  return "M" in right && sameMap(left.M, right.M);
}

function sameSet(left: readonly string[], right: readonly string[]): boolean {
  if (left.length !== right.length) return false;
  const members = new Set(left);
  return right.every((member) => members.has(member));
}

function sameList(left: readonly AttributeValue[], right: readonly AttributeValue[]): boolean {
  return left.length === right.length && left.every((member, index) => sameOptional(member, right[index]));
}

function sameMap(left: Item, right: Item): boolean {
  const names = Object.keys(left);
  return names.length === Object.keys(right).length && names.every((name) => sameOptional(attribute(left, name), attribute(right, name)));
}

/** Equality of what may be missing; two missing values are equal. */
export function sameOptional(left: AttributeValue | undefined, right: AttributeValue | undefined): boolean {
  if (left === undefined || right === undefined) return left === right;
  return sameValue(left, right);
}

/** Negative, zero or positive for two values of one ordered type (S, N, B); undefined where they have no order. */
export function compareValues(left: AttributeValue, right: AttributeValue): number | undefined {
  if ("S" in left && "S" in right) return compareTexts(left.S, right.S);
  if ("N" in left && "N" in right) return compareNumbers(left.N, right.N);
  if ("B" in left && "B" in right) return Buffer.compare(Buffer.from(left.B, "base64"), Buffer.from(right.B, "base64"));
  return undefined;
}

/** By UTF-8 bytes, which JavaScript's own comparison (by UTF-16 units) is not for characters beyond the first plane. */
function compareTexts(left: string, right: string): number {
  return left === right ? 0 : Buffer.compare(Buffer.from(left), Buffer.from(right));
}
