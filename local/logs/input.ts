import { AwsError } from "../errors.ts";
import { isObject, type JsonObject } from "../json.ts";

/** Reads an operation's input, with the service's words for what is wrong with it. */

export function invalidParameter(message: string): AwsError {
  return new AwsError("InvalidParameterException", message);
}

export function notFound(what: "group" | "stream"): AwsError {
  return new AwsError("ResourceNotFoundException", `The specified log ${what} does not exist.`);
}

export function alreadyExists(what: "group" | "stream"): AwsError {
  return new AwsError("ResourceAlreadyExistsException", `The specified log ${what} already exists`);
}

/** `value` is left out where there is none, as for a member that is not given. */
export function unmet(member: string, value: string | undefined, constraint: string): AwsError {
  const where = value === undefined ? `Value null at '${member}'` : `Value '${value}' at '${member}'`;
  return invalidParameter(`1 validation error detected: ${where} failed to satisfy constraint: ${constraint}`);
}

export function optionalText(input: JsonObject, name: string): string | undefined {
  const value = input[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "string") throw new AwsError("SerializationException", `The member ${name} is not a string.`);
  return value;
}

export function requiredText(input: JsonObject, name: string): string {
  const value = optionalText(input, name);
  if (value === undefined) throw unmet(name, undefined, "Member must not be null");
  return value;
}

export function optionalInteger(input: JsonObject, name: string, min: number, max: number): number | undefined {
  const value = input[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "number" || !Number.isSafeInteger(value))
    throw new AwsError("SerializationException", `The member ${name} is not an integer.`);
  if (value < min) throw unmet(name, String(value), `Member must have value greater than or equal to ${min}`);
  if (value > max) throw unmet(name, String(value), `Member must have value less than or equal to ${max}`);
  return value;
}

/** A moment in milliseconds since the epoch. */
export function optionalMoment(input: JsonObject, name: string): number | undefined {
  return optionalInteger(input, name, 0, Number.MAX_SAFE_INTEGER);
}

export function optionalBoolean(input: JsonObject, name: string): boolean {
  const value = input[name];
  if (value === undefined || value === null) return false;
  if (typeof value !== "boolean") throw new AwsError("SerializationException", `The member ${name} is not a boolean.`);
  return value;
}

export function optionalTexts(input: JsonObject, name: string): string[] {
  const value = input[name];
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new AwsError("SerializationException", `The member ${name} is not a list.`);
  return value.map((entry) => {
    if (typeof entry !== "string") throw new AwsError("SerializationException", `The member ${name} is not a list of strings.`);
    return entry;
  });
}

export function readName(input: JsonObject, name: "logGroupName" | "logStreamName"): string {
  const value = requiredText(input, name);
  if (value === "") throw unmet(name, value, "Member must have length greater than or equal to 1");
  if (value.length > 512) throw invalidParameter("Invalid LogGroup or LogStream, both must have length less than or equal to 512.");
  const pattern = name === "logGroupName" ? /^[.\-_/#A-Za-z0-9]+$/ : /^[^:*]+$/;
  const constraint = `Member must satisfy regular expression pattern: ${name === "logGroupName" ? "[\\.\\-_/#A-Za-z0-9]+" : "[^:*]*"}`;
  if (!pattern.test(value)) throw unmet(name, value, constraint);
  return value;
}

/** A group named by its name or, as newer callers do, by its name or ARN under another member. */
export function readGroupName(input: JsonObject): string {
  const identifier = optionalText(input, "logGroupIdentifier");
  if (identifier === undefined) return readName(input, "logGroupName");
  if (input.logGroupName !== undefined) {
    throw new AwsError("ValidationException", "LogGroup name and LogGroup ARN are mutually exclusive parameters.");
  }
  return groupOfArn(identifier);
}

export function groupOfArn(arn: string): string {
  return /^arn:[^:]+:logs:[^:]*:\d*:log-group:(?<name>[^:]+)(?::\*)?$/.exec(arn)?.groups?.name ?? arn;
}

export function readTags(input: JsonObject): Map<string, string> {
  const tags = input.tags ?? {};
  if (!isObject(tags)) throw new AwsError("SerializationException", "The member tags is not a map.");
  return new Map(
    Object.entries(tags).map(([key, value]) => {
      if (typeof value !== "string" || key === "" || key.length > 128 || value.length > 256) {
        throw invalidParameter("Tag keys must have 1 to 128 characters and tag values at most 256.");
      }
      return [key, value];
    }),
  );
}

/** A page's token: what it starts after, unreadable to callers as AWS's tokens are. */
export function writeToken(after: string): string {
  return Buffer.from(after).toString("base64url");
}

export function readToken(input: JsonObject): string | undefined {
  const token = optionalText(input, "nextToken");
  if (token === undefined) return undefined;
  const after = Buffer.from(token, "base64url").toString("utf8");
  if (after === "" || writeToken(after) !== token) throw invalidParameter("The specified nextToken is invalid.");
  return after;
}
