/** One word or sign of an expression, with where it stands, for messages. */
export interface Token {
  readonly kind: "name" | "placeholder" | "value" | "number" | "sign" | "unknown" | "end";
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

const TOKEN = /([a-zA-Z][a-zA-Z0-9_]*)|(#[a-zA-Z0-9_]+)|(:[a-zA-Z0-9_]+)|(\d+)|(<>|<=|>=|[()[\].,=<>+-])/y;
const KINDS = ["name", "placeholder", "value", "number", "sign"] as const;
const SPACE = /\s*/y;

/** Cuts an expression into tokens, the last of them `end`. What cannot be a token ends it as `unknown`. */
export function tokens(text: string): Token[] {
  const found: Token[] = [];
  let position = skipSpace(text, 0);
  while (position < text.length) {
    const token = tokenAt(text, position);
    found.push(token);
    if (token.kind === "unknown") break;
    position = skipSpace(text, token.end);
  }
  found.push({ kind: "end", text: "<EOF>", start: text.length, end: text.length });
  return found;
}

function skipSpace(text: string, position: number): number {
  SPACE.lastIndex = position;
  SPACE.exec(text);
  return SPACE.lastIndex;
}

function tokenAt(text: string, start: number): Token {
  TOKEN.lastIndex = start;
  const match = TOKEN.exec(text);
  if (match === null) return { kind: "unknown", text: String.fromCodePoint(text.codePointAt(start) ?? 0), start, end: start + 1 };
  const kind = KINDS.find((_, group) => match[group + 1] !== undefined) ?? "sign";
  return { kind, text: match[0], start, end: start + match[0].length };
}

/** The complaint about the token at `position`: it is shown with the ones before and after it. */
export function syntaxError(text: string, all: readonly Token[], position: number): string {
  const token = all[position];
  if (token === undefined) return "Syntax error";
  const before = all[position - 1] ?? token;
  const after = all[position + 1];
  const end = after === undefined || after.kind === "end" || after.kind === "unknown" ? token.end : after.end;
  return `Syntax error; token: "${token.text}", near: "${text.slice(before.start, end).trim()}"`;
}
