import { isIntrinsic } from "../expressions/intrinsics.ts";
import type { Fields } from "./fields.ts";
import { intrinsicProblem, pathProblem, referencePathProblem } from "./syntax.ts";

/** InputPath and OutputPath: `$` where not given, null for `{}`. */
export function readPath(fields: Fields, name: string): string | null {
  if (fields.get(name) === null) return null;
  const text = fields.string(name);
  if (text === undefined) return "$";
  if (pathProblem(text) !== undefined) fields.report.schema("Value must be a valid JSONPath.", fields.place(name));
  return text;
}

/** ResultPath: `$` where not given, null to discard the result. It is written to, so it can name neither a variable nor the context. */
export function readResultPath(fields: Fields): string | null {
  if (fields.get("ResultPath") === null) return null;
  const text = fields.string("ResultPath") ?? "$";
  const writable = text === "$" || /^\$[.[]/.test(text);
  const problem = writable ? referencePathProblem(text) : "Value is not a Reference Path: ResultPath must start with '$.' or '$['";
  if (problem !== undefined) fields.report.schema(problem, fields.place("ResultPath"));
  return text;
}

/** A path that names one single value, as SecondsPath; only some fields can also read the context object (`$$`). */
export function readReferencePath(fields: Fields, name: string, root: "input" | "context" = "input"): string | undefined {
  const text = fields.string(name);
  if (text === undefined) return undefined;
  const problem = root === "input" && text.startsWith("$$") ? "Value is not a Reference Path" : referencePathProblem(text);
  if (problem !== undefined) fields.report.schema(problem, fields.place(name));
  return text;
}

/** ErrorPath and CausePath can read the context object, and take an intrinsic function's call as well. */
export function readPathOrIntrinsic(fields: Fields, name: string): string | undefined {
  const text = fields.get(name);
  if (typeof text !== "string" || !isIntrinsic(text)) return readReferencePath(fields, name, "context");
  if (intrinsicProblem(text) !== undefined) {
    fields.report.schema(
      `The value for the field '${name}' must be a valid JSONPath or a valid intrinsic function call`,
      fields.place(name),
    );
  }
  return text;
}
