import { AwsError } from "../../errors.ts";
import { isObject, type Json, type JsonObject } from "../../json.ts";

/** What AWS's model of the API says of a member of an operation's input. */
export interface TextRule {
  min?: number;
  max?: number;
  /** A regular expression as AWS writes it, since errors quote it. */
  pattern?: string;
  values?: readonly string[];
}

/**
 * Reads an operation's input by the rules of AWS's model. All broken rules are told in one ValidationException, as AWS does, so they
 * are collected first and `check` throws them; until then a member with a broken rule reads as not given.
 */
export class Input {
  readonly #input: JsonObject;
  readonly #path: string;
  readonly #broken: string[];

  constructor(input: JsonObject, path = "", broken: string[] = []) {
    this.#input = input;
    this.#path = path;
    this.#broken = broken;
  }

  check(): void {
    const count = this.#broken.length;
    if (count === 0) return;
    throw validationError(`${count} validation error${count === 1 ? "" : "s"} detected: ${this.#broken.join("; ")}`);
  }

  text(name: string, rule: TextRule = {}): string | undefined {
    const value = this.#given(name);
    if (value === undefined) return undefined;
    if (typeof value !== "string") throw wrongType(this.#path + name, "a string");
    const wish = brokenTextRule(value, rule);
    if (wish === undefined) return value;
    this.broken(name, `'${shortened(value)}'`, wish);
    return undefined;
  }

  requiredText(name: string, rule: TextRule = {}): string {
    this.#require(name);
    return this.text(name, rule) ?? "";
  }

  integer(name: string, min: number, max: number): number | undefined {
    const value = this.#given(name);
    if (value === undefined) return undefined;
    if (typeof value !== "number" || !Number.isInteger(value)) throw wrongType(this.#path + name, "an integer");
    if (value >= min && value <= max) return value;
    this.broken(name, `'${value}'`, value < min ? `have value greater than or equal to ${min}` : `have value less than or equal to ${max}`);
    return undefined;
  }

  requiredInteger(name: string, min: number, max: number): number {
    this.#require(name);
    return this.integer(name, min, max) ?? 0;
  }

  flag(name: string): boolean | undefined {
    const value = this.#given(name);
    if (value === undefined || typeof value === "boolean") return value;
    throw wrongType(this.#path + name, "a boolean");
  }

  object(name: string): Input | undefined {
    const value = this.#given(name);
    if (value === undefined) return undefined;
    if (!isObject(value)) throw wrongType(this.#path + name, "a structure");
    return new Input(value, `${this.#path}${name}.`, this.#broken);
  }

  /** A list of structures; AWS counts its members from 1 when it names them. */
  objects(name: string): Input[] | undefined {
    return this.#list(name)?.map((entry, index) => {
      const path = `${this.#path}${name}.${index + 1}.member`;
      if (!isObject(entry)) throw wrongType(path, "a structure");
      return new Input(entry, `${path}.`, this.#broken);
    });
  }

  texts(name: string): string[] | undefined {
    return this.#list(name)?.map((entry) => {
      if (typeof entry !== "string") throw wrongType(this.#path + name, "a list of strings");
      return entry;
    });
  }

  /** Says that a list which must be there is not. */
  required<T>(name: string, value: T[] | undefined): T[] {
    this.#require(name);
    return value ?? [];
  }

  /** Records a broken rule: `Member must <wish>`. */
  broken(name: string, value: string, wish: string): void {
    this.#broken.push(`Value ${value} at '${this.#path}${name}' failed to satisfy constraint: Member must ${wish}`);
  }

  #require(name: string): void {
    if (this.#given(name) === undefined) this.broken(name, "null", "not be null");
  }

  #list(name: string): Json[] | undefined {
    const value = this.#given(name);
    if (value === undefined || Array.isArray(value)) return value;
    throw wrongType(this.#path + name, "a list");
  }

  /** Null counts as not given, as in AWS's JSON. */
  #given(name: string): Json | undefined {
    return Object.hasOwn(this.#input, name) ? (this.#input[name] ?? undefined) : undefined;
  }
}

/** The most characters of a value that an error repeats: a definition may have a million. */
const QUOTED_MAX = 4096;

function shortened(value: string): string {
  return value.length > QUOTED_MAX ? `${value.slice(0, QUOTED_MAX)}...` : value;
}

function brokenTextRule(value: string, { min = 0, max = Number.POSITIVE_INFINITY, pattern, values }: TextRule): string | undefined {
  if (value.length < min) return `have length greater than or equal to ${min}`;
  if (value.length > max) return `have length less than or equal to ${max}`;
  if (pattern !== undefined && !new RegExp(pattern).test(value)) return `satisfy regular expression pattern: ${pattern}`;
  return values === undefined || values.includes(value) ? undefined : `satisfy enum value set: [${values.join(", ")}]`;
}

export function validationError(message: string): AwsError {
  return new AwsError("ValidationException", message);
}

function wrongType(name: string, wanted: string): AwsError {
  return new AwsError("SerializationException", `The member '${name}' must be ${wanted}.`);
}
