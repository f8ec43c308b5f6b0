import { hash } from "node:crypto";
import { isObject, type Json, type JsonObject } from "../json.ts";
import { invalidParameter, wrongType } from "./errors.ts";
import { optionalObject } from "./input.ts";
import { hasOnlyValidCharacters } from "./text.ts";

/** Message attributes as callers send them: what is valid, how large they are, their MD5, and which of them a receive asks for. */

export interface MessageAttribute {
  readonly name: string;
  readonly dataType: string;
  /** The value as the JSON protocol has it: bytes are base64 text. */
  readonly value: string;
  readonly isBinary: boolean;
}

const ATTRIBUTES_MAX = 10;
const LENGTH_MAX = 256;
const NAME = /^[\p{L}\p{N}_.-]+$/u;
const TYPE = /^(String|Number|Binary)(\..+)?$/s;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

const NAME_RULE =
  "Message (user) attribute name can contain alphanumeric characters, hyphens, underscores and periods, must not start or end with a period, have successive periods, or start with AWS. or Amazon.";

export function parseMessageAttributes(input: JsonObject): MessageAttribute[] {
  const given = Object.entries(optionalObject(input, "MessageAttributes") ?? {});
  if (given.length > ATTRIBUTES_MAX) {
    throw invalidParameter(`Number of message attributes [${given.length}] exceeds the allowed maximum [${ATTRIBUTES_MAX}].`);
  }
  return given.map(([name, value]) => {
    checkName(name);
    return parseAttribute(name, value, "(user)");
  });
}

/** The only system attribute a sender may give is the trace header. */
export function parseTraceHeader(input: JsonObject): MessageAttribute | undefined {
  const given = Object.entries(optionalObject(input, "MessageSystemAttributes") ?? {});
  for (const [name] of given) {
    if (name !== "AWSTraceHeader") throw invalidParameter(`Message (system) attribute name '${name}' is invalid.`);
  }
  const [first] = given;
  if (first === undefined) return undefined;
  const attribute = parseAttribute(first[0], first[1], "(system)");
  if (attribute.dataType !== "String") {
    throw invalidParameter(
      "The type of message (system) attribute 'AWSTraceHeader' is invalid. You must use only the following type: String.",
    );
  }
  return attribute;
}

/** The size of attributes as AWS counts it, of any that are given: a batch is measured before its entries are checked. */
export function attributeBytes(input: JsonObject): number {
  let bytes = 0;
  for (const [name, given] of Object.entries(optionalObject(input, "MessageAttributes") ?? {})) {
    bytes += Buffer.byteLength(name);
    if (!isObject(given)) continue;
    const { DataType: dataType, StringValue: text, BinaryValue: base64 } = given;
    for (const each of [dataType, text]) if (typeof each === "string") bytes += Buffer.byteLength(each);
    if (typeof base64 === "string") bytes += Buffer.byteLength(base64, "base64");
  }
  return bytes;
}

/** SQS's digest of attributes: sorted by name, each part behind its length, and a byte for the kind of value. */
export function attributesMd5(attributes: readonly MessageAttribute[]): string {
  const parts: Buffer[] = [];
  const sorted = [...attributes].sort((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)));
  for (const { name, dataType, value, isBinary } of sorted) {
    parts.push(...sized(Buffer.from(name)), ...sized(Buffer.from(dataType)));
    parts.push(Buffer.of(isBinary ? 2 : 1), ...sized(Buffer.from(value, isBinary ? "base64" : "utf8")));
  }
  return hash("md5", Buffer.concat(parts));
}

export function formatMessageAttributes(attributes: readonly MessageAttribute[]): JsonObject {
  return Object.fromEntries(
    attributes.map(({ name, dataType, value, isBinary }): [string, JsonObject] => [
      name,
      isBinary ? { BinaryValue: value, DataType: dataType } : { StringValue: value, DataType: dataType },
    ]),
  );
}

/** The attributes kept with a message, as `formatMessageAttributes` wrote them. */
export function keptMessageAttributes(text: string): MessageAttribute[] {
  const kept: unknown = JSON.parse(text);
  if (!isObject(kept)) throw new Error("The attributes kept with a message are no map.");
  return Object.entries(kept).map(([name, value]) => parseAttribute(name, value, "(user)"));
}

/** Which attributes the names of a receive ask for: by name, by prefix (`Name.*`), or all. */
export function attributeFilter(names: readonly string[]): (name: string) => boolean {
  if (names.includes("All") || names.includes(".*") || names.includes("*")) return () => true;
  const prefixes = names.filter((name) => name.endsWith(".*")).map((name) => name.slice(0, -2));
  const exact = new Set(names);
  return (name) => exact.has(name) || prefixes.some((prefix) => name.startsWith(prefix));
}

function sized(bytes: Buffer): [Buffer, Buffer] {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return [length, bytes];
}

function checkName(name: string): void {
  if (name.length > LENGTH_MAX) throw invalidParameter(`Length of message attribute '${name}' must be less than ${LENGTH_MAX} bytes.`);
  const isDotted = name.startsWith(".") || name.endsWith(".") || name.includes("..");
  if (!NAME.test(name) || isDotted || /^(aws|amazon)\./i.test(name)) {
    throw invalidParameter(`The message attribute name '${name}' is invalid. ${NAME_RULE}`);
  }
}

function parseAttribute(name: string, given: Json | undefined, kind: string): MessageAttribute {
  if (!isObject(given)) throw wrongType(name, "a Structure");
  const { DataType: dataType, StringValue: text, BinaryValue: bytes } = given;
  if (typeof dataType !== "string" || dataType === "") {
    throw invalidParameter(`Message ${kind} attribute '${name}' must contain a non-empty attribute type.`);
  }
  const base = TYPE.exec(dataType)?.[1];
  if (base === undefined || dataType.length > LENGTH_MAX) {
    throw invalidParameter(
      `The type of message ${kind} attribute '${name}' is invalid. You must use only the following supported type prefixes: Binary, Number, String.`,
    );
  }
  const isBinary = base === "Binary";
  const value = isBinary ? bytes : text;
  if (typeof value !== "string" || value === "") {
    throw invalidParameter(`Message ${kind} attribute '${name}' must contain a non-empty value of type '${base}'.`);
  }
  checkValue(name, base, value, kind);
  return { name, dataType, value, isBinary };
}

function checkValue(name: string, base: string, value: string, kind: string): void {
  if (base === "Binary" && !/^[A-Za-z0-9+/]*={0,2}$/.test(value)) throw wrongType(name, "a Blob");
  if (base === "Number" && !NUMBER.test(value)) {
    throw invalidParameter(`Can't cast the value of message ${kind} attribute '${name}' to a number.`);
  }
  if (base === "String" && !hasOnlyValidCharacters(value)) {
    throw invalidParameter(
      `Invalid characters found. Message ${kind} attribute '${name}' can only contain the following unicode characters: #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF`,
    );
  }
}
