import type { Json } from "../../json.ts";
import { Arguments, IntrinsicProblem } from "./intrinsic-arguments.ts";
import { intrinsicFunctions } from "./intrinsic-functions.ts";
import { type Argument, type Call, parseIntrinsic } from "./intrinsic-parser.ts";
import { selectFrom } from "./jsonpath.ts";
import type { Path } from "./jsonpath-syntax.ts";
import { SyntaxProblem } from "./reader.ts";
import { type Scope, StatesError } from "./scope.ts";
import { copyValue } from "./values.ts";

/**
 * The error a failed intrinsic function gives. AWS's guide names States.IntrinsicFailure, but executions there end with
 * States.Runtime, whatever the function.
 */
const INTRINSIC_ERROR = "States.Runtime";

/** Whether a text of a template is meant as an intrinsic function rather than a path. */
export function isIntrinsic(text: string): boolean {
  return text.trimStart().startsWith("States.");
}

/** Evaluates an intrinsic function. Throws StatesError: "The function '…' had the following error: …". */
export function evaluateIntrinsic(text: string, scope: Scope): Json {
  try {
    return call(parseIntrinsic(text), scope);
  } catch (problem) {
    if (!(problem instanceof IntrinsicProblem)) throw problem;
    throw new StatesError(INTRINSIC_ERROR, `The function '${text}' had the following error: ${problem.message}`);
  }
}

/** Why `text` is no intrinsic function, or undefined if it is one. */
export function checkIntrinsic(text: string): string | undefined {
  try {
    parseIntrinsic(text);
    return undefined;
  } catch (problem) {
    if (problem instanceof SyntaxProblem) return problem.message;
    throw problem;
  }
}

function call({ name, arguments: given }: Call, scope: Scope): Json {
  const run = intrinsicFunctions.get(name);
  if (run === undefined) throw new IntrinsicProblem(`There is no intrinsic function ${name}`);
  const values = given.map((argument, position) => evaluate(argument, scope, name === "States.Format" && position === 0));
  return run(new Arguments(name, values));
}

function evaluate(argument: Argument, scope: Scope, asTemplate: boolean): Json {
  switch (argument.kind) {
    case "call":
      return call(argument, scope);
    case "path":
      return readArgument(argument.path, scope);
    case "literal":
      return argument.value;
    case "text":
      return asTemplate ? argument.template : argument.value;
  }
}

/** A path into the context object is reported without its second `$`, and always with the state's input: so does AWS. */
function readArgument(path: Path, scope: Scope): Json {
  const selection = selectFrom(path, scope);
  if (selection.kind === "value") return copyValue(selection.value);
  if (selection.kind === "missing" && selection.reason.startsWith("Filter: ")) throw new IntrinsicProblem(selection.reason);
  const text = path.root.from === "context" ? path.text.slice(1) : path.text;
  const input = JSON.stringify(scope.input);
  throw new IntrinsicProblem(`The JsonPath argument for the field '${text}' could not be found in the input '${input}'`);
}
