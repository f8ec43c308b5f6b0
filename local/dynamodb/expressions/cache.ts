import { RecentlyUsed } from "../../recently-used.ts";
import { invalid } from "../errors.ts";
import { parseCondition } from "./condition-parser.ts";
import { ExpressionError } from "./parser.ts";
import { parseProjection } from "./projection-parser.ts";
import { parseUpdate } from "./update-parser.ts";

const TEXT_BYTES_MAX = 4096;
const KEPT_MAX = 500;

/** Parses an expression's text once: applications send the same few texts again and again. */
class ParsedExpressions<T> {
  readonly #parse: (text: string) => T;
  readonly #parsed = new RecentlyUsed<string, T>(KEPT_MAX);

  constructor(parse: (text: string) => T) {
    this.#parse = parse;
  }

  get(parameter: string, text: string): T {
    const known = this.#parsed.get(text);
    if (known !== undefined) return known;
    if (Buffer.byteLength(text) > TEXT_BYTES_MAX) {
      throw invalid(
        `Invalid ${parameter}: Expression size has exceeded the maximum allowed size; expression size: ${Buffer.byteLength(text)}`,
      );
    }
    const parsed = explained(parameter, () => this.#parse(text));
    this.#parsed.set(text, parsed);
    return parsed;
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
