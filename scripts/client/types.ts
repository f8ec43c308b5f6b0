/** JSON Schemas as TypeScript types: as many as the API's description uses, and an error for any other. */
import { z } from "zod";

export type Schema = { readonly [keyword: string]: unknown };

const schemaForm = z.record(z.string(), z.unknown());
const objectForm = z.object({ properties: z.record(z.string(), schemaForm).default({}), required: z.array(z.string()).default([]) });
const SIMPLE: Readonly<Record<string, string>> = {
  string: "string",
  integer: "number",
  number: "number",
  boolean: "boolean",
  null: "null",
};

export function typeOf(schema: Schema): string {
  const { $ref, const: only, enum: choice, oneOf, anyOf, type } = schema;
  if (typeof $ref === "string") return $ref.slice($ref.lastIndexOf("/") + 1);
  if ("const" in schema) return JSON.stringify(only);
  if (Array.isArray(choice)) return choice.map((one) => JSON.stringify(one)).join(" | ");
  const ways = oneOf ?? anyOf;
  if (Array.isArray(ways)) return ways.map((one) => typeOf(schemaForm.parse(one))).join(" | ");
  if (Array.isArray(type)) return type.map((one) => typeOf({ ...schema, type: one })).join(" | ");
  if (type === "array") return `readonly ${inBrackets(typeOf(schemaForm.parse(schema.items)))}[]`;
  if (type === "object") return objectType(schema);
  if (Object.keys(schema).length === 0) return "unknown";
  const simple = typeof type === "string" ? SIMPLE[type] : undefined;
  if (simple === undefined) throw new Error(`There is no type for ${JSON.stringify(schema)}.`);
  return simple;
}

function objectType(schema: Schema): string {
  const { properties, required } = objectForm.parse(schema);
  const members = Object.entries(properties).map(([name, one]) => member(name, typeOf(one), required.includes(name)));
  return members.length === 0 ? "Readonly<Record<string, never>>" : `{ ${members.join("; ")} }`;
}

export function member(name: string, type: string, isRequired: boolean): string {
  return `readonly ${/^\w+$/.test(name) ? name : JSON.stringify(name)}${isRequired ? "" : "?"}: ${type}${isRequired ? "" : " | undefined"}`;
}

function inBrackets(type: string): string {
  return /[ ]/.test(type) && !type.startsWith("{") ? `(${type})` : type;
}
