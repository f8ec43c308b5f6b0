import { isObject, type Json, type JsonObject } from "../../json.ts";
import { evaluateIntrinsic, isIntrinsic } from "./intrinsics.ts";
import { readPath } from "./jsonpath.ts";
import { type Scope, StatesError } from "./scope.ts";
import { setMember } from "./values.ts";

/**
 * Fills in a JSONPath template (Parameters, ItemSelector, ResultSelector, Assign): a member whose name ends in `.$` becomes
 * one without it, with the value its path or intrinsic function leads to. All else is copied. `field` names the template.
 */
export function fillTemplate(template: Json, scope: Scope, field: string): Json {
  if (Array.isArray(template)) return template.map((item) => fillTemplate(item, scope, field));
  if (!isObject(template)) return template;
  const filled: JsonObject = {};
  for (const [name, value] of Object.entries(template)) {
    if (name.endsWith(".$")) setMember(filled, name.slice(0, -2), fillMember(name, value, scope, field));
    else setMember(filled, name, fillTemplate(value, scope, field));
  }
  return filled;
}

/** Evaluates a text that is a path or an intrinsic function, as in ErrorPath and behind names ending in `.$`. */
export function evaluateText(text: string, scope: Scope, field: string): Json {
  return isIntrinsic(text) ? evaluateIntrinsic(text, scope) : readPath(text, scope, field);
}

/** AWS's causes name the member, not the template it stands in. */
function fillMember(name: string, value: Json, scope: Scope, field: string): Json {
  if (typeof value === "string") return evaluateText(value, scope, name);
  throw new StatesError("States.Runtime", `The value for the field '${name}' in ${field} must be a valid JSONPath`);
}
