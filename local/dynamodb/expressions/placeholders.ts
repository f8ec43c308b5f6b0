import { AwsError } from "../../errors.ts";
import { isObject, type Json, type JsonObject } from "../../json.ts";
import { invalid, malformed } from "../errors.ts";
import { type AttributeValue, parseText, parseValue } from "../value.ts";
import { ExpressionError } from "./parser.ts";
import type { PathSyntax } from "./syntax.ts";

/** A document path with its names known: attribute names and list indexes. */
export type Path = readonly (string | number)[];

const NAME = /^#[a-zA-Z0-9_]+$/;
const VALUE = /^:[a-zA-Z0-9_]+$/;

/** What a placeholder stands for, and whether an expression has used it. */
interface Given<T> {
  readonly is: T;
  isUsed: boolean;
}

/** A call's ExpressionAttributeNames and ExpressionAttributeValues, and which of them its expressions used. */
export class Placeholders {
  readonly #names: ReadonlyMap<string, Given<string>>;
  readonly #values: ReadonlyMap<string, Given<AttributeValue>>;

  constructor(input: JsonObject) {
    this.#names = parseNames(input.ExpressionAttributeNames);
    this.#values = parseValues(input.ExpressionAttributeValues);
  }

  path(path: PathSyntax): Path {
    return path.parts.map((part) => (typeof part === "string" && part.startsWith("#") ? this.#name(part) : part));
  }

  #name(placeholder: string): string {
    const given = this.#names.get(placeholder);
    if (given === undefined) {
      throw new ExpressionError(`An expression attribute name used in the document path is not defined; attribute name: ${placeholder}`);
    }
    given.isUsed = true;
    return given.is;
  }

  value(placeholder: string): AttributeValue {
    const given = this.#values.get(placeholder);
    if (given === undefined) {
      throw new ExpressionError(`An expression attribute value used in expression is not defined; attribute value: ${placeholder}`);
    }
    given.isUsed = true;
    return given.is;
  }

  /** Called when every expression of the call is bound. */
  checkAllUsed(): void {
    checkUsed("ExpressionAttributeNames", this.#names);
    checkUsed("ExpressionAttributeValues", this.#values);
  }
}

function checkUsed(parameter: string, placeholders: ReadonlyMap<string, Given<unknown>>): void {
  const unused: string[] = [];
  for (const [placeholder, { isUsed }] of placeholders) if (!isUsed) unused.push(placeholder);
  if (unused.length > 0) throw invalid(`Value provided in ${parameter} unused in expressions: keys: {${unused.join(", ")}}`);
}

function parseNames(json: Json | undefined): Map<string, Given<string>> {
  const names = new Map<string, Given<string>>();
  for (const [key, name] of entries(json, "ExpressionAttributeNames")) {
    if (!NAME.test(key)) throw invalid(`ExpressionAttributeNames contains invalid key: Syntax error; key: "${key}"`);
    names.set(key, { is: parseText(name), isUsed: false });
  }
  return names;
}

function parseValues(json: Json | undefined): Map<string, Given<AttributeValue>> {
  const values = new Map<string, Given<AttributeValue>>();
  for (const [key, value] of entries(json, "ExpressionAttributeValues")) {
    if (!VALUE.test(key)) throw invalid(`ExpressionAttributeValues contains invalid key: Syntax error; key: "${key}"`);
    values.set(key, { is: parseNamed(key, value), isUsed: false });
  }
  return values;
}

function parseNamed(key: string, value: Json): AttributeValue {
  try {
    return parseValue(value);
  } catch (error) {
    if (!(error instanceof AwsError) || error.code !== "ValidationException") throw error;
    throw invalid(`ExpressionAttributeValues contains invalid value: ${error.message} for key ${key}`);
  }
}

function entries(json: Json | undefined, parameter: string): [string, Json][] {
  if (json === undefined || json === null) return [];
  if (!isObject(json)) throw malformed("Unexpected field type");
  const found = Object.entries(json);
  if (found.length === 0) throw invalid(`${parameter} must not be empty`);
  return found;
}
