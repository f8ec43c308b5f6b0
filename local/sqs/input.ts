import { isObject, type JsonObject } from "../json.ts";
import { invalidValue, missingParameter, wrongType } from "./errors.ts";

/** Members of a call's input, checked against the type AWS declares for them. Null counts as not given, as in AWS's JSON. */

export function optionalText(input: JsonObject, name: string): string | undefined {
  const value = input[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "string") throw wrongType(name, "a String");
  return value;
}

/** A text that must be there and not be empty. */
export function requiredText(input: JsonObject, name: string): string {
  const value = optionalText(input, name);
  if (value === undefined || value === "") throw missingParameter(name);
  return value;
}

export function optionalInteger(input: JsonObject, name: string): number | undefined {
  const value = input[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "number" || !Number.isInteger(value)) throw wrongType(name, "an Integer");
  return value;
}

/** An integer within its bounds, or undefined; `reason` is AWS's wording of the bounds. */
export function boundedInteger(input: JsonObject, name: string, least: number, most: number, reason: string): number | undefined {
  const value = optionalInteger(input, name);
  if (value !== undefined && (value < least || value > most)) throw invalidValue(value, name, reason);
  return value;
}

export function textList(input: JsonObject, name: string): string[] {
  const value = input[name];
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw wrongType(name, "a List");
  return value.map((entry) => {
    if (typeof entry !== "string") throw wrongType(name, "a List of Strings");
    return entry;
  });
}

export function objectList(input: JsonObject, name: string): JsonObject[] {
  const value = input[name];
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw wrongType(name, "a List");
  return value.map((entry) => {
    if (!isObject(entry)) throw wrongType(name, "a List of Structures");
    return entry;
  });
}

export function optionalObject(input: JsonObject, name: string): JsonObject | undefined {
  const value = input[name];
  if (value === undefined || value === null) return undefined;
  if (!isObject(value)) throw wrongType(name, "a Map");
  return value;
}

export function textMap(input: JsonObject, name: string): Map<string, string> {
  const entries = Object.entries(optionalObject(input, name) ?? {});
  return new Map(
    entries.map(([key, value]) => {
      if (typeof value !== "string") throw wrongType(name, "a Map of Strings");
      return [key, value];
    }),
  );
}
