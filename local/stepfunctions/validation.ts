import { AwsError } from "../errors.ts";
import { isObject, isTooDeep, type Json, type JsonObject } from "../json.ts";

/** Reading an operation's input: each member's type and bounds, with AWS's words for what is wrong. */

export function requiredString(input: JsonObject, name: string, most = Number.POSITIVE_INFINITY): string {
  const value = optionalString(input, name, most);
  if (value !== undefined) return value;
  throw invalid(`Value null at '${name}' failed to satisfy constraint: Member must not be null`);
}

export function optionalString(input: JsonObject, name: string, most = Number.POSITIVE_INFINITY): string | undefined {
  const value = input[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "string") throw new AwsError("SerializationException", `The member ${name} must be a string.`);
  if (value.length > most) {
    throw invalid(
      `Value '${shorten(value)}' at '${name}' failed to satisfy constraint: Member must have length less than or equal to ${most}`,
    );
  }
  return value;
}

export function optionalInteger(input: JsonObject, name: string, least: number, most: number): number | undefined {
  const value = input[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "number" || !Number.isInteger(value))
    throw new AwsError("SerializationException", `The member ${name} must be an integer.`);
  if (value < least)
    throw invalid(`Value '${value}' at '${name}' failed to satisfy constraint: Member must have value greater than or equal to ${least}`);
  if (value > most)
    throw invalid(`Value '${value}' at '${name}' failed to satisfy constraint: Member must have value less than or equal to ${most}`);
  return value;
}

export function optionalBoolean(input: JsonObject, name: string): boolean | undefined {
  const value = input[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "boolean") throw new AwsError("SerializationException", `The member ${name} must be a boolean.`);
  return value;
}

export function optionalChoice(input: JsonObject, name: string, choices: readonly string[]): string | undefined {
  const value = optionalString(input, name);
  if (value === undefined || choices.includes(value)) return value;
  throw invalid(
    `Value '${shorten(value)}' at '${name}' failed to satisfy constraint: Member must satisfy enum value set: [${choices.join(", ")}]`,
  );
}

export function invalid(problem: string): AwsError {
  return new AwsError("ValidationException", `1 validation error detected: ${problem}`);
}

export function isJson(text: string): boolean {
  try {
    return !isTooDeep(JSON.parse(text) as Json);
  } catch {
    return false;
  }
}

/** A page token is opaque to callers: what the listing needs to go on, as base64 of JSON. */
export function pageToken(state: JsonObject): string {
  return Buffer.from(JSON.stringify(state)).toString("base64");
}

export function readPageToken(input: JsonObject): JsonObject | undefined {
  const token = optionalString(input, "nextToken", 3096);
  if (token === undefined) return undefined;
  try {
    const state: unknown = JSON.parse(Buffer.from(token, "base64").toString("utf8"));
    if (isObject(state)) return state;
  } catch {
    // Falls through: whatever it was, it is no token of ours.
  }
  throw new AwsError("InvalidToken", "Invalid Token: 'Invalid token'");
}

/** A value is quoted whole, unless it is longer than any that could be meant. */
const QUOTED_MAX = 4096;

function shorten(value: string): string {
  return value.length > QUOTED_MAX ? `${value.slice(0, QUOTED_MAX)}…` : value;
}
