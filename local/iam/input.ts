import { AwsError } from "../errors.ts";
import { isObject, type Json, type JsonObject } from "../json.ts";
import { invalidInput, validationError } from "./errors.ts";

/** Reads an operation's input, whose values are texts, with AWS's words for what is wrong with it. */

const NAME = /^[\w+=,.@-]+$/;
const PATH = /^(?:\/|\/[\x21-\x7e]+\/)$/;
const TAGS_MAX = 50;

export interface Tag {
  readonly Key: string;
  readonly Value: string;
}

export function optionalText(input: JsonObject, name: string): string | undefined {
  const value = input[name];
  if (value === undefined) return undefined;
  if (typeof value !== "string") throw validationError(camel(name), undefined, "Member must be a string");
  return value;
}

export function requiredText(input: JsonObject, name: string): string {
  const value = optionalText(input, name);
  if (value === undefined) throw validationError(camel(name), undefined, "Member must not be null");
  return value;
}

export function requiredName(input: JsonObject, name: string, lengthMax: number): string {
  const value = requiredText(input, name);
  if (value === "") throw validationError(camel(name), value, "Member must have length greater than or equal to 1");
  if (value.length > lengthMax) throw validationError(camel(name), value, `Member must have length less than or equal to ${lengthMax}`);
  if (!NAME.test(value))
    throw new AwsError(
      "ValidationError",
      `The specified value for ${camel(name)} is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-`,
    );
  return value;
}

export function roleName(input: JsonObject): string {
  return requiredName(input, "RoleName", 64);
}

export function readPath(input: JsonObject): string {
  const path = optionalText(input, "Path") ?? "/";
  if (path.length > 512 || !PATH.test(path)) {
    throw new AwsError(
      "ValidationError",
      "The specified value for path is invalid. It must begin and end with / and contain only alphanumeric characters and/or / characters.",
    );
  }
  return path;
}

export function optionalInteger(input: JsonObject, name: string, min: number, max: number): number | undefined {
  const text = optionalText(input, name);
  if (text === undefined) return undefined;
  const value = /^-?\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isNaN(value)) throw new AwsError("MalformedInput", `The value of ${name} is not an integer.`);
  if (value < min) throw validationError(camel(name), text, `Member must have value greater than or equal to ${min}`);
  if (value > max) throw validationError(camel(name), text, `Member must have value less than or equal to ${max}`);
  return value;
}

export function readTags(input: JsonObject): Tag[] {
  const tags = readList(input.Tags).map((entry) => {
    if (!isObject(entry)) throw validationError("tags", undefined, "Member must be a list of keys and values");
    return { Key: requiredText(entry, "Key"), Value: requiredText(entry, "Value") };
  });
  for (const { Key, Value } of tags) {
    if (Key === "" || Key.length > 128) throw validationError("tags.1.member.key", Key, "Member must have length between 1 and 128");
    if (Value.length > 256) throw validationError("tags.1.member.value", Value, "Member must have length less than or equal to 256");
    if (/^aws:/i.test(Key)) throw invalidInput("User-defined tag keys can't start with aws:. This prefix is reserved for system tags.");
  }
  if (new Set(tags.map(({ Key }) => Key.toLowerCase())).size < tags.length) {
    throw invalidInput("Duplicate tag keys found. Please note that Tag keys are case insensitive.");
  }
  return tags;
}

export function readTagKeys(input: JsonObject): string[] {
  return readList(input.TagKeys).map((key) => {
    if (typeof key !== "string") throw validationError("tagKeys", undefined, "Member must be a list of strings");
    return key;
  });
}

function readList(value: Json | undefined): Json[] {
  return Array.isArray(value) ? value : [];
}

/** The stored tags after new ones were put over them; keys match whatever the case of their letters. */
export function mergeTags(stored: string, added: readonly Tag[]): string {
  const byKey = new Map(parseTags(stored).map((tag) => [tag.Key.toLowerCase(), tag]));
  for (const tag of added) byKey.set(tag.Key.toLowerCase(), tag);
  if (byKey.size > TAGS_MAX) throw new AwsError("LimitExceeded", `Cannot exceed quota for TagsPerResource: ${TAGS_MAX}`, { status: 409 });
  return JSON.stringify([...byKey.values()]);
}

export function withoutTags(stored: string, keys: readonly string[]): string {
  const gone = new Set(keys.map((key) => key.toLowerCase()));
  return JSON.stringify(parseTags(stored).filter(({ Key }) => !gone.has(Key.toLowerCase())));
}

export function parseTags(stored: string): Tag[] {
  const value: unknown = JSON.parse(stored);
  if (!Array.isArray(value)) throw new Error("stored tags are not a list");
  return value.filter(isObject).map(({ Key, Value }) => ({ Key: String(Key), Value: String(Value) }));
}

/** The tags as an answer's member; nothing where there are none, as AWS leaves the member out. */
export function tagsMember(stored: string): JsonObject {
  const tags = parseTags(stored).map(({ Key, Value }): JsonObject => ({ Key, Value }));
  return tags.length === 0 ? {} : { Tags: tags };
}

function camel(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}
