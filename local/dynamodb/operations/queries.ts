import type { JsonObject } from "../../json.ts";
import type { Store } from "../../store.ts";
import { type Catalogue, tableName } from "../catalogue.ts";
import { invalid } from "../errors.ts";
import { type Condition, pathsOf } from "../expressions/condition.ts";
import { type Path, Placeholders } from "../expressions/placeholders.ts";
import { checkStyle, filterOf, isGiven, projectionOf } from "../expressions/request.ts";
import { keyConditionsOf, keyRange } from "../key-conditions.ts";
import { readPage } from "../page.ts";
import { checkStartInSegment, covers, segmentOf } from "../segment.ts";
import { selectionOf } from "../selection.ts";
import { checkShape } from "../shape.ts";
import { QUERY, SCAN } from "../shapes.ts";
import { checkStartInRange, parseStartKey, startPosition } from "../starting-key.ts";
import { type Index, type KeySchema, keyAttributes, type Table } from "../table.ts";
import { checkKeyPaths } from "./writes.ts";

export class Queries {
  readonly #store: Store;
  readonly #catalogue: Catalogue;

  constructor(store: Store, catalogue: Catalogue) {
    this.#store = store;
    this.#catalogue = catalogue;
  }

  query(input: JsonObject, region: string): JsonObject {
    checkShape(QUERY, input);
    checkQueryStyle(input);
    const start = parseStartKey(input);
    const placeholders = new Placeholders(input);
    const conditions = keyConditionsOf(input, placeholders);
    const filter = filterOf(input, "QueryFilter", placeholders);
    const paths = projectionOf(input, placeholders);
    placeholders.checkAllUsed();
    const table = this.#catalogue.get(tableName(input), region);
    const index = indexOf(input, table);
    const key = index?.key ?? table.key;
    const after = start === undefined ? undefined : startPosition(table, index, start);
    const range = keyRange(conditions, key);
    if (start !== undefined) checkStartInRange(range, key, start);
    checkPaths(table, filter, paths);
    if (filter !== undefined) checkFilterKeys(input, key, filter);
    const walk = { table, index, pk: range.pk, range: range.range, forward: input.ScanIndexForward !== false };
    return readPage(this.#store, {
      input,
      walk: after === undefined ? walk : { ...walk, after },
      selection: selectionOf(input, table, index, paths),
      filter,
    });
  }

  scan(input: JsonObject, region: string): JsonObject {
    checkShape(SCAN, input);
    checkScanStyle(input);
    const start = parseStartKey(input);
    const segment = segmentOf(input);
    const placeholders = new Placeholders(input);
    const filter = filterOf(input, "ScanFilter", placeholders);
    const paths = projectionOf(input, placeholders);
    placeholders.checkAllUsed();
    const table = this.#catalogue.get(tableName(input), region);
    const index = indexOf(input, table);
    const after = start === undefined ? undefined : startPosition(table, index, start);
    if (after !== undefined && segment !== undefined) checkStartInSegment(after.key.pk, segment);
    checkPaths(table, filter, paths);
    const walk = { table, index, range: {}, forward: true };
    const request = {
      input,
      walk: after === undefined ? walk : { ...walk, after },
      selection: selectionOf(input, table, index, paths),
      filter,
    };
    return readPage(this.#store, segment === undefined ? request : { ...request, covers: (pk) => covers(segment, pk) });
  }
}

function checkScanStyle(input: JsonObject): void {
  checkStyle(input, ["ProjectionExpression", "FilterExpression"], ["AttributesToGet", "ScanFilter", "ConditionalOperator"]);
}

function checkQueryStyle(input: JsonObject): void {
  // The older KeyConditions may stand beside the other expressions as long as there is no KeyConditionExpression.
  const legacy = ["AttributesToGet", "QueryFilter", "ConditionalOperator", "KeyConditions"];
  const old = isGiven(input, "KeyConditionExpression") ? legacy : legacy.slice(0, -1);
  checkStyle(input, ["ProjectionExpression", "FilterExpression", "KeyConditionExpression"], old);
}

export function indexOf(input: JsonObject, table: Table): Index | undefined {
  if (!isGiven(input, "IndexName")) return undefined;
  const index = table.indexes.find(({ name }) => name === input.IndexName);
  if (index === undefined) throw invalid(`The table does not have the specified index: ${String(input.IndexName)}`);
  if (index.global && input.ConsistentRead === true) throw invalid("Consistent reads are not supported on global secondary indexes");
  if (index.building === true) throw invalid(`Cannot read from backfilling global secondary index: ${index.name}`);
  return index;
}

export function checkPaths(table: Table, filter: Condition | undefined, paths: readonly Path[] | undefined): void {
  checkKeyPaths(table, [...(paths ?? []), ...(filter === undefined ? [] : pathsOf(filter))]);
}

function checkFilterKeys(input: JsonObject, key: KeySchema, filter: Condition): void {
  const parameter = isGiven(input, "FilterExpression") ? "Filter Expression" : "QueryFilter";
  const heads = new Set(pathsOf(filter).map(([head]) => head));
  for (const { name } of keyAttributes(key)) {
    if (heads.has(name)) throw invalid(`${parameter} can only contain non-primary key attributes: Primary key attribute: ${name}`);
  }
}
