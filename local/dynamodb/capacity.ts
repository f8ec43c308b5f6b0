import type { JsonObject } from "../json.ts";
import { sameOptional } from "./compare.ts";
import { indexRowKey } from "./keys.ts";
import { itemSize } from "./size.ts";
import { type Index, projectedNames, type Table } from "./table.ts";
import { attribute, type Item } from "./value.ts";

const READ_UNIT_BYTES = 4096;
const WRITE_UNIT_BYTES = 1024;

export function readUnits(bytes: number, consistent: boolean): number {
  const units = Math.max(1, Math.ceil(bytes / READ_UNIT_BYTES));
  return consistent ? units : units / 2;
}

export function writeUnits(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / WRITE_UNIT_BYTES));
}

/** What a call used of a table and of its indexes, by name. */
export interface Consumed {
  table: number;
  readonly indexes: Map<string, number>;
}

export function noneConsumed(): Consumed {
  return { table: 0, indexes: new Map() };
}

/** Adds what a write costs, `times` as much in a transaction. */
export function addWrite(consumed: Consumed, table: Table, from: Item | undefined, to: Item | undefined, times: number): void {
  consumed.table += times * writeUnits(Math.max(sizeOf(from), sizeOf(to)));
  for (const index of table.indexes) {
    const units = times * indexUnits(table, index, from, to);
    if (units > 0) consumed.indexes.set(index.name, (consumed.indexes.get(index.name) ?? 0) + units);
  }
}

function sizeOf(item: Item | undefined): number {
  return item === undefined ? 0 : itemSize(item);
}

/** An index is charged for an entry made, deleted or changed, and twice for one that moves. */
function indexUnits(table: Table, index: Index, from: Item | undefined, to: Item | undefined): number {
  const old = entryOf(table, index, from);
  const next = entryOf(table, index, to);
  const oldUnits = old === undefined ? 0 : writeUnits(itemSize(old));
  const nextUnits = next === undefined ? 0 : writeUnits(itemSize(next));
  if (old === undefined || next === undefined) return oldUnits + nextUnits;
  const keys = [index.key.hash.name, ...(index.key.range === undefined ? [] : [index.key.range.name])];
  if (keys.some((name) => !sameOptional(attribute(old, name), attribute(next, name)))) return oldUnits + nextUnits;
  return sameOptional({ M: old }, { M: next }) ? 0 : Math.max(oldUnits, nextUnits);
}

function entryOf(table: Table, index: Index, item: Item | undefined): Item | undefined {
  if (item === undefined || indexRowKey(index.key, item) === undefined) return undefined;
  return projected(item, projectedNames(table, index));
}

export function projected(item: Item, names: ReadonlySet<string> | undefined): Item {
  return names === undefined ? item : Object.fromEntries(Object.entries(item).filter(([name]) => names.has(name)));
}

export function isCapacityWanted({ ReturnConsumedCapacity: wanted }: JsonObject): boolean {
  return wanted === "TOTAL" || wanted === "INDEXES";
}

/** What a transaction's units were used for. AWS tells it of transactions only. */
export type UnitKind = "ReadCapacityUnits" | "WriteCapacityUnits";

/** The ConsumedCapacity of a caller that asked for it with TOTAL or INDEXES. */
export function consumedCapacity(input: JsonObject, table: Table, consumed: Consumed, kind?: UnitKind): JsonObject {
  const total = [...consumed.indexes.values()].reduce((sum, units) => sum + units, consumed.table);
  const answer: JsonObject = { TableName: table.name, ...unitsOf(total, kind) };
  if (input.ReturnConsumedCapacity === "TOTAL") return answer;
  answer.Table = unitsOf(consumed.table, kind);
  addIndexes(answer, "LocalSecondaryIndexes", table, consumed, false);
  addIndexes(answer, "GlobalSecondaryIndexes", table, consumed, true);
  return answer;
}

function unitsOf(units: number, kind: UnitKind | undefined): JsonObject {
  return { CapacityUnits: units, ...(kind === undefined ? {} : { [kind]: units }) };
}

function addIndexes(answer: JsonObject, member: string, table: Table, consumed: Consumed, global: boolean): void {
  const found: JsonObject = {};
  for (const index of table.indexes) {
    const units = consumed.indexes.get(index.name);
    if (index.global === global && units !== undefined) found[index.name] = { CapacityUnits: units };
  }
  if (Object.keys(found).length > 0) answer[member] = found;
}
