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

/** Deeper JSON is refused, so that reading it by recursion is safe. AWS's own parser stops at the same depth. */
export const JSON_DEPTH_MAX = 1000;

/** Goes no deeper than what it measures against, since the value may be deeper than calls can be. */
export function isTooDeep(value: Json, depth = 0): boolean {
  if (depth > JSON_DEPTH_MAX) return true;
  if (typeof value !== "object" || value === null) return false;
  for (const entry of Array.isArray(value) ? value : Object.values(value)) if (isTooDeep(entry, depth + 1)) return true;
  return false;
}
