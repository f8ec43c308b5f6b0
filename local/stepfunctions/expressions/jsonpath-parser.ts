import { compiledOnce } from "./compiled.ts";
import { parseFilter, parseFunctionArguments } from "./jsonpath-filter-parser.ts";
import { isPathFunction } from "./jsonpath-functions.ts";
import type { Path, PathRoot, Segment } from "./jsonpath-syntax.ts";
import { Reader } from "./reader.ts";

const VARIABLE_NAME = /[\p{ID_Start}_][\p{ID_Continue}]*/uy;
/** A name after a dot ends where the next step or an argument list begins; brackets are for everything else. */
const DOTTED_NAME = /[^.[\](),\s'"]+/y;
/** Inside a filter it ends before an operator as well, as in `@.a==1`. */
const DOTTED_NAME_IN_FILTER = /[^.[\](),\s'"=<>!&|]+/y;
const INDEX = /-?\d+/y;
const SLICE = /-?\d*\s*:[-\d:\s]*/y;

/** Parses a path that is the whole of `text`; throws SyntaxProblem. */
export const parsePath: (text: string) => Path = compiledOnce(2_000, (text) => {
  const reader = new Reader(text);
  const path = parsePathAt(reader);
  if (!reader.done) reader.fail("the path should end");
  return path;
});

/** Parses the path that begins where the reader stands and leaves the reader behind it. A function ends a path. */
export function parsePathAt(reader: Reader): Path {
  return parseSteps(reader, reader.at, parseRoot(reader), DOTTED_NAME);
}

/** Parses a path inside a filter: it begins with `@` for the item in question, or with `$`. */
export function parseFilterPath(reader: Reader): Path {
  const start = reader.at;
  const root: PathRoot = reader.takes("@") ? { from: "item" } : parseRoot(reader);
  if (root.from === "context" || root.from === "variable") reader.fail("a filter can read '@' and '$' only");
  return parseSteps(reader, start, root, DOTTED_NAME_IN_FILTER);
}

function parseSteps(reader: Reader, start: number, root: PathRoot, dottedName: RegExp): Path {
  const segments: Segment[] = [];
  while (!reader.done && segments.at(-1)?.kind !== "function") {
    const more = parseStep(reader, dottedName);
    if (more.length === 0) break;
    segments.push(...more);
  }
  return { text: reader.text.slice(start, reader.at), root, segments, definite: isDefinite(segments) };
}

function parseRoot(reader: Reader): PathRoot {
  reader.expect("$");
  if (reader.takes("$")) return { from: "context" };
  const name = reader.match(VARIABLE_NAME);
  return name === undefined ? { from: "input" } : { from: "variable", name };
}

/** One step, or two for `..`; none where the path ends. AWS takes `.[` for `[`. */
function parseStep(reader: Reader, dottedName: RegExp): Segment[] {
  const descent: Segment[] = reader.takes("..") ? [{ kind: "descent" }] : [];
  const dotted = descent.length > 0 || reader.takes(".");
  if (reader.sees("[")) return [...descent, parseBracket(reader)];
  return dotted ? [...descent, parseDotted(reader, dottedName)] : [];
}

function parseDotted(reader: Reader, dottedName: RegExp): Segment {
  if (reader.takes("*")) return { kind: "wildcard" };
  const name = reader.match(dottedName);
  if (name === undefined) return reader.fail("a name expected");
  if (!reader.sees("(")) return { kind: "names", names: [name] };
  if (!isPathFunction(name)) return reader.fail(`there is no function '${name}'`);
  return { kind: "function", name, arguments: parseFunctionArguments(reader) };
}

function parseBracket(reader: Reader): Segment {
  reader.expect("[");
  reader.skipSpace();
  const segment = parseBracketed(reader);
  reader.skipSpace();
  reader.expect("]");
  return segment;
}

function parseBracketed(reader: Reader): Segment {
  if (reader.takes("*")) return { kind: "wildcard" };
  if (reader.sees("?")) return { kind: "filter", test: parseFilter(reader) };
  if (reader.sees("'") || reader.sees('"')) return { kind: "names", names: parseList(reader, (r) => parseQuotedName(r)) };
  const slice = reader.match(SLICE);
  if (slice !== undefined) return parseSlice(reader, slice);
  return { kind: "indexes", indexes: parseList(reader, (r) => Number(r.match(INDEX) ?? r.fail("an index expected"))) };
}

const QUOTED_NAME = /'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"/sy;

/** A backslash lets the quote stand in its own name; before any other character it is part of the name: so AWS reads it. */
function parseQuotedName(reader: Reader): string {
  const quoted = reader.match(QUOTED_NAME);
  if (quoted === undefined) return reader.fail("a quoted name expected");
  const quote = quoted[0] ?? "";
  return quoted.slice(1, -1).replaceAll(`\\${quote}`, quote);
}

function parseList<T>(reader: Reader, parseItem: (reader: Reader) => T): T[] {
  const items: T[] = [];
  do {
    reader.skipSpace();
    items.push(parseItem(reader));
    reader.skipSpace();
  } while (reader.takes(","));
  return items;
}

/** As Jayway reads slices: at least one bound, and a third number (a step) is taken but has no effect. */
function parseSlice(reader: Reader, text: string): Segment {
  const bounds = text.split(":").map((bound) => bound.trim());
  if (bounds.length > 3 || bounds.some((bound) => !/^(-?\d+)?$/.test(bound))) return reader.fail("a slice as [from:to] expected");
  const from = bounds[0] ? Number(bounds[0]) : undefined;
  const to = bounds[1] ? Number(bounds[1]) : undefined;
  if (from === undefined && to === undefined) return reader.fail("a slice needs a bound");
  return { kind: "slice", from, to };
}

/** Several names at the end of a path make one object of these members, so they are one value still. */
function isDefinite(segments: readonly Segment[]): boolean {
  return segments.every((segment, index) => {
    if (segment.kind === "names") return segment.names.length === 1 || index === segments.length - 1;
    if (segment.kind === "indexes") return segment.indexes.length === 1;
    return segment.kind === "function";
  });
}
