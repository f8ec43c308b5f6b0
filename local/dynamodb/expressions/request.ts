import { isObject, type JsonObject } from "../../json.ts";
import { invalid, invalidParameter } from "../errors.ts";
import { parseText, parseValue, typeOf } from "../value.ts";
import { conditions, explained, projections, updates } from "./cache.ts";
import { bindCondition, type Condition } from "./condition.ts";
import { joined, legacyConditions, legacyExpected } from "./legacy.ts";
import { checkDistinct } from "./paths.ts";
import type { Path, Placeholders } from "./placeholders.ts";
import { bindUpdate, isSet, type Update } from "./update.ts";

/** The expressions of a call, whichever of the two styles it uses; the parameters from before expressions have no placeholders. */
export function isGiven(input: JsonObject, parameter: string): boolean {
  return input[parameter] !== undefined && input[parameter] !== null;
}

/** Refuses a call that mixes the styles, or has placeholders that no expression could use. */
export function checkStyle(input: JsonObject, expressions: readonly string[], legacy: readonly string[]): void {
  const given = expressions.filter((parameter) => isGiven(input, parameter));
  const old = legacy.filter((parameter) => isGiven(input, parameter));
  if (given.length > 0 && old.length > 0) {
    throw invalid(
      `Can not use both expression and non-expression parameters in the same request: Non-expression parameters: {${old.join(", ")}} Expression parameters: {${given.join(", ")}}`,
    );
  }
  if (isGiven(input, "ExpressionAttributeNames") && given.length === 0) {
    throw invalid("ExpressionAttributeNames can only be specified when using expressions");
  }
  const withValues = expressions.filter((parameter) => parameter !== "ProjectionExpression");
  if (isGiven(input, "ExpressionAttributeValues") && !withValues.some((parameter) => given.includes(parameter))) {
    throw invalid(
      `ExpressionAttributeValues can only be specified when using expressions: ${withValues.join(" and ")} ${withValues.length > 1 ? "are" : "is"} null`,
    );
  }
}

export function conditionOf(input: JsonObject, parameter: string, placeholders: Placeholders): Condition | undefined {
  if (!isGiven(input, parameter)) return undefined;
  const syntax = conditions.get(parameter, parseText(input[parameter] ?? null));
  return explained(parameter, () => bindCondition(syntax, placeholders));
}

/** The condition of a write: its ConditionExpression, or the older Expected. */
export function writeCondition(input: JsonObject, placeholders: Placeholders): Condition | undefined {
  return conditionOf(input, "ConditionExpression", placeholders) ?? joined(legacyExpected(input.Expected), input.ConditionalOperator);
}

export function filterOf(input: JsonObject, legacy: string, placeholders: Placeholders): Condition | undefined {
  return conditionOf(input, "FilterExpression", placeholders) ?? joined(legacyConditions(input[legacy]), input.ConditionalOperator);
}

/** The paths a read asks for; undefined for all attributes. */
export function projectionOf(input: JsonObject, placeholders: Placeholders): readonly Path[] | undefined {
  if (Array.isArray(input.AttributesToGet)) return attributesToGet(input.AttributesToGet.map(parseText));
  if (!isGiven(input, "ProjectionExpression")) return undefined;
  const syntax = projections.get("ProjectionExpression", parseText(input.ProjectionExpression ?? null));
  return explained("ProjectionExpression", () => {
    const paths = syntax.map((path) => placeholders.path(path));
    checkDistinct(paths);
    return paths;
  });
}

function attributesToGet(names: readonly string[]): Path[] {
  const twice = names.find((name, index) => names.indexOf(name) < index);
  if (twice !== undefined) throw invalidParameter(`Duplicate value in attribute name: ${twice}`);
  return names.map((name) => [name]);
}

export function updateOf(input: JsonObject, placeholders: Placeholders): Update {
  if (!isGiven(input, "UpdateExpression")) return legacyUpdate(input);
  const syntax = updates.get("UpdateExpression", parseText(input.UpdateExpression ?? null));
  return explained("UpdateExpression", () => bindUpdate(syntax, placeholders));
}

function legacyUpdate({ AttributeUpdates: json }: JsonObject): Update {
  const update = { targets: [], set: [], remove: [], add: [], delete: [] };
  const updates = isObject(json) ? Object.entries(json) : [];
  return updates.reduce<Update>((result, [name, action]) => withAction(result, name, isObject(action) ? action : {}), update);
}

function withAction(update: Update, name: string, action: JsonObject): Update {
  const path = [name];
  const targets = [...update.targets, path];
  if (!isGiven(action, "Value")) {
    if (action.Action !== "DELETE") throw invalidParameter("Only DELETE action is allowed when no attribute value is specified");
    return { ...update, targets, remove: [...update.remove, path] };
  }
  const value = parseValue(action.Value ?? null);
  const type = typeOf(value);
  if (action.Action === "DELETE") {
    if (!isSet(value)) throw invalidParameter(`DELETE action with value is not supported for the type ${type}`);
    return { ...update, targets, delete: [...update.delete, { path, value }] };
  }
  if (action.Action !== "ADD") return { ...update, targets, set: [...update.set, { path, source: { kind: "value", value } }] };
  if (!isSet(value) && type !== "N" && type !== "L") throw invalidParameter(`ADD action is not supported for the type ${type}`);
  return { ...update, targets, add: [...update.add, { path, value }] };
}
