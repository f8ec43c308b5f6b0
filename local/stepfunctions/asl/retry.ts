import type { Json } from "../../json.ts";
import type { Report } from "./diagnostics.ts";
import { type Context, Fields } from "./fields.ts";
import { otherLanguage } from "./languages.ts";
import { readResultPath } from "./paths.ts";
import { checkTemplate, readAssign } from "./payload.ts";
import type { Catcher, Retrier } from "./program.ts";

const RETRIER = new Set(["Comment", "ErrorEquals", "IntervalSeconds", "MaxAttempts", "BackoffRate", "MaxDelaySeconds", "JitterStrategy"]);
const CATCHER = new Set(["Comment", "ErrorEquals", "Next", "ResultPath", "Output", "Assign"]);

const COUNT_MAX = 99_999_999;
/** A year of 366 days, the longest delay between two attempts. */
const DELAY_SECONDS_MAX = 31_622_400;

export function readRetriers({ report }: Context, state: Fields): Retrier[] {
  const entries = state.list("Retry") ?? [];
  return entries.flatMap(({ value, at }, index) => {
    const fields = Fields.of(report, value, at);
    return fields === undefined ? [] : [readRetrier(fields, index === entries.length - 1)];
  });
}

function readRetrier(fields: Fields, last: boolean): Retrier {
  fields.only(RETRIER);
  return {
    errorEquals: readErrorEquals(fields, last),
    intervalSeconds: fields.integer("IntervalSeconds", { min: 0, max: COUNT_MAX }) ?? 1,
    maxAttempts: fields.integer("MaxAttempts", { min: 0, max: COUNT_MAX }) ?? 3,
    backoffRate: fields.number("BackoffRate", { min: 1, max: Number.MAX_VALUE }) ?? 2,
    maxDelaySeconds: fields.integer("MaxDelaySeconds", { min: 1, max: DELAY_SECONDS_MAX }),
    jitter: fields.choice("JitterStrategy", ["NONE", "FULL"]) ?? "NONE",
  };
}

export function readCatchers(context: Context, state: Fields): Catcher[] {
  const entries = state.list("Catch") ?? [];
  return entries.flatMap(({ value, at }, index) => {
    const fields = Fields.of(context.report, value, at);
    return fields === undefined ? [] : [readCatcher(context, fields, index === entries.length - 1)];
  });
}

function readCatcher(context: Context, fields: Fields, last: boolean): Catcher {
  fields.only(CATCHER);
  otherLanguage(context, fields);
  fields.required("Next");
  const output = fields.get("Output");
  const available = { errorOutput: true };
  if (output !== undefined) checkTemplate(context, output, fields.place("Output"), available);
  return {
    errorEquals: readErrorEquals(fields, last),
    next: fields.string("Next") ?? "",
    resultPath: readResultPath(fields),
    output,
    assign: readAssign(context, fields, available),
  };
}

function readErrorEquals(fields: Fields, last: boolean): string[] {
  if (!fields.required("ErrorEquals")) return [];
  const names = fields.filledList("ErrorEquals").flatMap(({ value, at }) => errorName(fields.report, value, at));
  if (names.includes("States.ALL") && (names.length > 1 || !last)) {
    fields.report.schema("States.ALL must appear alone and at end of list", fields.place("ErrorEquals"));
  }
  return names;
}

function errorName(report: Report, value: Json, at: string): string[] {
  if (typeof value === "string") return [value];
  report.schema("Expected value of type [STRING]", at);
  return [];
}
