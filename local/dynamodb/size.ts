import type { AttributeValue, Item } from "./value.ts";

/** The size of an item as DynamoDB counts it towards its limits and capacity: names and values, in bytes. */
export function itemSize(item: Item): number {
  let size = 0;
  for (const name in item) {
    const value = item[name];
    if (value !== undefined) size += Buffer.byteLength(name) + valueSize(value);
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
