import { compiledOnce } from "./compiled.ts";
import { intrinsicFunctions } from "./intrinsic-functions.ts";
import { parsePathAt } from "./jsonpath-parser.ts";
import type { Path } from "./jsonpath-syntax.ts";
import { Reader } from "./reader.ts";

/** A call of an intrinsic function, and what its arguments may be. */
export interface Call {
  kind: "call";
  name: string;
  arguments: Argument[];
}

/** A text keeps `template`, in which braces are still escaped: only States.Format tells `\{` from `{`. */
export type Argument =
  | Call
  | { kind: "path"; path: Path }
  | { kind: "literal"; value: number | boolean | null }
  | { kind: "text"; value: string; template: string };

const NAME = /States\.([A-Za-z0-9]+)/y;
const NUMBER = /-?\d+(\.\d+)?([eE][+-]?\d+)?/y;
/** AWS allows that many calls inside one another. */
const NESTING_MAX = 10;

/** Parses an intrinsic call that is the whole of `text`; throws SyntaxProblem. */
export const parseIntrinsic: (text: string) => Call = compiledOnce(2_000, (text) => {
  const reader = new Reader(text);
  reader.skipSpace();
  const call = parseCall(reader, 1);
  reader.skipSpace();
  if (!reader.done) reader.fail("the intrinsic function should end");
  return call;
});

function parseCall(reader: Reader, depth: number): Call {
  const name = reader.match(NAME);
  if (name === undefined) return reader.fail("an intrinsic function expected");
  if (!intrinsicFunctions.has(name)) return reader.fail(`there is no intrinsic function '${name}'`);
  if (depth > NESTING_MAX) return reader.fail(`intrinsic functions may be nested ${NESTING_MAX} deep`);
  reader.skipSpace();
  reader.expect("(");
  const call: Call = { kind: "call", name, arguments: [] };
  reader.skipSpace();
  while (!reader.takes(")")) {
    if (call.arguments.length > 0) reader.expect(",");
    reader.skipSpace();
    call.arguments.push(parseArgument(reader, depth));
    reader.skipSpace();
  }
  return call;
}

function parseArgument(reader: Reader, depth: number): Argument {
  if (reader.sees("$")) return { kind: "path", path: parsePathAt(reader) };
  if (reader.sees("'")) return parseText(reader);
  if (reader.takes("true")) return { kind: "literal", value: true };
  if (reader.takes("false")) return { kind: "literal", value: false };
  if (reader.takes("null")) return { kind: "literal", value: null };
  const number = reader.match(NUMBER);
  return number === undefined ? parseCall(reader, depth + 1) : { kind: "literal", value: Number(number) };
}

/** `'…'`, in which a backslash may stand before `'`, `{`, `}` and itself only: AWS refuses definitions with any other. */
function parseText(reader: Reader): Argument {
  reader.expect("'");
  let value = "";
  let template = "";
  while (!reader.takes("'")) {
    if (reader.done) return reader.fail("' expected before the end");
    const escaped = reader.takes("\\");
    const char = reader.peek();
    if (escaped && !"'{}\\".includes(char)) return reader.fail(`'\\${char}' is not an escape`);
    value += char;
    template += escaped && char !== "'" ? `\\${char}` : char;
    reader.at++;
  }
  return { kind: "text", value, template };
}
