import type { Json } from "../../json.ts";
import { isJsonata } from "../expressions/jsonata.ts";
import { parseTimestamp } from "../expressions/timestamps.ts";
import { readChoices } from "./choice.ts";
import { readMap, readParallel } from "./containers.ts";
import { readSeconds } from "./durations.ts";
import { type Context, Fields } from "./fields.ts";
import { otherLanguage, stateLanguage } from "./languages.ts";
import { readPath, readPathOrIntrinsic, readReferencePath, readResultPath } from "./paths.ts";
import { checkJsonataText, checkTemplate, looksDynamic, readAssign } from "./payload.ts";
import type { CommonState, FailText, State, Transition, WaitState } from "./program.ts";
import { STATE_FIELDS, STATE_TYPES, type StateType } from "./state-fields.ts";
import type { Tables } from "./tables.ts";
import { readTask } from "./task.ts";

/** Reads one state; undefined where it is none that could be read on. */
export function readState(tables: Tables, name: string, value: Json, at: string): State | undefined {
  const fields = Fields.of(tables.report, value, at);
  if (fields?.required("Type") !== true) return undefined;
  const type = STATE_TYPES.find((known) => known === fields.value.Type);
  if (type === undefined) {
    tables.report.schema(`The field 'Type' should have one of these values: [${STATE_TYPES.join(", ")}]`, fields.place("Type"));
    return undefined;
  }
  fields.only(STATE_FIELDS[type]);
  const context = { report: tables.report, language: stateLanguage(fields, tables.language) };
  if (tables.language === "JSONata" && fields.value.QueryLanguage === "JSONPath") {
    tables.report.schema("'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine", at);
  } else {
    otherLanguage(context, fields);
  }
  return readTyped(tables, context, fields, type, readCommon(context, fields, name, type));
}

function readTyped(tables: Tables, context: Context, fields: Fields, type: StateType, common: CommonState): State {
  switch (type) {
    case "Pass":
      return readPass(context, fields, common);
    case "Task":
      return readTask(context, fields, common, readTransition(fields));
    case "Choice":
      return { ...common, type, choices: readChoices(context, fields), default: fields.string("Default") };
    case "Wait":
      return { ...common, type, until: readUntil(context, fields), transition: readTransition(fields) };
    case "Succeed":
      return { ...common, type };
    case "Fail":
      return { ...common, type, error: readFailText(context, fields, "Error"), cause: readFailText(context, fields, "Cause") };
    case "Parallel":
      return readParallel(tables, context, fields, common, readTransition(fields));
    case "Map":
      return readMap(tables, context, fields, common, readTransition(fields));
  }
}

/** The states that call something, whose result their Output and Assign can read. */
const WITH_RESULT: ReadonlySet<StateType> = new Set(["Task", "Parallel", "Map"]);

function readCommon(context: Context, fields: Fields, name: string, type: StateType): CommonState {
  const available = { result: WITH_RESULT.has(type) };
  const output = fields.get("Output");
  if (output !== undefined && context.language === "JSONata") checkTemplate(context, output, fields.place("Output"), available);
  return {
    name,
    language: context.language,
    comment: fields.string("Comment"),
    inputPath: readPath(fields, "InputPath"),
    outputPath: readPath(fields, "OutputPath"),
    output,
    assign: readAssign(context, fields, available),
  };
}

/** Where a state leads: exactly one of Next and End (`"End": false` counts as not given). */
function readTransition(fields: Fields): Transition {
  const end = fields.boolean("End");
  if (end === true && fields.has("Next")) fields.atMostOne(["Next", "End"]);
  else if (end !== true && !fields.has("Next")) {
    fields.report.schema("This object should have only one of the following fields: [Next, End]", fields.at);
  }
  return end === true ? { end } : { next: fields.string("Next") ?? "" };
}

function readPass(context: Context, fields: Fields, common: CommonState): State {
  const result = fields.get("Result");
  const parameters = fields.get("Parameters");
  if (parameters !== undefined) checkTemplate(context, parameters, fields.place("Parameters"));
  if (hasDynamicText(result)) {
    const message = "The result of a Pass state is not evaluated; use Parameters for values that come from a path or a function";
    context.report.warning("PASS_RESULT_IS_STATIC", message, fields.place("Result"));
  }
  return { ...common, type: "Pass", result, parameters, resultPath: readResultPath(fields), transition: readTransition(fields) };
}

function hasDynamicText(value: Json | undefined): boolean {
  if (typeof value === "string") return looksDynamic(value);
  return typeof value === "object" && value !== null && Object.values(value).some(hasDynamicText);
}

function readUntil(context: Context, fields: Fields): WaitState["until"] {
  const given = fields.exactlyOne(["SecondsPath", "Seconds", "TimestampPath", "Timestamp"]);
  if (given === "Seconds" || given === "SecondsPath") return readSeconds(context, fields, "Seconds", 0) ?? { seconds: 0 };
  if (given === "TimestampPath") return { timestampPath: readReferencePath(fields, given) ?? "$" };
  const text = given === undefined ? undefined : fields.string(given);
  if (text === undefined) return { seconds: 0 };
  if (context.language === "JSONata" && isJsonata(text)) {
    checkJsonataText(context.report, text, fields.place("Timestamp"));
    return { timestampJsonata: text };
  }
  const moment = parseTimestamp(text);
  if (moment === undefined) context.report.schema("String does not match RFC3339 timestamp", fields.place("Timestamp"));
  // A definition with a report is refused, so nothing ever waits for the moment that stands in here.
  return { moment: moment ?? 0 };
}

function readFailText(context: Context, fields: Fields, name: "Error" | "Cause"): FailText | undefined {
  const given = fields.atMostOne([name, `${name}Path`]);
  if (given === undefined) return undefined;
  if (given !== name) return { path: readPathOrIntrinsic(fields, given) ?? "$" };
  const text = fields.string(name) ?? "";
  if (context.language === "JSONata") checkJsonataText(context.report, text, fields.place(name));
  else if (looksDynamic(text)) {
    context.report.warning("NO_PATH", "The value looks like a path, but the field's name does not end with 'Path'", fields.place(name));
  }
  return context.language === "JSONata" && isJsonata(text) ? { jsonata: text } : { text };
}
