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

/** Measures without recursion, since the value may be deeper than calls can be. */
export function isTooDeep(value: Json): boolean {
  let level: Json[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > JSON_DEPTH_MAX) return true;
    level = level.flatMap((entry) => (typeof entry === "object" && entry !== null ? Object.values(entry) : []));
  }
  return false;
}
