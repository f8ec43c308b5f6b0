/** Values as Pulumi's protocol carries them: JSON, and in a preview also what is not known before something is made. */

export type Value = null | boolean | number | string | readonly Value[] | Properties;
export interface Properties {
  readonly [name: string]: Value;
}

/** What Pulumi sends in place of a value that is not known yet. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

export function isProperties(value: Value | undefined): value is Properties {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function hasUnknown(value: Value): boolean {
  if (typeof value === "string") return value === UNKNOWN;
  if (Array.isArray(value)) return value.some(hasUnknown);
  return isProperties(value) && Object.values(value).some(hasUnknown);
}

/** What came off the wire, or a JSON text of it; whatever JSON has no word for is refused. */
export function asValue(value: unknown): Value {
  if (value === null || typeof value === "boolean" || typeof value === "number" || typeof value === "string") return value;
  if (Array.isArray(value)) return value.map(asValue);
  if (typeof value === "object") return asProperties(value);
  throw new TypeError(`${typeof value} is not a value of JSON.`);
}

export function asProperties(value: object): Properties {
  const present = Object.entries(value).filter(([, one]) => one !== undefined);
  return Object.fromEntries(present.map(([name, one]) => [name, asValue(one)]));
}

/** The same value gives the same text, in whatever order its properties come. */
export function canonical(value: Value): string {
  return JSON.stringify(value, (_, part: Value) => (isProperties(part) ? sorted(part) : part));
}

function sorted(properties: Properties): Properties {
  return Object.fromEntries(Object.entries(properties).sort(([one], [other]) => (one < other ? -1 : 1)));
}

export function isEqual(one: Value, other: Value): boolean {
  return canonical(one) === canonical(other);
}

/** Policies and definitions are JSON in a text: two texts that say the same are the same. */
export function parsedJson(text: Value | undefined): Value {
  if (typeof text !== "string" || text === UNKNOWN) return text ?? null;
  try {
    return asValue(JSON.parse(text));
  } catch {
    return text;
  }
}
