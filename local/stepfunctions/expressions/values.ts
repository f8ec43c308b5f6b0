import { isObject, type Json, type JsonObject } from "../../json.ts";

/** A deep copy, faster than structuredClone for the small values that workflows pass along. */
export function copyValue(value: Json): Json {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(copyValue);
  const copy: JsonObject = {};
  for (const name of Object.keys(value)) setMember(copy, name, copyValue(value[name] ?? null));
  return copy;
}

/** Sets a member as plain data: assigned like any other, `__proto__` would change what the object inherits. */
export function setMember(target: JsonObject, name: string, value: Json): void {
  if (name === "__proto__") {
    Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true });
  } else {
    target[name] = value;
  }
}

/** A member of an object, or undefined: never something inherited, as `constructor` would be. */
export function memberOf(target: JsonObject, name: string): Json | undefined {
  return Object.hasOwn(target, name) ? target[name] : undefined;
}

/** Whether two JSON values are the same: arrays in order, objects in any order of their members. */
export function sameValue(a: Json, b: Json): boolean {
  if (a === b) return true;
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((item, index) => sameValue(item, b[index] ?? null));
  }
  if (!isObject(a) || !isObject(b)) return false;
  const names = Object.keys(a);
  if (names.length !== Object.keys(b).length) return false;
  return names.every((name) => Object.hasOwn(b, name) && sameValue(a[name] ?? null, b[name] ?? null));
}
