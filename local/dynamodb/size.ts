import { type AttributeValue, attribute, type Item } from "./value.ts";

/** The size of an item as DynamoDB counts it towards its limits and capacity: names and values, in bytes. */
export function itemSize(item: Item): number {
  let size = 0;
  // Not `for … in`, which V8 compiles anew again and again where items have ever other attributes.
  for (const [name, value] of Object.entries(item)) size += Buffer.byteLength(name) + valueSize(value);
  return size;
}

/** By how much an item differs in size from one it was made of: what both have in common is not counted again. */
export function sizeDifference(from: Item, to: Item): number {
  let size = 0;
  let inBoth = 0;
  for (const [name, value] of Object.entries(to)) {
    const previous = from[name] === value ? value : attribute(from, name);
    if (previous !== undefined) inBoth++;
    if (previous !== value) size += previous === undefined ? Buffer.byteLength(name) + valueSize(value) : valueDifference(previous, value);
  }
  const names = Object.keys(from);
  return names.length === inBoth ? size : size - sizeWithout(from, names, to);
}

/** What those of an item's attributes take that another has not. */
function sizeWithout(item: Item, names: readonly string[], other: Item): number {
  let size = 0;
  for (const name of names) {
    const value = attribute(other, name) === undefined ? attribute(item, name) : undefined;
    if (value !== undefined) size += Buffer.byteLength(name) + valueSize(value);
  }
  return size;
}

function valueDifference(from: AttributeValue, to: AttributeValue): number {
  if ("L" in from && "L" in to) return listDifference(from.L, to.L);
  if ("M" in from && "M" in to) return Object.keys(to.M).length - Object.keys(from.M).length + sizeDifference(from.M, to.M);
  return valueSize(to) - valueSize(from);
}

function listDifference(from: readonly AttributeValue[], to: readonly AttributeValue[]): number {
  let size = to.length - from.length;
  for (let index = 0; index < Math.max(from.length, to.length); index++) {
    const [previous, next] = [from[index], to[index]];
    if (previous === next) continue;
    if (previous === undefined) size += next === undefined ? 0 : valueSize(next);
    else size += next === undefined ? -valueSize(previous) : valueDifference(previous, next);
  }
  return size;
}

export function valueSize(value: AttributeValue): number {
  if ("S" in value) return Buffer.byteLength(value.S);
  if ("N" in value) return numberSize(value.N);
  if ("B" in value) return binarySize(value.B);
  if ("BOOL" in value || "NULL" in value) return 1;
  if ("SS" in value) return total(value.SS, Buffer.byteLength);
  if ("NS" in value) return total(value.NS, numberSize);
  if ("BS" in value) return total(value.BS, binarySize);
  // Lists and maps cost three bytes, and one for each member.
  if ("L" in value) return 3 + value.L.length + total(value.L, valueSize);
  return 3 + Object.keys(value.M).length + itemSize(value.M);
}

function total<T>(members: readonly T[], size: (member: T) => number): number {
  let sum = 0;
  for (const member of members) sum += size(member);
  return sum;
}

function binarySize(base64: string): number {
  return Buffer.byteLength(base64, "base64");
}

/** One byte for two significant digits and one for the exponent, one more for a negative number. */
function numberSize(number: string): number {
  const digits = number.replace(/[-.]/g, "").replace(/^0+/, "").replace(/0+$/, "");
  return Math.ceil(digits.length / 2) + 1 + (number.startsWith("-") ? 1 : 0);
}
