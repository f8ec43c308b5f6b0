import type { QueryLanguage } from "../asl/program.ts";
import { type Argument, type Call, parseIntrinsic } from "./intrinsic-parser.ts";
import { isIntrinsic } from "./intrinsics.ts";
import { isJsonata, jsonataVariables } from "./jsonata.ts";
import { JSONATA_FUNCTIONS } from "./jsonata-names.ts";
import { parsePath } from "./jsonpath-parser.ts";
import type { Path } from "./jsonpath-syntax.ts";
import { SyntaxProblem } from "./reader.ts";

/**
 * The workflow variables an expression reads, without their `$`, each once and in order: DescribeStateMachine lists them for
 * every state.
 * `text` is a path or an intrinsic function in JSONPath, and `{% … %}` in JSONata; any other text reads none.
 */
export function variablesOf(text: string, language: QueryLanguage): string[] {
  if (language === "JSONata") return isJsonata(text) ? ofJsonata(text) : [];
  try {
    if (isIntrinsic(text)) return inOrder(ofCall(parseIntrinsic(text)));
    return text.startsWith("$") ? ofPath(parsePath(text)) : [];
  } catch (problem) {
    if (problem instanceof SyntaxProblem) return [];
    throw problem;
  }
}

/** `$`, `$$` and `$states`. */
const NO_VARIABLES: ReadonlySet<string> = new Set(["", "$", "states"]);

/** A function of the language is one only where nothing else bears its name. */
function ofJsonata(text: string): string[] {
  return inOrder(jsonataVariables(text).filter((name) => !NO_VARIABLES.has(name) && !JSONATA_FUNCTIONS.has(name)));
}

function ofCall(call: Call): string[] {
  return call.arguments.flatMap(ofArgument);
}

function ofArgument(argument: Argument): string[] {
  if (argument.kind === "call") return ofCall(argument);
  return argument.kind === "path" ? ofPath(argument.path) : [];
}

function ofPath(path: Path): string[] {
  return path.root.from === "variable" ? [path.root.name] : [];
}

function inOrder(names: string[]): string[] {
  return [...new Set(names)].sort();
}
