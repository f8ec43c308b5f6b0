/**
 * Reads a state machine's definition: checks it as AWS does when a machine is created, and makes of it the typed program that the
 * interpreter runs.
 *
 * The npm package asl-validator checks definitions too, but takes 200 to 800 ms a call, says less about what is wrong and gives no
 * program; so the parser is our own. A usual definition takes it well under 5 ms.
 */
import { isObject, isTooDeep, JSON_DEPTH_MAX, type Json } from "../../json.ts";
import { type Diagnostic, Report } from "./diagnostics.ts";
import { checkExpress } from "./express.ts";
import { Fields } from "./fields.ts";
import { describeJsonProblem } from "./json-problem.ts";
import { LANGUAGES } from "./languages.ts";
import type { Program, QueryLanguage } from "./program.ts";
import { readTable, type Tables, tablesOf } from "./tables.ts";
import { checkTransitions } from "./transitions.ts";
import { checkVariableScopes } from "./variable-scopes.ts";

export type Parsed = { program: Program; warnings: Diagnostic[] } | { diagnostics: Diagnostic[] };

const FIELDS = new Set(["Comment", "StartAt", "States", "Version", "TimeoutSeconds", "QueryLanguage"]);
const TIMEOUT_SECONDS_MAX = 99_999_999;
const NOT_AN_OBJECT = "Definition must be a valid JSON object";

export function parseDefinition(text: string, isExpress = false): Parsed {
  const report = new Report();
  const fields = readDefinition(report, text);
  if (fields === undefined) return { diagnostics: report.diagnostics };
  const tables = tablesOf(report, readLanguage(fields));
  const program = readProgram(tables, fields);
  // Where the form is wrong already, findings about the graph would only be consequences.
  if (!report.failed) {
    checkTransitions(report, program, tables.places);
    checkVariableScopes(report, program, tables.places);
    if (isExpress) checkExpress(report, program);
  }
  if (report.failed) return { diagnostics: report.diagnostics };
  if (report.notCovered.length > 0) return { diagnostics: [...report.notCovered, ...report.diagnostics] };
  return { program, warnings: report.diagnostics };
}

function readDefinition(report: Report, text: string): Fields | undefined {
  const definition = readJson(report, text);
  if (definition === undefined) return undefined;
  if (!isObject(definition)) report.schema(NOT_AN_OBJECT, undefined);
  else if (!isTooDeep(definition)) return new Fields(report, definition, "/");
  else report.error("TOO_DEEPLY_NESTED", `The definition is nested more than ${JSON_DEPTH_MAX} levels deep`, undefined);
  return undefined;
}

function readLanguage(fields: Fields): QueryLanguage {
  if (!fields.has("QueryLanguage")) return "JSONPath";
  return fields.choice("QueryLanguage", LANGUAGES) ?? "JSONata";
}

function readProgram(tables: Tables, fields: Fields): Program {
  fields.only(FIELDS);
  fields.choice("Version", ["1.0"]);
  const comment = fields.string("Comment");
  const timeoutSeconds = fields.integer("TimeoutSeconds", { min: 0, max: TIMEOUT_SECONDS_MAX });
  // The same object as the table, since that is what the places of tables are kept by.
  return Object.assign(readTable(tables, fields), { comment, timeoutSeconds });
}

function readJson(report: Report, text: string): Json | undefined {
  try {
    const value: Json = JSON.parse(text);
    return value;
  } catch {
    // AWS reads a text of nothing but spaces, finds no value in it, and so no object.
    if (text.trim() === "") {
      report.schema(NOT_AN_OBJECT, undefined);
      return undefined;
    }
    const { message, source } = describeJsonProblem(text);
    report.error("INVALID_JSON_DESCRIPTION", `${message}\n at ${source}`, source);
    return undefined;
  }
}
