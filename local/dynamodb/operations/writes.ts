import { isObject, type JsonObject } from "../../json.ts";
import { addWrite, consumedCapacity, noneConsumed } from "../capacity.ts";
import type { Catalogue } from "../catalogue.ts";
import { tableName } from "../catalogue.ts";
import { conditionFailed, invalid, invalidParameter, notFound } from "../errors.ts";
import { applyUpdate } from "../expressions/apply.ts";
import { type Condition, pathsOf } from "../expressions/condition.ts";
import { matches } from "../expressions/matches.ts";
import { project } from "../expressions/paths.ts";
import { type Path, Placeholders } from "../expressions/placeholders.ts";
import { checkStyle, updateOf, writeCondition } from "../expressions/request.ts";
import { knownType, type Update, updatePaths } from "../expressions/update.ts";
import type { Items, StoredItem } from "../items.ts";
import { checkIndexKeys, checkItemKeys, parseKey, type RowKey, rowKey } from "../keys.ts";
import { checkShape } from "../shape.ts";
import { DELETE_ITEM, PUT_ITEM, UPDATE_ITEM } from "../shapes.ts";
import { keyAttributes, type Table } from "../table.ts";
import { type Item, parseItem, typeOf } from "../value.ts";

export const ITEM_TOO_LARGE = "Item size has exceeded the maximum allowed size";
export const UPDATE_TOO_LARGE = "Item size to update has exceeded the maximum allowed size";

/** A write that has been read and checked as far as can be without the item that is there. */
export interface PreparedWrite {
  readonly table: Table;
  readonly key: RowKey;
  readonly condition: Condition | undefined;
  readonly input: JsonObject;
  readonly action: WriteAction;
}

export type WriteAction =
  | { readonly kind: "put"; readonly item: Item }
  | { readonly kind: "update"; readonly key: Item; readonly update: Update }
  | { readonly kind: "delete" }
  | { readonly kind: "check" };

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
    const item = parseItem(objectOf(input, "Item"));
    checkStyle(input, ["ConditionExpression"], ["Expected"]);
    const { ReturnValues: wanted } = input;
    if (wanted !== undefined && wanted !== "ALL_OLD" && wanted !== "NONE") throw invalid("ReturnValues can only be ALL_OLD or NONE");
    return this.#answer(this.preparePut(input, item, region));
  }

  deleteItem(input: JsonObject, region: string): JsonObject {
    checkShape(DELETE_ITEM, input);
    checkStyle(input, ["ConditionExpression"], ["Expected"]);
    const { ReturnValues: wanted } = input;
    if (wanted !== undefined && wanted !== "ALL_OLD" && wanted !== "NONE") throw invalid("ReturnValues can only be ALL_OLD or NONE");
    return this.#answer(this.prepareKeyed(input, { kind: "delete" }, region));
  }

  updateItem(input: JsonObject, region: string): JsonObject {
    checkShape(UPDATE_ITEM, input);
    checkStyle(input, ["UpdateExpression", "ConditionExpression"], ["AttributeUpdates", "Expected"]);
    return this.#answer(this.prepareUpdate(input, region));
  }

  preparePut(input: JsonObject, item: Item, region: string): PreparedWrite {
    const condition = bindCondition(input);
    const table = this.table(input, region);
    checkItemKeys(table, item);
    checkKeyPaths(table, condition === undefined ? [] : pathsOf(condition));
    return { table, key: rowKey(table.key, item), condition, input, action: { kind: "put", item } };
  }

  prepareKeyed(input: JsonObject, action: WriteAction, region: string): PreparedWrite {
    const condition = bindCondition(input);
    const table = this.table(input, region);
    const key = rowKey(table.key, parseKey(table, objectOf(input, "Key")));
    checkKeyPaths(table, condition === undefined ? [] : pathsOf(condition));
    return { table, key, condition, input, action };
  }

  prepareUpdate(input: JsonObject, region: string): PreparedWrite {
    const placeholders = new Placeholders(input);
    const update = updateOf(input, placeholders);
    const condition = writeCondition(input, placeholders);
    placeholders.checkAllUsed();
    const table = this.table(input, region);
    const key = parseKey(table, objectOf(input, "Key"));
    checkUpdate(table, update);
    checkKeyPaths(table, [...updatePaths(update), ...(condition === undefined ? [] : pathsOf(condition))]);
    return { table, key: rowKey(table.key, key), condition, input, action: { kind: "update", key, update } };
  }

  table(input: JsonObject, region: string): Table {
    return this.#catalogue.get(tableName(input), region, notFound());
  }

  find({ table, key }: PreparedWrite): StoredItem | undefined {
    return this.#items.find(table, key);
  }

  /** Carries out a write whose condition holds. `before` is what `find` found. */
  carryOut({ table, key, action }: PreparedWrite, before: StoredItem | undefined): Item | undefined {
    if (action.kind === "check") return before?.item;
    if (action.kind === "delete") {
      if (before !== undefined) this.#items.remove(table, key, before);
      return undefined;
    }
    if (action.kind === "put") {
      this.#items.put(table, key, before, action.item, ITEM_TOO_LARGE);
      return action.item;
    }
    const after = applyUpdate(action.update, before?.item ?? action.key);
    checkUpdatedKeys(table, action.update, after);
    this.#items.put(table, key, before, after, UPDATE_TOO_LARGE);
    return after;
  }

  #answer(write: PreparedWrite): JsonObject {
    const before = this.find(write);
    const { condition, input, table } = write;
    if (condition !== undefined && !matches(condition, before?.item ?? {})) {
      throw conditionFailed(input.ReturnValuesOnConditionCheckFailure === "ALL_OLD" ? before?.item : undefined);
    }
    const after = this.carryOut(write, before);
    const answer: JsonObject = {};
    const attributes = returned(write, before, after);
    if (attributes !== undefined) answer.Attributes = attributes;
    if (input.ReturnConsumedCapacity === undefined || input.ReturnConsumedCapacity === "NONE") return answer;
    const consumed = noneConsumed();
    addWrite(consumed, table, before?.item, after, 1);
    const capacity = consumedCapacity(input, table, consumed);
    if (capacity !== undefined) answer.ConsumedCapacity = capacity;
    return answer;
  }
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
function returned({ input, action }: PreparedWrite, before: StoredItem | undefined, after: Item | undefined): Item | undefined {
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
      const value = after[name];
      if (value === undefined || typeOf(value) === type || !update.targets.some(([head]) => head === name)) continue;
      throw invalid("The update expression attempted to update the secondary index key to unsupported type");
    }
  }
  checkIndexKeys(table, after);
}

/** Keys are scalars, so a path into one can only be a mistake. */
export function checkKeyPaths(table: Table, paths: readonly Path[]): void {
  const nested = new Set(paths.filter((path) => path.length > 1).map(([head]) => head));
  if (nested.size === 0) return;
  const message = "Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed";
  for (const { name } of keyAttributes(table.key)) if (nested.has(name)) throw invalid(`${message}: Key: ${name}`);
  for (const index of table.indexes) {
    for (const { name } of keyAttributes(index.key)) if (nested.has(name)) throw invalid(`${message}: IndexKey: ${name}`);
  }
}
