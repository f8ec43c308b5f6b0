import { isObject, type Json } from "../../json.ts";
import { isJsonata } from "../expressions/jsonata.ts";
import { type Quantity, readQuantity } from "./durations.ts";
import { type Context, Fields } from "./fields.ts";
import { readReferencePath, readResultPath } from "./paths.ts";
import { checkTemplate } from "./payload.ts";
import type { CommonState, MapState, ParallelState, StateTable, Transition } from "./program.ts";
import { readCatchers, readRetriers } from "./retry.ts";
import { readResultSelector } from "./selectors.ts";
import type { Tables } from "./tables.ts";

const BRANCH = new Set(["Comment", "StartAt", "States"]);
const PROCESSOR = new Set([...BRANCH, "ProcessorConfig"]);
const COUNT_MAX = 2_147_483_647;

export function readParallel(tables: Tables, context: Context, fields: Fields, common: CommonState, transition: Transition): ParallelState {
  return {
    ...common,
    type: "Parallel",
    branches: readBranches(tables, fields),
    parameters: readTemplate(context, fields, "Parameters"),
    arguments: readTemplate(context, fields, "Arguments"),
    resultSelector: readResultSelector(context, fields),
    resultPath: readResultPath(fields),
    retry: readRetriers(context, fields),
    catch: readCatchers(context, fields),
    transition,
  };
}

function readBranches(tables: Tables, fields: Fields): StateTable[] {
  if (!fields.required("Branches")) return [];
  return fields.filledList("Branches").flatMap(({ value, at }) => tables.nested(value, at, BRANCH)?.table ?? []);
}

function readTemplate(context: Context, fields: Fields, name: string): Json | undefined {
  const template = fields.get(name);
  if (template !== undefined) checkTemplate(context, template, fields.place(name));
  return template;
}

export function readMap(tables: Tables, context: Context, fields: Fields, common: CommonState, transition: Transition): MapState {
  const selector = fields.atMostOne(["ItemSelector", "Parameters"]);
  return {
    ...common,
    type: "Map",
    processor: readProcessor(tables, fields),
    itemsPath: readReferencePath(fields, "ItemsPath", "context") ?? "$",
    items: readItems(context, fields),
    itemSelector: selector === undefined ? undefined : readTemplate(context, fields, selector),
    ...readCounts(context, fields),
    resultSelector: readResultSelector(context, fields),
    resultPath: readResultPath(fields),
    retry: readRetriers(context, fields),
    catch: readCatchers(context, fields),
    transition,
  };
}

type Counts = Pick<MapState, "maxConcurrency" | "toleratedCount" | "toleratedPercentage">;

function readCounts(context: Context, fields: Fields): Counts {
  const maxConcurrency = readQuantity(context, fields, "MaxConcurrency", "integer", { min: 0, max: COUNT_MAX });
  const count = readQuantity(context, fields, "ToleratedFailureCount", "integer", { min: 0, max: COUNT_MAX });
  const percentage = readQuantity(context, fields, "ToleratedFailurePercentage", "number", { min: 0, max: 100 });
  return {
    maxConcurrency: counted(maxConcurrency ?? { value: 0 }),
    toleratedCount: count === undefined ? undefined : counted(count),
    toleratedPercentage: percentage !== undefined && "value" in percentage ? { percent: percentage.value } : percentage,
  };
}

function counted(quantity: Quantity): MapState["maxConcurrency"] {
  return "value" in quantity ? { count: quantity.value } : quantity;
}

/** JSONata's Items: a list or object (which may hold expressions), or one expression. */
function readItems(context: Context, fields: Fields): Json | undefined {
  const items = readTemplate(context, fields, "Items");
  if (items === undefined || Array.isArray(items) || isObject(items) || (typeof items === "string" && isJsonata(items))) return items;
  context.report.schema("Expected value of type Array", fields.place("Items"));
  return undefined;
}

const NO_TABLE: StateTable = { startAt: "", states: new Map() };

function readProcessor(tables: Tables, fields: Fields): StateTable {
  refuseDistributed(fields);
  const given = fields.exactlyOne(["ItemProcessor", "Iterator"]);
  const value = given === undefined ? undefined : fields.get(given);
  if (given === undefined || value === undefined) return NO_TABLE;
  const nested = tables.nested(value, fields.place(given), PROCESSOR);
  if (nested === undefined) return NO_TABLE;
  checkConfig(tables, nested.fields);
  return nested.table;
}

/** The fields that only a Distributed Map has. */
const DISTRIBUTED = ["ItemReader", "ItemBatcher", "ResultWriter", "Label"];

function refuseDistributed(fields: Fields): void {
  for (const name of DISTRIBUTED.filter((name) => fields.has(name))) {
    fields.report.uncovered(
      `The embedded endpoint does not cover Distributed Map, and only that has the field '${name}'.`,
      fields.place(name),
    );
  }
}

function checkConfig({ report }: Tables, processor: Fields): void {
  if (!processor.has("ProcessorConfig")) return;
  const config = Fields.of(report, processor.get("ProcessorConfig"), processor.place("ProcessorConfig"));
  if (config === undefined) return;
  config.only(new Set(["Mode", "ExecutionType"]));
  const mode = config.choice("Mode", ["INLINE", "DISTRIBUTED"]);
  if (mode === "DISTRIBUTED") {
    report.uncovered("The embedded endpoint does not cover Distributed Map; use the mode INLINE.", config.place("Mode"));
  } else if (config.has("ExecutionType")) {
    report.schema("Field 'ExecutionType' is not supported", config.at);
  }
}
