import { invalid } from "../errors.ts";
import { parseCondition } from "./condition-parser.ts";
import { ExpressionError } from "./parser.ts";
import { parseProjection } from "./projection-parser.ts";
import { parseUpdate } from "./update-parser.ts";

const TEXT_BYTES_MAX = 4096;
const KEPT_MAX = 500;

/** Parses an expression's text once: applications send the same few texts again and again. The least lately used goes first. */
class ParsedExpressions<T> {
  readonly #parse: (text: string) => T;
  readonly #parsed = new Map<string, T>();

  constructor(parse: (text: string) => T) {
    this.#parse = parse;
  }

  get(parameter: string, text: string): T {
    const known = this.#parsed.get(text);
    if (known !== undefined) {
      this.#parsed.delete(text);
      this.#parsed.set(text, known);
      return known;
    }
    if (Buffer.byteLength(text) > TEXT_BYTES_MAX) {
      throw invalid(
        `Invalid ${parameter}: Expression size has exceeded the maximum allowed size; expression size: ${Buffer.byteLength(text)}`,
      );
    }
    const parsed = explained(parameter, () => this.#parse(text));
    this.#parsed.set(text, parsed);
    if (this.#parsed.size > KEPT_MAX) this.#forgetOldest();
    return parsed;
  }

  #forgetOldest(): void {
    for (const text of this.#parsed.keys()) {
      this.#parsed.delete(text);
      return;
    }
  }
}

export const conditions = new ParsedExpressions(parseCondition);
export const updates = new ParsedExpressions(parseUpdate);
export const projections = new ParsedExpressions(parseProjection);

/** Turns what is wrong with an expression into AWS's error, which names the parameter that held it. */
export function explained<T>(parameter: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof ExpressionError) throw invalid(`Invalid ${parameter}: ${error.message}`);
    throw error;
  }
}
