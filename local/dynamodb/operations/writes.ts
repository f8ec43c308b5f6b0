import { isObject, type JsonObject } from "../../json.ts";
import { addWrite, consumedCapacity, isCapacityWanted, noneConsumed } from "../capacity.ts";
import { type Catalogue, tableName } from "../catalogue.ts";
import { conditionFailed, invalid, invalidParameter } from "../errors.ts";
import { applyUpdate } from "../expressions/apply.ts";
import { type Condition, pathsOf } from "../expressions/condition.ts";
import { matches } from "../expressions/matches.ts";
import { project } from "../expressions/paths.ts";
import { type Path, Placeholders } from "../expressions/placeholders.ts";
import { checkStyle, updateOf, writeCondition } from "../expressions/request.ts";
import { knownType, type Update, updatePaths } from "../expressions/update.ts";
import type { Items } from "../items.ts";
import { checkIndexKeys, checkItemKeys, parseKey, type RowKey, rowKey } from "../keys.ts";
import { checkShape } from "../shape.ts";
import { DELETE_ITEM, PUT_ITEM, UPDATE_ITEM } from "../shapes.ts";
import { itemSize, sizeDifference } from "../size.ts";
import type { Sized, StoredItem } from "../stored-item.ts";
import { type KeyAttribute, keyAttributes, type Table } from "../table.ts";
import { attribute, type Item, parseItem, typeOf } from "../value.ts";

const ITEM_BYTES_MAX = 400 * 1024;
const ITEM_TOO_LARGE = "Item size has exceeded the maximum allowed size";
const UPDATE_TOO_LARGE = "Item size to update has exceeded the maximum allowed size";

/** A write as the call asks for it, before its table is looked at. */
export interface DraftWrite {
  readonly input: JsonObject;
  readonly condition: Condition | undefined;
  readonly action: WriteAction;
}

export type WriteAction =
  | { readonly kind: "put"; readonly item: Item }
  | { readonly kind: "update"; readonly update: Update }
  | { readonly kind: "delete" }
  | { readonly kind: "check" };

/** A write that fits its table. */
export interface Write extends DraftWrite {
  readonly table: Table;
  readonly key: RowKey;
  /** The key's attributes: what an update makes a new item of. */
  readonly keyItem: Item;
}

export function draftPut(input: JsonObject): DraftWrite {
  const item = parseItem(objectOf(input, "Item"));
  return { input, condition: bindCondition(input), action: { kind: "put", item } };
}

export function draftKeyed(input: JsonObject, kind: "delete" | "check"): DraftWrite {
  return { input, condition: bindCondition(input), action: { kind } };
}

export function draftUpdate(input: JsonObject): DraftWrite {
  const placeholders = new Placeholders(input);
  const update = updateOf(input, placeholders);
  const condition = writeCondition(input, placeholders);
  placeholders.checkAllUsed();
  return { input, condition, action: { kind: "update", update } };
}

/** Fits a write to its table, or refuses it. */
export function fitWrite(draft: DraftWrite, table: Table): Write {
  const { action, condition, input } = draft;
  if (action.kind === "put") checkItemKeys(table, action.item);
  const keyItem = action.kind === "put" ? action.item : parseKey(table, objectOf(input, "Key"));
  if (action.kind === "update") checkUpdate(table, action.update);
  const paths = action.kind === "update" ? updatePaths(action.update) : [];
  checkKeyPaths(table, condition === undefined ? paths : [...paths, ...pathsOf(condition)]);
  return { ...draft, table, key: rowKey(table.key, keyItem), keyItem };
}

/** The item as a write leaves it. Everything that can be wrong with it is found here, before anything is written. */
export function outcome({ action, table, keyItem }: Write, before: StoredItem | undefined): Sized | undefined {
  if (action.kind === "check" || action.kind === "delete") return undefined;
  if (action.kind === "put") return sized(action.item, itemSize(action.item), ITEM_TOO_LARGE);
  const item = applyUpdate(action.update, before?.item ?? keyItem);
  checkUpdatedKeys(table, action.update, item);
  const size = before === undefined ? itemSize(item) : before.size + sizeDifference(before.item, item);
  return sized(item, size, UPDATE_TOO_LARGE);
}

function sized(item: Item, size: number, tooLarge: string): Sized {
  if (size > ITEM_BYTES_MAX) throw invalid(tooLarge);
  return { item, size };
}

/** PutItem, UpdateItem and DeleteItem: synchronous, so that other services can call them inside their own write. */
export class Writes {
  readonly #catalogue: Catalogue;
  readonly #items: Items;

  constructor(catalogue: Catalogue, items: Items) {
    this.#catalogue = catalogue;
    this.#items = items;
  }

  putItem(input: JsonObject, region: string): JsonObject {
    checkShape(PUT_ITEM, input);
    checkStyle(input, ["ConditionExpression"], ["Expected"]);
    checkReturnsOld(input);
    return this.#answer(draftPut(input), region);
  }

  deleteItem(input: JsonObject, region: string): JsonObject {
    checkShape(DELETE_ITEM, input);
    checkStyle(input, ["ConditionExpression"], ["Expected"]);
    checkReturnsOld(input);
    return this.#answer(draftKeyed(input, "delete"), region);
  }

  updateItem(input: JsonObject, region: string): JsonObject {
    checkShape(UPDATE_ITEM, input);
    checkStyle(input, ["UpdateExpression", "ConditionExpression"], ["AttributeUpdates", "Expected"]);
    return this.#answer(draftUpdate(input), region);
  }

  #answer(draft: DraftWrite, region: string): JsonObject {
    const { condition, input } = draft;
    const write = fitWrite(draft, this.#catalogue.get(tableName(input), region));
    const before = this.#items.find(write.table, write.key);
    if (condition !== undefined && !matches(condition, before?.item ?? {})) {
      throw conditionFailed(input.ReturnValuesOnConditionCheckFailure === "ALL_OLD" ? before?.item : undefined);
    }
    const after = outcome(write, before);
    this.#items.carryOut(write.table, write.key, before, after);
    const answer: JsonObject = {};
    const attributes = returned(write, before, after?.item);
    if (attributes !== undefined) answer.Attributes = attributes;
    if (!isCapacityWanted(input)) return answer;
    const consumed = noneConsumed();
    addWrite(consumed, write.table, before?.item, after?.item, 1);
    answer.ConsumedCapacity = consumedCapacity(input, write.table, consumed);
    return answer;
  }
}

function checkReturnsOld({ ReturnValues: wanted }: JsonObject): void {
  if (wanted === undefined || wanted === null || wanted === "ALL_OLD" || wanted === "NONE") return;
  throw invalid("ReturnValues can only be ALL_OLD or NONE");
}

function bindCondition(input: JsonObject): Condition | undefined {
  const placeholders = new Placeholders(input);
  const condition = writeCondition(input, placeholders);
  placeholders.checkAllUsed();
  return condition;
}

export function objectOf(input: JsonObject, member: string): JsonObject {
  const value = input[member];
  return isObject(value) ? value : {};
}

/** What the caller's ReturnValues asks for. */
function returned({ input, action }: Write, before: StoredItem | undefined, after: Item | undefined): Item | undefined {
  const { ReturnValues: wanted } = input;
  if (wanted === "ALL_OLD") return before?.item;
  if (wanted === "ALL_NEW") return after;
  if (action.kind !== "update" || (wanted !== "UPDATED_OLD" && wanted !== "UPDATED_NEW")) return undefined;
  const item = wanted === "UPDATED_OLD" ? before?.item : after;
  const changed = item === undefined ? {} : project(item, action.update.targets);
  return Object.keys(changed).length === 0 ? undefined : changed;
}

/** What can be refused of an update without the item: keys are not updated, and an index's key keeps its type. */
function checkUpdate(table: Table, update: Update): void {
  for (const { name } of keyAttributes(table.key)) {
    if (update.targets.some(([head]) => head === name)) {
      throw invalidParameter(`Cannot update attribute ${name}. This attribute is part of the key`);
    }
  }
  for (const index of table.indexes) {
    for (const { name, type } of keyAttributes(index.key)) {
      const actual = typeGiven(update, name);
      if (actual !== undefined && actual !== type) {
        throw invalidParameter(`Type mismatch for Index Key ${name} Expected: ${type} Actual: ${actual} IndexName: ${index.name}`);
      }
    }
  }
}

function typeGiven(update: Update, name: string): string | undefined {
  const set = update.set.find(({ path }) => path.length === 1 && path[0] === name);
  if (set !== undefined) return knownType(set.source);
  const changed = [...update.add, ...update.delete].find(({ path }) => path.length === 1 && path[0] === name);
  return changed === undefined ? undefined : typeOf(changed.value);
}

/** What an update took from another attribute may not fit an index's key either. */
function checkUpdatedKeys(table: Table, update: Update, after: Item): void {
  for (const index of table.indexes) {
    for (const { name, type } of keyAttributes(index.key)) {
      const value = attribute(after, name);
      if (value === undefined || typeOf(value) === type || !update.targets.some(([head]) => head === name)) continue;
      throw invalid("The update expression attempted to update the secondary index key to unsupported type");
    }
  }
  checkIndexKeys(table, after);
}

/** Keys are scalars, so a path into one can only be a mistake. */
export function checkKeyPaths(table: Table, paths: readonly Path[]): void {
  const nested = paths.filter((path) => path.length > 1);
  if (nested.length === 0) return;
  const isNested = ({ name }: KeyAttribute) => nested.some(([head]) => head === name);
  const message = "Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed";
  const key = keyAttributes(table.key).find(isNested);
  if (key !== undefined) throw invalid(`${message}: Key: ${key.name}`);
  for (const index of table.indexes) {
    const indexKey = keyAttributes(index.key).find(isNested);
    if (indexKey !== undefined) throw invalid(`${message}: IndexKey: ${indexKey.name}`);
  }
}
