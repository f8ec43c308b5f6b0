import jsonata from "jsonata";
import { checkIntrinsic, isIntrinsic } from "../expressions/intrinsics.ts";
import { checkPath, checkReferencePath } from "../expressions/jsonpath.ts";
import { type JsonataReads, readsOf } from "./jsonata-scope.ts";

/** The parser's one door to the expression languages: each check gives the problem's text, or undefined where there is none. */
export const pathProblem = checkPath;
export const intrinsicProblem = checkIntrinsic;
/** Whether a text is meant as an intrinsic function's call, well formed or not. */
export const looksIntrinsic = isIntrinsic;

export function referencePathProblem(text: string): string | undefined {
  if (!text.startsWith("$")) return "Value is not a Reference Path: Reference path didn't start with '$'";
  const problem = checkReferencePath(text);
  return problem === undefined ? undefined : `Value is not a Reference Path: ${problem}`;
}

export function isJsonata(text: string): boolean {
  return text.startsWith("{%") && text.endsWith("%}");
}

/** What an expression reads from outside, or why it is no expression. */
export function jsonataReads(text: string): JsonataReads | { problem: string } {
  try {
    return readsOf(jsonata(text.slice(2, -2)).ast());
  } catch (error) {
    return { problem: error instanceof Object && "message" in error ? String(error.message) : String(error) };
  }
}
