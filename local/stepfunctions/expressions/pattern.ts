import { createContext, Script } from "node:vm";
import { StatesError } from "./scope.ts";
import { TIME_LIMIT_MS, withinTime } from "./time-limit.ts";

const given: { pattern: RegExp; text: string; matches: boolean } = { pattern: /^$/, text: "", matches: false };
const context = createContext(given);
const test = new Script("matches = pattern.test(text)");

/**
 * Whether a text matches a pattern from a definition. Some patterns try so many ways that they would hold up the whole process,
 * so the test is cut off after a time and fails the state.
 */
export function matchesPattern(pattern: RegExp, text: string): boolean {
  given.pattern = pattern;
  given.text = text;
  try {
    withinTime(() => test.runInContext(context, { timeout: TIME_LIMIT_MS }));
  } catch {
    throw new StatesError("States.Runtime", `The pattern ${pattern.source} takes too long to match`);
  }
  return given.matches;
}
