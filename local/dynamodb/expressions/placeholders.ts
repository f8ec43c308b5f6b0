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

/** A call's ExpressionAttributeNames and ExpressionAttributeValues, and which of them its expressions used. */
export class Placeholders {
  readonly #names: ReadonlyMap<string, string>;
  readonly #values: ReadonlyMap<string, AttributeValue>;
  readonly #unusedNames: Set<string>;
  readonly #unusedValues: Set<string>;

  constructor(input: JsonObject) {
    this.#names = parseNames(input.ExpressionAttributeNames);
    this.#values = parseValues(input.ExpressionAttributeValues);
    this.#unusedNames = new Set(this.#names.keys());
    this.#unusedValues = new Set(this.#values.keys());
  }

  path(path: PathSyntax): Path {
    return path.parts.map((part) => (typeof part === "string" && part.startsWith("#") ? this.#name(part) : part));
  }

  #name(placeholder: string): string {
    const name = this.#names.get(placeholder);
    if (name === undefined) {
      throw new ExpressionError(`An expression attribute name used in the document path is not defined; attribute name: ${placeholder}`);
    }
    this.#unusedNames.delete(placeholder);
    return name;
  }

  value(placeholder: string): AttributeValue {
    const value = this.#values.get(placeholder);
    if (value === undefined) {
      throw new ExpressionError(`An expression attribute value used in expression is not defined; attribute value: ${placeholder}`);
    }
    this.#unusedValues.delete(placeholder);
    return value;
  }

  /** Called when every expression of the call is bound. */
  checkAllUsed(): void {
    if (this.#unusedNames.size > 0) throw invalid(unused("ExpressionAttributeNames", this.#unusedNames));
    if (this.#unusedValues.size > 0) throw invalid(unused("ExpressionAttributeValues", this.#unusedValues));
  }
}

function unused(parameter: string, placeholders: ReadonlySet<string>): string {
  return `Value provided in ${parameter} unused in expressions: keys: {${[...placeholders].join(", ")}}`;
}

function parseNames(json: Json | undefined): Map<string, string> {
  const names = new Map<string, string>();
  for (const [key, name] of entries(json, "ExpressionAttributeNames")) {
    if (!NAME.test(key)) throw invalid(`ExpressionAttributeNames contains invalid key: Syntax error; key: "${key}"`);
    names.set(key, parseText(name));
  }
  return names;
}

function parseValues(json: Json | undefined): Map<string, AttributeValue> {
  const values = new Map<string, AttributeValue>();
  for (const [key, value] of entries(json, "ExpressionAttributeValues")) {
    if (!VALUE.test(key)) throw invalid(`ExpressionAttributeValues contains invalid key: Syntax error; key: "${key}"`);
    values.set(key, parseNamed(key, value));
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
