import type { Json } from "../json.ts";

const ESCAPES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** Control characters that a parser would lose or refuse are written as references, as AWS writes them. */
export function escapeXml(text: string): string {
  return text.replace(/[&<>"]|(?![\t\n])\p{Cc}/gu, (character) => ESCAPES[character] ?? `&#${character.codePointAt(0)};`);
}

/**
 * Writes a JSON tree as XML: an object's members become elements, a list becomes one element per entry under the same
 * name, and null or undefined is left out. Lists with `member` elements are written as `{ member: […] }`.
 */
export function toXml(name: string, value: Json | undefined): string {
  if (value === undefined || value === null) return "";
  if (Array.isArray(value)) return value.map((entry) => toXml(name, entry)).join("");
  if (typeof value !== "object") return `<${name}>${escapeXml(String(value))}</${name}>`;
  return `<${name}>${xmlMembers(value)}</${name}>`;
}

/** The elements of an object's members, without an element around them. */
export function xmlMembers(value: { [key: string]: Json }): string {
  return Object.entries(value)
    .map(([member, inner]) => toXml(member, inner))
    .join("");
}
