/**
 * The state machines as they are made: the file beside this one, its placeholders replaced by what only a stack knows.
 *
 * A text that is nothing but a placeholder takes the value as it is, so that `"${heartbeatSeconds}"` becomes a number and
 * the file is valid JSON all the same.
 */
import { readFileSync } from "node:fs";

export type Values = Readonly<Record<string, string | number>>;

/** The definition of a kind's state machine, as the text Step Functions takes. */
export function definitionOf(kind: string, values: Values): string {
  const template: unknown = JSON.parse(readFileSync(new URL(`${kind}.asl.json`, import.meta.url), "utf8"));
  return JSON.stringify(template, (_, part: unknown) => (typeof part === "string" ? fill(part, values) : part), 2);
}

function fill(text: string, values: Values): string | number {
  const [, name] = /^\$\{(\w+)\}$/.exec(text) ?? [];
  if (name !== undefined) return lookUp(name, values);
  return text.replace(/\$\{(\w+)\}/g, (_, part: string) => String(lookUp(part, values)));
}

function lookUp(name: string, values: Values): string | number {
  const value = values[name];
  if (value === undefined) throw new Error(`The workflow's placeholder \${${name}} has no value.`);
  return value;
}
