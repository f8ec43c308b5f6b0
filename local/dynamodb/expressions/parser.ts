import { syntaxError, type Token, tokens } from "./lexer.ts";
import { isReserved } from "./reserved.ts";
import type { FunctionSyntax, OperandSyntax, PathPart, PathSyntax } from "./syntax.ts";

/** Says what is wrong with an expression; the caller adds which expression it was. */
export class ExpressionError extends Error {}

/** Mistakes that do not keep the parser from going on, the gravest first: AWS tells the gravest of all there are. */
export type Mistake = "parentheses" | "reserved" | "function" | "misuse" | "section";

const NESTING_MAX = 250;

/** What the parsers of conditions, updates and projections share: the tokens, and how paths and functions are written. */
export class Parser {
  readonly text: string;
  readonly #tokens: readonly Token[];
  readonly #keywords: ReadonlySet<string>;
  readonly #mistakes = new Map<Mistake, string>();
  #position = 0;
  #depth = 0;

  constructor(text: string, keywords: ReadonlySet<string>) {
    if (text.trim() === "") throw new ExpressionError("The expression can not be empty;");
    this.text = text;
    this.#tokens = tokens(text);
    this.#keywords = keywords;
  }

  get token(): Token {
    return this.#at(this.#position);
  }

  get next(): Token {
    return this.#at(this.#position + 1);
  }

  #at(position: number): Token {
    return this.#tokens[position] ?? { kind: "end", text: "<EOF>", start: this.text.length, end: this.text.length };
  }

  advance(): Token {
    const token = this.token;
    this.#position++;
    return token;
  }

  /** Takes the sign if it comes next. */
  accept(sign: string): boolean {
    if (this.token.kind !== "sign" || this.token.text !== sign) return false;
    this.#position++;
    return true;
  }

  expect(sign: string): void {
    if (!this.accept(sign)) this.fail();
  }

  keyword(): string | undefined {
    if (this.token.kind !== "name") return undefined;
    const word = this.token.text.toUpperCase();
    return this.#keywords.has(word) ? word : undefined;
  }

  acceptKeyword(word: string): boolean {
    if (this.keyword() !== word) return false;
    this.#position++;
    return true;
  }

  fail(): never {
    throw new ExpressionError(syntaxError(this.text, this.#tokens, this.#position));
  }

  note(mistake: Mistake, message: string): void {
    if (!this.#mistakes.has(mistake)) this.#mistakes.set(mistake, message);
  }

  /** Ends the parse: everything must have been read. */
  finish(gravestFirst: readonly Mistake[]): void {
    if (this.token.kind !== "end") this.fail();
    for (const mistake of gravestFirst) {
      const message = this.#mistakes.get(mistake);
      if (message !== undefined) throw new ExpressionError(message);
    }
  }

  /** Runs `parse` one level deeper; nesting is bounded so that no expression exhausts the stack. */
  nested<T>(parse: () => T): T {
    if (++this.#depth > NESTING_MAX) throw new ExpressionError("The expression has too many nested levels;");
    const result = parse();
    this.#depth--;
    return result;
  }

  path(): PathSyntax {
    const parts: PathPart[] = [this.#pathName()];
    for (;;) {
      if (this.accept(".")) parts.push(this.#pathName());
      else if (this.accept("[")) {
        if (this.token.kind !== "number") this.fail();
        parts.push(Number(this.advance().text));
        this.expect("]");
      } else return { kind: "path", parts };
    }
  }

  #pathName(): string {
    const { kind, text } = this.token;
    if (kind === "placeholder") return this.advance().text;
    if (kind !== "name" || this.keyword() !== undefined) this.fail();
    if (isReserved(text)) this.note("reserved", `Attribute name is a reserved keyword; reserved keyword: ${text}`);
    return this.advance().text;
  }

  /** A value, a function's call or a path. */
  operand(parseArgument: () => OperandSyntax): OperandSyntax {
    if (this.token.kind === "value") return { kind: "value", name: this.advance().text };
    if (this.token.kind === "name" && this.next.text === "(" && this.keyword() === undefined) return this.#call(parseArgument);
    return this.path();
  }

  #call(parseArgument: () => OperandSyntax): FunctionSyntax {
    const name = this.advance().text;
    this.expect("(");
    const operands = this.list(parseArgument);
    this.expect(")");
    return { kind: "function", name, operands };
  }

  list<T>(parse: () => T): T[] {
    const members = [parse()];
    while (this.accept(",")) members.push(parse());
    return members;
  }
}
