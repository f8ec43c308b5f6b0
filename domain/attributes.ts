/**
 * The border to DynamoDB's items. What is read here is checked before it is believed: an attribute that is absent or of
 * another type is an error that names it, never an undefined that travels on.
 */
import type { AttributeValue } from "@aws-sdk/client-dynamodb";

export type Item = Readonly<Record<string, AttributeValue>>;

export class CorruptItem extends Error {
  override readonly name = "CorruptItem";

  constructor(attribute: string, expected: string) {
    super(`The stored attribute ${attribute} is not ${expected}.`);
  }
}

export function textAt(item: Item, name: string): string {
  const text = optionalTextAt(item, name);
  if (text === undefined) throw new CorruptItem(name, "there");
  return text;
}

export function optionalTextAt(item: Item, name: string): string | undefined {
  const value = item[name];
  if (value === undefined) return undefined;
  if (value.S === undefined) throw new CorruptItem(name, "a string");
  return value.S;
}

/** A count, a version, a moment in milliseconds: whole, not negative, and exact as a JavaScript number. */
export function wholeAt(item: Item, name: string): number {
  const whole = optionalWholeAt(item, name);
  if (whole === undefined) throw new CorruptItem(name, "there");
  return whole;
}

export function optionalWholeAt(item: Item, name: string): number | undefined {
  const value = item[name];
  if (value === undefined) return undefined;
  const whole = Number(value.N);
  if (value.N === undefined || !Number.isSafeInteger(whole) || whole < 0) throw new CorruptItem(name, "a whole number");
  return whole;
}

export function mapAt(item: Item, name: string): Item {
  const map = item[name]?.M;
  if (map === undefined) throw new CorruptItem(name, "a map");
  return map;
}

export function mapsAt(item: Item, name: string): Item[] {
  const list = item[name]?.L;
  if (list === undefined) throw new CorruptItem(name, "a list");
  return list.map((value, index) => {
    if (value.M === undefined) throw new CorruptItem(`${name}[${index}]`, "a map");
    return value.M;
  });
}

export function bytesAt(item: Item, name: string): Uint8Array {
  const bytes = item[name]?.B;
  if (bytes === undefined) throw new CorruptItem(name, "binary");
  return bytes;
}

export const text = (value: string): AttributeValue => ({ S: value });
export const whole = (value: number): AttributeValue => ({ N: String(value) });
export const map = (value: Item): AttributeValue => ({ M: { ...value } });
export const maps = (values: readonly Item[]): AttributeValue => ({ L: values.map(map) });

/** The attributes whose value is there: what is optional is absent in the item, not empty. */
export function present(values: Readonly<Record<string, AttributeValue | undefined>>): Item {
  const item: Record<string, AttributeValue> = {};
  for (const [name, value] of Object.entries(values)) if (value !== undefined) item[name] = value;
  return item;
}
