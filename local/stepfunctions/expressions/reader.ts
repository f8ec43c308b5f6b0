/** What a text cannot be read as; the message says what was expected where. */
export class SyntaxProblem extends Error {
  override readonly name = "SyntaxProblem";
}

/** Walks over a text for the parsers of paths, filters and intrinsic functions. */
export class Reader {
  readonly text: string;
  at: number;

  constructor(text: string, at = 0) {
    this.text = text;
    this.at = at;
  }

  get done(): boolean {
    return this.at >= this.text.length;
  }

  peek(): string {
    return this.text[this.at] ?? "";
  }

  sees(token: string): boolean {
    return this.text.startsWith(token, this.at);
  }

  /** Steps over `token` if it comes next. */
  takes(token: string): boolean {
    if (!this.sees(token)) return false;
    this.at += token.length;
    return true;
  }

  expect(token: string): void {
    if (!this.takes(token)) this.fail(`'${token}' expected`);
  }

  /** Steps over what `pattern` (sticky) matches here and gives it, or undefined. */
  match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0];
    if (found !== undefined) this.at += found.length;
    return found;
  }

  skipSpace(): void {
    this.match(/\s*/y);
  }

  /** A quoted text, quotes included in the reading but not in the result; a backslash takes the next character as it is. */
  quoted(): string {
    const quote = this.peek();
    this.at++;
    let value = "";
    while (!this.done) {
      const char = this.peek();
      this.at++;
      if (char === quote) return value;
      if (char === "\\") {
        value += this.escaped();
      } else {
        value += char;
      }
    }
    return this.fail(`${quote} expected before the end`);
  }

  escaped(): string {
    const unicode = this.match(/u[0-9a-fA-F]{4}/y);
    if (unicode !== undefined) return String.fromCharCode(Number.parseInt(unicode.slice(1), 16));
    const char = this.peek();
    this.at++;
    return ESCAPES.get(char) ?? char;
  }

  fail(problem: string): never {
    throw new SyntaxProblem(`${problem} at position ${this.at} of '${this.text}'`);
  }
}

const ESCAPES = new Map([
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
  ["b", "\b"],
  ["f", "\f"],
]);
