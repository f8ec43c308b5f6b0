import type { Context, Fields } from "./fields.ts";
import type { QueryLanguage } from "./program.ts";

export const LANGUAGES: readonly QueryLanguage[] = ["JSONPath", "JSONata"];

/** Fields that only one query language has; in a state of the other they are refused. */
const ONLY: Readonly<Record<QueryLanguage, ReadonlySet<string>>> = {
  JSONPath: new Set([
    "InputPath",
    "OutputPath",
    "ResultPath",
    "Parameters",
    "ResultSelector",
    "Result",
    "ItemsPath",
    "TimeoutSecondsPath",
    "HeartbeatSecondsPath",
    "SecondsPath",
    "TimestampPath",
    "MaxConcurrencyPath",
    "ToleratedFailurePercentagePath",
    "ToleratedFailureCountPath",
    "ErrorPath",
    "CausePath",
    "Variable",
  ]),
  JSONata: new Set(["Arguments", "Output", "Items", "Condition"]),
};

/** Says which fields of an object belong to the language that the state does not have. AWS places this at the object. */
export function otherLanguage({ report, language }: Context, fields: Fields): void {
  const other = language === "JSONata" ? "JSONPath" : "JSONata";
  for (const name of Object.keys(fields.value)) {
    if (!ONLY[other].has(name)) continue;
    const message = `The QueryLanguage is set to '${language}', but field '${name}' is only supported for the '${other}' QueryLanguage`;
    report.schema(message, fields.at);
  }
}

/**
 * The language of a state: its own, else the machine's (never that of the Map or Parallel around it). As AWS has it, any value
 * but exactly "JSONPath" counts as JSONata for the other checks, besides being refused as a value.
 */
export function stateLanguage(fields: Fields, machine: QueryLanguage): QueryLanguage {
  if (!fields.has("QueryLanguage")) return machine;
  fields.choice("QueryLanguage", LANGUAGES);
  return fields.value.QueryLanguage === "JSONPath" ? "JSONPath" : "JSONata";
}
