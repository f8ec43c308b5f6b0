/**
 * Says what is wrong with a text that is not JSON, in the words and with the positions of AWS's own parser (Jackson), because
 * callers compare these messages. It only runs after JSON.parse has refused the text, so it need not be fast.
 */
export interface JsonProblem {
  /** As `Unrecognized token 'not': was expecting (…)`. */
  message: string;
  /** As `[Source: (String)"not a definition"; line: 1, column: 4]`. */
  source: string;
}

export function describeJsonProblem(text: string): JsonProblem {
  const scanner = new Scanner(text);
  scanner.document();
  const message = scanner.message ?? "Unexpected end-of-input";
  return { message, source: sourceOf(text, scanner.position) };
}

/** Jackson quotes at most this many characters of the text it read. */
const QUOTED_MAX = 500;

function sourceOf(text: string, position: number): string {
  const before = text.slice(0, position);
  const line = before.split("\n").length;
  const column = position - (before.lastIndexOf("\n") + 1) + 1;
  const rest = text.length > QUOTED_MAX ? `[truncated ${text.length - QUOTED_MAX} chars]` : "";
  return `[Source: (String)"${text.slice(0, QUOTED_MAX)}"${rest}; line: ${line}, column: ${column}]`;
}

const EXPECTED_TOKEN = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')";
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORD = /[\p{L}\p{N}_$]+/uy;
const LITERALS = new Set(["true", "false", "null"]);

/** What is read next, or that there is nothing more to read. */
type Step = "value" | "after" | "done" | "stop";

interface Container {
  kind: "Object" | "Array";
  start: number;
}

/** Walks the text once with its own stack (a text may nest deeper than calls can) and stops at the first mistake. */
class Scanner {
  position = 0;
  message: string | undefined;
  readonly #text: string;
  readonly #open: Container[] = [];

  constructor(text: string) {
    this.#text = text;
  }

  document(): void {
    let wanted: Step = "value";
    while (wanted !== "stop" && wanted !== "done") wanted = wanted === "value" ? this.#value() : this.#afterValue();
    if (wanted === "stop") return;
    if (this.position < this.#text.length) this.#value();
    if (this.message === undefined) this.#fail("Unexpected content after the end of the document");
  }

  /** Reads one value; an object or array is only entered. */
  #value(): Step {
    this.#space();
    const next = this.#text[this.position];
    if (next === undefined) return this.#end();
    if (next === '"') return this.#string("was expecting closing quote for a string value") ? "after" : "stop";
    if (next === "{" || next === "[") return this.#enter(next);
    if (next === "-" || (next >= "0" && next <= "9")) return this.#number();
    const word = this.#match(WORD);
    if (word === undefined) return this.#unexpected(next, `expected a valid value ${EXPECTED_TOKEN}`);
    return LITERALS.has(word) ? "after" : this.#fail(`Unrecognized token '${word}': was expecting ${EXPECTED_TOKEN}`);
  }

  #enter(bracket: "{" | "["): Step {
    const kind = bracket === "{" ? "Object" : "Array";
    this.#open.push({ kind, start: this.position });
    this.position++;
    this.#space();
    if (this.#text[this.position] === closing(kind)) return this.#close();
    return kind === "Object" ? this.#field() : "value";
  }

  #close(): Step {
    this.position++;
    this.#open.pop();
    return "after";
  }

  /** What may stand after a value: a comma with the next entry, or the end of the container it is in. */
  #afterValue(): Step {
    this.#space();
    const container = this.#open.at(-1);
    if (container === undefined) return "done";
    const next = this.#text[this.position];
    if (next === undefined) return this.#end();
    if (next === closing(container.kind)) return this.#close();
    if (next !== ",") return this.#unexpected(next, `was expecting comma to separate ${container.kind} entries`);
    this.position++;
    return container.kind === "Object" ? this.#field() : "value";
  }

  /** Reads a field's name and its colon. */
  #field(): Step {
    this.#space();
    const quote = this.#text[this.position];
    if (quote === undefined) return this.#end();
    if (quote !== '"') return this.#unexpected(quote, "was expecting double-quote to start field name");
    if (!this.#string("in field name")) return "stop";
    this.#space();
    const colon = this.#text[this.position];
    if (colon === undefined) return this.#end();
    if (colon !== ":") return this.#unexpected(colon, "was expecting a colon to separate field name and value");
    this.position++;
    return "value";
  }

  #string(unfinished: string): boolean {
    this.position++;
    for (; this.position < this.#text.length; this.position++) {
      const code = this.#text.charCodeAt(this.position);
      if (code === 0x22) {
        this.position++;
        return true;
      }
      if (code === 0x5c && !this.#escape()) return false;
      if (code < 0x20) return this.#control(code);
    }
    this.#fail(`Unexpected end-of-input${unfinished.startsWith("in") ? " " : ": "}${unfinished}`);
    return false;
  }

  #control(code: number): false {
    this.position++;
    this.#fail(`Illegal unquoted character ((CTRL-CHAR, code ${code})): has to be escaped using backslash to be included in string value`);
    return false;
  }

  #escape(): boolean {
    const escaped = this.#text[this.position + 1];
    if (escaped === undefined) return true;
    this.position++;
    if ('"\\/bfnrt'.includes(escaped)) return true;
    if (escaped === "u") return this.#hexDigits();
    this.position++;
    this.#fail(`Unrecognized character escape '${escaped}' (code ${escaped.charCodeAt(0)})`);
    return false;
  }

  #hexDigits(): boolean {
    for (let i = 0; i < 4; i++) {
      this.position++;
      const digit = this.#text[this.position] ?? "";
      if (/^[0-9a-fA-F]$/.test(digit)) continue;
      this.#unexpected(digit, "expected a hex-digit for character escape sequence");
      return false;
    }
    return true;
  }

  #number(): Step {
    const number = this.#match(NUMBER);
    const next = this.#text[this.position] ?? "";
    if (number === undefined) {
      this.position++;
      return this.#unexpected(this.#text[this.position] ?? "", "No digit following minus sign");
    }
    if (/\d/.test(next)) return this.#fail("Invalid numeric value: Leading zeroes not allowed");
    return next === "." ? this.#unexpected(next, "Decimal point not followed by a digit") : "after";
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.position;
    const found = pattern.exec(this.#text)?.[0];
    if (found !== undefined) this.position += found.length;
    return found;
  }

  #space(): void {
    while (" \t\n\r".includes(this.#text[this.position] ?? "x")) this.position++;
  }

  #end(): Step {
    const container = this.#open.at(-1);
    if (container === undefined) return this.#fail("No content to map due to end-of-input");
    const start = sourceOf(this.#text, container.start);
    return this.#fail(`Unexpected end-of-input: expected close marker for ${container.kind} (start marker at ${start})`);
  }

  #unexpected(character: string, wish: string): Step {
    this.position++;
    return this.#fail(`Unexpected character ('${character}' (code ${character.codePointAt(0) ?? -1})): ${wish}`);
  }

  #fail(message: string): Step {
    this.message = message;
    return "stop";
  }
}

function closing(kind: Container["kind"]): string {
  return kind === "Object" ? "}" : "]";
}
