import { isObject, type Json, type JsonObject } from "../json.ts";
import { invalid, malformed } from "./errors.ts";
import { parseBoolean, typeMismatch } from "./value.ts";

/** What an operation's input may look like: the constraints that AWS checks before anything else. */
export type Shape =
  | {
      readonly kind: "string";
      readonly min?: number;
      readonly max?: number;
      readonly pattern?: RegExp;
      readonly values?: readonly string[];
      /** An ARN may stand for the name; its parts are checked when its table is looked for. */
      readonly orArn?: true;
    }
  | { readonly kind: "integer"; readonly min?: number; readonly max?: number }
  | { readonly kind: "boolean" }
  | { readonly kind: "list"; readonly of: Shape; readonly min?: number; readonly max?: number }
  | { readonly kind: "map"; readonly of: Shape; readonly min?: number; readonly max?: number }
  | { readonly kind: "structure"; readonly members: { readonly [name: string]: Shape }; readonly required?: readonly string[] }
  /** Parsed elsewhere: an attribute value. */
  | { readonly kind: "any" };

export type Structure = Extract<Shape, { kind: "structure" }>;

const MISTAKES_MAX = 10;

/** Refuses what does not fit: types that JSON has wrong at once, all other mistakes together. */
export function checkShape(shape: Structure, input: JsonObject): void {
  const mistakes: string[] = [];
  checkMembers(shape, input, "", mistakes);
  if (mistakes.length === 0) return;
  const shown = mistakes.slice(0, MISTAKES_MAX);
  throw invalid(`${shown.length} validation error${shown.length === 1 ? "" : "s"} detected: ${shown.join("; ")}`);
}

function checkMembers(shape: Structure, input: JsonObject, path: string, mistakes: string[]): void {
  for (const name in shape.members) {
    const member = shape.members[name];
    const value = input[name];
    if (member === undefined) continue;
    if (value !== undefined && value !== null) check(member, value, join(path, name), mistakes);
    else if (shape.required?.includes(name)) mistakes.push(complaint(null, join(path, name), "Member must not be null"));
  }
}

function join(path: string, name: string): string {
  const member = name.charAt(0).toLowerCase() + name.slice(1);
  return path === "" ? member : `${path}.${member}`;
}

function complaint(value: Json, path: string, constraint: string): string {
  const shown = value === null ? "null" : `'${show(value)}'`;
  return `Value ${shown} at '${path}' failed to satisfy constraint: ${constraint}`;
}

/** A list or structure may hold many items; a message needs only its beginning. */
const SHOWN_MAX = 1000;

function show(value: Json): string {
  if (Array.isArray(value)) return `[${value.slice(0, SHOWN_MAX).map(show).join(", ").slice(0, SHOWN_MAX)}]`;
  return typeof value === "object" ? JSON.stringify(value).slice(0, SHOWN_MAX) : String(value);
}

function check(shape: Shape, value: Json, path: string, mistakes: string[]): void {
  if (shape.kind === "string") checkString(shape, value, path, mistakes);
  else if (shape.kind === "integer") checkInteger(shape, value, path, mistakes);
  else if (shape.kind === "boolean") parseBoolean(value);
  else if (shape.kind === "list") checkList(shape, value, path, mistakes);
  else if (shape.kind === "map") checkMap(shape, value, path, mistakes);
  else if (shape.kind === "structure") {
    if (!isObject(value)) throw malformed(notACollection(value));
    checkMembers(shape, value, path, mistakes);
  }
}

function checkInteger(shape: Bounds, value: Json, path: string, mistakes: string[]): void {
  if (typeof value !== "number" || !Number.isInteger(value)) throw malformed(typeMismatch(value, "Integer"));
  checkBounds(shape, value, "value", value, path, mistakes);
}

function checkList(shape: Extract<Shape, { kind: "list" }>, value: Json, path: string, mistakes: string[]): void {
  if (!Array.isArray(value)) throw malformed(notACollection(value));
  checkBounds(shape, value, "length", value.length, path, mistakes);
  for (const [index, member] of value.entries()) {
    if (member !== null) check(shape.of, member, `${path}.${index + 1}.member`, mistakes);
  }
}

function checkMap(shape: Extract<Shape, { kind: "map" }>, value: Json, path: string, mistakes: string[]): void {
  if (!isObject(value)) throw malformed(notACollection(value));
  checkBounds(shape, value, "length", Object.keys(value).length, path, mistakes);
  if (shape.of.kind === "any") return;
  for (const key in value) {
    const member = value[key];
    if (member !== null && member !== undefined) check(shape.of, member, `${path}.${key}.member`, mistakes);
  }
}

function notACollection(value: Json): string {
  if (Array.isArray(value)) return "Unrecognized collection type";
  return isObject(value) ? "Start of structure or map found where not expected" : "Unexpected field type";
}

type StringShape = Extract<Shape, { kind: "string" }>;

function checkString(shape: StringShape, value: Json, path: string, mistakes: string[]): void {
  if (typeof value !== "string") throw malformed(typeMismatch(value, "String"));
  if (shape.orArn && value.startsWith("arn:")) return;
  if (shape.values !== undefined && !shape.values.includes(value)) {
    mistakes.push(complaint(value, path, `Member must satisfy enum value set: [${shape.values.join(", ")}]`));
  }
  if (shape.pattern !== undefined && !shape.pattern.test(value)) {
    const pattern = shape.pattern.source.slice(1, -1);
    mistakes.push(complaint(value, path, `Member must satisfy regular expression pattern: ${pattern}`));
  }
  checkBounds(shape, value, "length", value.length, path, mistakes);
}

interface Bounds {
  readonly min?: number;
  readonly max?: number;
}

function checkBounds(bounds: Bounds, value: Json, what: string, size: number, path: string, mistakes: string[]): void {
  if (bounds.min !== undefined && size < bounds.min) {
    mistakes.push(complaint(value, path, `Member must have ${what} greater than or equal to ${bounds.min}`));
  }
  if (bounds.max !== undefined && size > bounds.max) {
    mistakes.push(complaint(value, path, `Member must have ${what} less than or equal to ${bounds.max}`));
  }
}
