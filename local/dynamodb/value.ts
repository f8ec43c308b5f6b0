import { isObject, type Json, type JsonObject } from "../json.ts";
import { invalid, invalidParameter, malformed } from "./errors.ts";
import { canonicalNumber } from "./number.ts";

/** A typed value as it crosses the wire and as it is stored; its numbers are in their one spelling. */
export type AttributeValue =
  | { S: string }
  | { N: string }
  | { B: string }
  | { BOOL: boolean }
  | { NULL: true }
  | { SS: string[] }
  | { NS: string[] }
  | { BS: string[] }
  | { L: AttributeValue[] }
  | { M: Item };
export type Item = { [name: string]: AttributeValue };
export type TypeName = "S" | "N" | "B" | "BOOL" | "NULL" | "SS" | "NS" | "BS" | "L" | "M";

const DEPTH_MAX = 32;

export function typeOf(value: AttributeValue): TypeName {
  for (const name in value) return name as TypeName;
  throw new Error("an attribute value without a type");
}

export function parseItem(json: JsonObject): Item {
  const item: Item = {};
  for (const name in json) setOwn(item, name, parseValue(json[name] ?? null));
  return item;
}

/** Also for a name like `__proto__`, which a plain assignment would lose. */
export function setOwn(target: Item, name: string, value: AttributeValue): void {
  if (name === "__proto__") Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true });
  else target[name] = value;
}

export function attribute(item: Item, name: string): AttributeValue | undefined {
  return Object.hasOwn(item, name) ? item[name] : undefined;
}

/** `depth` is how many lists and maps stand around the value. */
export function parseValue(json: Json, depth = 0): AttributeValue {
  if (!isObject(json)) throw malformed(notAStructure(json));
  if (depth > DEPTH_MAX) {
    throw invalid("Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit");
  }
  let value: AttributeValue | undefined;
  for (const type in json) {
    const content = json[type];
    const parse = PARSERS.get(type);
    if (parse === undefined || content === null || content === undefined) continue;
    const parsed = parse(content, depth);
    if (value !== undefined) {
      throw invalid("Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes");
    }
    value = parsed;
  }
  if (value === undefined) throw invalid("Supplied AttributeValue is empty, must contain exactly one of the supported datatypes");
  return value;
}

function notAStructure(json: Json): string {
  if (Array.isArray(json)) return "Unrecognized collection type class com.amazonaws.dynamodb.v20120810.AttributeValue";
  return "Unexpected value type in payload";
}

type Parser = (content: Json, depth: number) => AttributeValue;

const PARSERS: ReadonlyMap<string, Parser> = new Map<string, Parser>([
  ["S", (content) => ({ S: parseText(content) })],
  ["N", (content) => ({ N: canonicalNumber(parseText(content)) })],
  ["B", (content) => ({ B: parseBinary(content) })],
  ["BOOL", (content) => ({ BOOL: parseBoolean(content) })],
  ["NULL", parseNull],
  ["SS", (content) => ({ SS: parseStringSet(parseList(content)) })],
  ["NS", (content) => ({ NS: parseNumberSet(parseList(content)) })],
  ["BS", (content) => ({ BS: parseBinarySet(parseList(content)) })],
  ["L", (content, depth) => ({ L: parseList(content).map((member) => parseValue(member, depth + 1)) })],
  ["M", parseMap],
]);

export function parseText(content: Json): string {
  if (typeof content === "string") return content;
  throw malformed(typeMismatch(content, "String"));
}

export function typeMismatch(content: Json, wanted: string): string {
  if (Array.isArray(content)) return `Unrecognized collection type class java.lang.${wanted}`;
  if (typeof content === "boolean") return `${content ? "TRUE" : "FALSE"}_VALUE cannot be converted to ${wanted}`;
  if (typeof content === "number") return `${Number.isInteger(content) ? "NUMBER" : "DECIMAL"}_VALUE cannot be converted to ${wanted}`;
  if (typeof content === "string") return `STRING_VALUE cannot be converted to ${wanted}`;
  return "Start of structure or map found where not expected";
}

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

function parseBinary(content: Json): string {
  if (typeof content === "number" || typeof content === "boolean") {
    throw malformed("only base-64-encoded strings are convertible to bytes");
  }
  if (Array.isArray(content)) throw malformed("Unrecognized collection type class java.nio.ByteBuffer");
  if (typeof content !== "string") throw malformed("Start of structure or map found where not expected");
  if (content.length % 4 !== 0) {
    throw malformed(`Base64 encoded length is expected a multiple of 4 bytes but found: ${content.length}`);
  }
  if (!BASE64.test(content)) throw malformed("Invalid Base64 character found");
  // The last character may carry bits that belong to no byte; two spellings of the same bytes must not be two values.
  if (content.endsWith("=") && Buffer.from(content, "base64").toString("base64") !== content) {
    throw malformed("Invalid last non-pad Base64 character dectected");
  }
  return content;
}

export function parseBoolean(content: Json): boolean {
  if (typeof content === "boolean") return content;
  if (typeof content === "string" && /^(?:true|false)$/i.test(content)) return content.toLowerCase() === "true";
  if (typeof content === "string") throw malformed("Unexpected token received from parser");
  throw malformed(typeMismatch(content, "Boolean"));
}

function parseNull(content: Json): AttributeValue {
  if (parseBoolean(content)) return { NULL: true };
  throw invalidParameter("Null attribute value types must have the value of true");
}

function parseList(content: Json): Json[] {
  if (Array.isArray(content)) return content;
  throw malformed(isObject(content) ? "Start of structure or map found where not expected" : "Unexpected field type");
}

function parseMap(content: Json, depth: number): AttributeValue {
  if (Array.isArray(content)) {
    throw malformed("Unrecognized collection type java.util.Map<java.lang.String, com.amazonaws.dynamodb.v20120810.AttributeValue>");
  }
  if (!isObject(content)) throw malformed("Unexpected field type");
  const map: Item = {};
  for (const name in content) setOwn(map, name, parseValue(content[name] ?? null, depth + 1));
  return { M: map };
}

function parseStringSet(members: Json[]): string[] {
  const set = members.map(parseText);
  if (set.length === 0) throw invalidParameter("An string set  may not be empty");
  if (new Set(set).size < set.length) throw invalidParameter(`Input collection [${set.join(", ")}] contains duplicates.`);
  return set;
}

function parseNumberSet(members: Json[]): string[] {
  if (members.length === 0) throw invalidParameter("An number set  may not be empty");
  const set = members.map((member) => canonicalNumber(parseText(member)));
  if (new Set(set).size < set.length) throw invalid("Input collection contains duplicates");
  return set;
}

function parseBinarySet(members: Json[]): string[] {
  const set = members.map(parseBinary);
  if (set.length === 0) throw invalidParameter("Binary sets should not be empty");
  if (new Set(set).size < set.length) throw invalidParameter(`Input collection [${set.join(", ")}]of type BS contains duplicates.`);
  return set;
}
