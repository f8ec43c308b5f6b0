import type { Json, JsonObject } from "../../json.ts";
import { isObject } from "../../json.ts";
import type { Report } from "./diagnostics.ts";
import type { QueryLanguage } from "./program.ts";

/** What holds for everything inside one state: where findings go, and the state's language. */
export interface Context {
  report: Report;
  language: QueryLanguage;
}

export interface Range {
  min: number;
  max: number;
}

/**
 * Reads one object of a definition field by field. What a field should be and is not goes to the report with the field's
 * place; the reader then answers undefined and parsing goes on, so that one call finds all mistakes.
 */
export class Fields {
  readonly report: Report;
  readonly at: string;
  readonly value: JsonObject;

  constructor(report: Report, value: JsonObject, at: string) {
    this.report = report;
    this.value = value;
    this.at = at;
  }

  /** Reads `value` as an object; undefined, with a finding, where it is none. */
  static of(report: Report, value: Json | undefined, at: string): Fields | undefined {
    if (isObject(value)) return new Fields(report, value, at);
    report.schema("Expected value of type Object", at);
    return undefined;
  }

  has(name: string): boolean {
    return Object.hasOwn(this.value, name);
  }

  get(name: string): Json | undefined {
    return this.has(name) ? this.value[name] : undefined;
  }

  place(name: string): string {
    return `${this.at === "/" ? "" : this.at}/${name}`;
  }

  /** Says which of the fields that must be there are not. */
  required(...names: string[]): boolean {
    const missing = names.filter((name) => !this.has(name));
    if (missing.length > 0) this.report.schema(`These fields are required: [${missing.join(", ")}]`, this.at);
    return missing.length === 0;
  }

  /** Says that a field is given which does not exist here. */
  only(names: ReadonlySet<string>): void {
    for (const name of Object.keys(this.value)) {
      if (!names.has(name)) this.report.schema(`Field '${name}' is not supported`, this.at);
    }
  }

  /** The one of `names` that is given; undefined, with a finding, where it is several. */
  atMostOne(names: readonly string[]): string | undefined {
    const given = names.filter((name) => this.has(name));
    if (given.length <= 1) return given[0];
    this.report.schema(`There should only be one of the following fields: [${names.join(", ")}]`, this.at);
    return undefined;
  }

  exactlyOne(names: readonly string[]): string | undefined {
    if (names.some((name) => this.has(name))) return this.atMostOne(names);
    this.report.schema(`This object should have only one of the following fields: [${names.join(", ")}]`, this.at);
    return undefined;
  }

  string(name: string): string | undefined {
    const value = this.get(name);
    if (value === undefined || typeof value === "string") return value;
    this.report.schema("Expected value of type [STRING]", this.place(name));
    return undefined;
  }

  boolean(name: string): boolean | undefined {
    const value = this.get(name);
    if (value === undefined || typeof value === "boolean") return value;
    this.report.schema("Expected value of type Boolean", this.place(name));
    return undefined;
  }

  object(name: string): JsonObject | undefined {
    const value = this.get(name);
    if (value === undefined || isObject(value)) return value;
    this.report.schema("Expected value of type Object", this.place(name));
    return undefined;
  }

  /** A list, each entry with its place. */
  list(name: string): { value: Json; at: string }[] | undefined {
    const value = this.get(name);
    if (value === undefined) return undefined;
    if (Array.isArray(value)) return value.map((entry, index) => ({ value: entry, at: `${this.place(name)}[${index}]` }));
    this.report.schema("Expected value of type Array", this.place(name));
    return undefined;
  }

  filledList(name: string): { value: Json; at: string }[] {
    const list = this.list(name);
    if (list?.length === 0) this.report.schema("Value cannot be empty", this.place(name));
    return list ?? [];
  }

  integer(name: string, range: Range): number | undefined {
    const value = this.get(name);
    if (value === undefined) return undefined;
    if (typeof value === "number" && Number.isInteger(value)) return this.#within(name, value, range, String);
    this.report.schema("Expected value of type Integer", this.place(name));
    return undefined;
  }

  number(name: string, range: Range): number | undefined {
    const value = this.get(name);
    if (value === undefined) return undefined;
    if (typeof value === "number") return this.#within(name, value, range, decimal);
    this.report.schema("Expected value of type Double", this.place(name));
    return undefined;
  }

  choice<T extends string>(name: string, values: readonly T[]): T | undefined {
    const value = this.string(name);
    if (value === undefined) return undefined;
    const found = values.find((known) => known === value);
    if (found === undefined) this.report.schema(`Value should be one of the following: [${values.join(", ")}]`, this.place(name));
    return found;
  }

  #within(name: string, value: number, { min, max }: Range, print: (limit: number) => string): number | undefined {
    if (value < min) this.report.schema(`Minimum value is ${print(min)}`, this.place(name));
    else if (value > max) this.report.schema(`Maximum value is ${print(max)}`, this.place(name));
    else return value;
    return undefined;
  }
}

/** A limit as AWS prints one of a decimal number: 1 is "1.0". */
function decimal(limit: number): string {
  return Number.isInteger(limit) ? limit.toFixed(1) : String(limit);
}
