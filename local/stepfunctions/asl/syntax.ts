import { checkIntrinsic } from "../expressions/intrinsics.ts";
import { checkJsonata, type JsonataProblem } from "../expressions/jsonata.ts";
import { checkPath, checkReferencePath } from "../expressions/jsonpath.ts";
import { statesMembers } from "./jsonata-scope.ts";

/*
 * The parser's one door to the checks of the expression languages: each gives the problem, or undefined where there is none.
 * Expressions are read by recursion, so one nested without end exhausts the stack; that too is a problem of the text.
 */
const TOO_DEEP = "The expression is nested too deeply";

export function pathProblem(text: string): string | undefined {
  return withinStack(() => checkPath(text), TOO_DEEP);
}

export function intrinsicProblem(text: string): string | undefined {
  return withinStack(() => checkIntrinsic(text), TOO_DEEP);
}

export function referencePathProblem(text: string): string | undefined {
  if (!text.startsWith("$")) return "Value is not a Reference Path: Reference path didn't start with '$'";
  const problem = withinStack(() => checkReferencePath(text), TOO_DEEP);
  return problem === undefined ? undefined : `Value is not a Reference Path: ${problem}`;
}

/** What `$states` holds where an expression stands, besides input and context. */
export interface Available {
  result?: boolean;
  errorOutput?: boolean;
}

export function jsonataProblem(text: string, available: Available): JsonataProblem | undefined {
  return withinStack<JsonataProblem>(() => checkJsonata(text) ?? memberProblem(text, available), {
    code: "INVALID_JSONATA_EXPRESSION",
    message: TOO_DEEP,
  });
}

function memberProblem(text: string, { result = false, errorOutput = false }: Available): JsonataProblem | undefined {
  const known = new Set(["input", "context", ...(result ? ["result"] : []), ...(errorOutput ? ["errorOutput"] : [])]);
  const missing = statesMembers(text).find((member) => !known.has(member));
  if (missing === undefined) return undefined;
  return { code: "UNSUPPORTED_JSONATA_EXPRESSION", message: `Field '$states.${missing}' does not exist.` };
}

function withinStack<T>(check: () => T | undefined, tooDeep: T): T | undefined {
  try {
    return check();
  } catch (error) {
    if (error instanceof RangeError) return tooDeep;
    throw error;
  }
}
