/** Any JSON value. Everything that crosses a border of the endpoint has this type until it is parsed. */
export type Json = null | boolean | number | string | Json[] | JsonObject;
export type JsonObject = { [key: string]: Json };

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A deep copy of a JSON value, so that a caller's later change cannot reach what was stored. */
export function copyJson<T extends Json>(value: T): T {
  return structuredClone(value);
}
