import type { Json } from "../../json.ts";
import { parseFilterPath } from "./jsonpath-parser.ts";
import type { Filter, FilterValue } from "./jsonpath-syntax.ts";
import type { Reader } from "./reader.ts";

const OPERATORS = [
  "===",
  "!==",
  "==",
  "!=",
  "<=",
  ">=",
  "=~",
  "<",
  ">",
  "contains",
  "subsetof",
  "anyof",
  "noneof",
  "empty",
  "size",
  "nin",
  "in",
];
const NUMBER = /-?\d+(\.\d+)?([eE][+-]?\d+)?/y;

/** Parses `?( … )` and leaves the reader on the closing bracket. */
export function parseFilter(reader: Reader): Filter {
  reader.expect("?");
  reader.skipSpace();
  if (!reader.sees("(")) reader.fail("'(' expected");
  return parseOr(reader);
}

/** The arguments of a path function, as in `.concat($.a, 'b')`, parentheses included. */
export function parseFunctionArguments(reader: Reader): FilterValue[] {
  reader.expect("(");
  const values: FilterValue[] = [];
  reader.skipSpace();
  while (!reader.takes(")")) {
    if (values.length > 0) reader.expect(",");
    values.push(parseValue(reader));
    reader.skipSpace();
  }
  return values;
}

function parseOr(reader: Reader): Filter {
  return parseChain(reader, "||", "or", parseAnd);
}

function parseAnd(reader: Reader): Filter {
  return parseChain(reader, "&&", "and", parseTerm);
}

function parseChain(reader: Reader, sign: string, kind: "and" | "or", parsePart: (reader: Reader) => Filter): Filter {
  const first = parsePart(reader);
  const parts = [first];
  for (;;) {
    reader.skipSpace();
    if (!reader.takes(sign)) break;
    parts.push(parsePart(reader));
  }
  return parts.length === 1 ? first : { kind, of: parts };
}

function parseTerm(reader: Reader): Filter {
  reader.skipSpace();
  if (reader.takes("!")) return { kind: "not", of: parseTerm(reader) };
  if (reader.takes("(")) {
    const inner = parseOr(reader);
    reader.skipSpace();
    reader.expect(")");
    return inner;
  }
  return parseComparison(reader);
}

function parseComparison(reader: Reader): Filter {
  const left = parseValue(reader);
  reader.skipSpace();
  const operator = OPERATORS.find((candidate) => reader.takes(candidate));
  if (operator !== undefined) return { kind: "compare", operator, left, right: parseValue(reader) };
  if (left.kind === "path") return { kind: "exists", path: left.path };
  return reader.fail("an operator expected");
}

function parseValue(reader: Reader): FilterValue {
  reader.skipSpace();
  const char = reader.peek();
  if (char === "@" || char === "$") return { kind: "path", path: parseFilterPath(reader) };
  if (char === "/") return { kind: "pattern", pattern: parsePattern(reader) };
  return { kind: "literal", value: parseLiteral(reader) };
}

function parseLiteral(reader: Reader): Json {
  const char = reader.peek();
  if (char === "'" || char === '"') return reader.quoted();
  if (reader.takes("true")) return true;
  if (reader.takes("false")) return false;
  if (reader.takes("null")) return null;
  if (reader.takes("[")) return parseArray(reader);
  const number = reader.match(NUMBER);
  return number === undefined ? reader.fail("a value expected") : Number(number);
}

function parseArray(reader: Reader): Json[] {
  const items: Json[] = [];
  reader.skipSpace();
  while (!reader.takes("]")) {
    if (items.length > 0) reader.expect(",");
    reader.skipSpace();
    items.push(parseLiteral(reader));
    reader.skipSpace();
  }
  return items;
}

/** `/…/flags`. As in Java, the pattern must match the whole text. */
function parsePattern(reader: Reader): RegExp {
  const source = reader.match(/\/(?:\\.|[^/\\])*\//y);
  if (source === undefined) return reader.fail("'/' expected");
  const flags = reader.match(/[a-zA-Z]*/y) ?? "";
  try {
    return new RegExp(`^(?:${source.slice(1, -1)})$`, flags.replaceAll(/[^imsu]/g, ""));
  } catch {
    return reader.fail(`the pattern ${source} is not valid`);
  }
}
