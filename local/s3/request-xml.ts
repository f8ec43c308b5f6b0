import type { Json } from "../json.ts";
import { malformedXml } from "./errors.ts";

/** An element of a request's document. Attributes are not kept: no operation covered here has one that matters. */
export interface XmlElement {
  readonly name: string;
  readonly text: string;
  readonly children: readonly XmlElement[];
}

interface OpenElement {
  name: string;
  text: string;
  children: XmlElement[];
}

const DEPTH_MAX = 20;
const TOKEN =
  /<\?[\s\S]*?\?>|<!--[\s\S]*?-->|<!\[CDATA\[(?<data>[\s\S]*?)\]\]>|<\/(?<end>[\w.:-]+)\s*>|<(?<start>[\w.:-]+)(?:\s+[\w.:-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*\s*(?<empty>\/?)>|(?<text>[^<]+)/y;
const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

/** Reads a small XML document strictly: one root, everything closed, and no document types (so no entities of its own). */
export function readXml(source: string): XmlElement {
  const top: OpenElement = { name: "", text: "", children: [] };
  const open = [top];
  TOKEN.lastIndex = 0;
  const text = source.replace(/^\uFEFF/, "");
  while (TOKEN.lastIndex < text.length) {
    const groups = TOKEN.exec(text)?.groups;
    if (groups === undefined) throw malformedXml();
    takeToken(open, groups);
  }
  const [root] = top.children;
  if (open.length !== 1 || root === undefined || top.children.length !== 1 || top.text.trim() !== "") throw malformedXml();
  return root;
}

function takeToken(open: OpenElement[], token: Record<string, string | undefined>): void {
  const current = open.at(-1);
  if (current === undefined) throw malformedXml();
  if (token.text !== undefined) current.text += decodeEntities(token.text);
  else if (token.data !== undefined) current.text += token.data;
  else if (token.start !== undefined) {
    const element = { name: localName(token.start), text: "", children: [] };
    current.children.push(element);
    if (token.empty === "") open.push(element);
    if (open.length > DEPTH_MAX) throw malformedXml();
  } else if (token.end !== undefined) {
    open.pop();
    if (open.length === 0 || localName(token.end) !== current.name) throw malformedXml();
  }
}

function localName(name: string): string {
  return name.slice(name.lastIndexOf(":") + 1);
}

function decodeEntities(text: string): string {
  if (!text.includes("&")) return text;
  return text.replace(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(\w+));|&/gi, (_, hex?: string, decimal?: string, name?: string) => {
    if (name !== undefined) return ENTITIES[name] ?? fail();
    const code = hex === undefined ? Number.parseInt(decimal ?? "", 10) : Number.parseInt(hex, 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : fail();
  });
}

function fail(): never {
  throw malformedXml();
}

export function childrenOf(element: XmlElement, name: string): XmlElement[] {
  return element.children.filter((child) => child.name === name);
}

export function childOf(element: XmlElement, name: string): XmlElement | undefined {
  return element.children.find((child) => child.name === name);
}

export function textOf(element: XmlElement, name: string): string | undefined {
  return childOf(element, name)?.text;
}

/** The element's content as the tree from which the same XML is written again. */
export function treeOf(element: XmlElement): Json {
  if (element.children.length === 0) return element.text.trim();
  const members = new Map<string, Json[]>();
  for (const child of element.children) {
    const known = members.get(child.name);
    if (known === undefined) members.set(child.name, [treeOf(child)]);
    else known.push(treeOf(child));
  }
  return Object.fromEntries(
    [...members].map(([name, values]) => [name, values.length === 1 && values[0] !== undefined ? values[0] : values]),
  );
}
