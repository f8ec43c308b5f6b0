import { AwsError } from "../../errors.ts";
import type { JsonObject } from "../../json.ts";
import type { Catalogue } from "../catalogue.ts";
import { checkAllUsed, objects, parseAttributes, parseGlobalIndex, parseThroughput } from "../definition.ts";
import { describeTable } from "../description.ts";
import { invalid, invalidParameter, limitExceeded, notFound } from "../errors.ts";
import { checkShape } from "../shape.ts";
import type { Sweeper } from "../sweeper.ts";
import { type Index, type KeyAttribute, keyAttributes, type Table, type Throughput } from "../table.ts";
import { UPDATE_TABLE } from "../table-shapes.ts";
import { refuseUncovered, type Tables } from "./tables.ts";
import { objectOf } from "./writes.ts";

const CHANGES = [
  "ProvisionedThroughput",
  "BillingMode",
  "GlobalSecondaryIndexUpdates",
  "SSESpecification",
  "StreamSpecification",
  "DeletionProtectionEnabled",
  "TableClass",
  "OnDemandThroughput",
  "ReplicaUpdates",
];

export class TableUpdates {
  readonly #catalogue: Catalogue;
  readonly #tables: Tables;
  readonly #sweeper: Sweeper;
  readonly #now: () => number;

  constructor(catalogue: Catalogue, tables: Tables, sweeper: Sweeper, now: () => number) {
    this.#catalogue = catalogue;
    this.#tables = tables;
    this.#sweeper = sweeper;
    this.#now = now;
  }

  updateTable(input: JsonObject, region: string): JsonObject {
    checkShape(UPDATE_TABLE, input);
    checkChanges(input);
    refuseUncovered(input);
    const current = this.#tables.named({ TableName: input.TableName ?? null }, region);
    const table = withIndexes(withSettings(withBilling(current, input, this.#now()), input), input);
    const made = table.indexes.filter(({ id }) => id === 0);
    const dropped = current.indexes.filter(({ name }) => !table.indexes.some((index) => index.name === name));
    for (const index of made) index.id = this.#catalogue.newOwner();
    for (const index of dropped) this.#catalogue.drop(index.id);
    this.#catalogue.save(table);
    const description = describeTable(table, "UPDATING", this.#tables.counts(table));
    for (const index of made) {
      this.#catalogue.addChore("enter", index.id, table.id);
      this.#sweeper.begin(index.id, "enter", table);
    }
    this.#sweeper.wake();
    return { TableDescription: description };
  }
}

function checkChanges(input: JsonObject): void {
  if (CHANGES.every((member) => input[member] === undefined || input[member] === null)) {
    throw invalid(
      "At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, GlobalSecondaryIndexUpdates or SSESpecification or ReplicaUpdates is required",
    );
  }
  if (input.BillingMode === "PROVISIONED" && input.ProvisionedThroughput === undefined) {
    throw invalidParameter("ProvisionedThroughput must be specified when BillingMode is PROVISIONED");
  }
}

function withBilling(table: Table, input: JsonObject, now: number): Table {
  if (input.BillingMode === undefined && input.ProvisionedThroughput === undefined) return table;
  const onDemand = input.BillingMode === undefined ? table.onDemand : input.BillingMode === "PAY_PER_REQUEST";
  const throughput = parseThroughput(input.ProvisionedThroughput, onDemand);
  if (!onDemand && !table.onDemand) checkDiffers(table.throughput, throughput, input);
  const { onDemandSince: _, ...rest } = table;
  if (!onDemand) return { ...rest, onDemand, throughput };
  const none: Throughput = { read: 0, write: 0 };
  const indexes = table.indexes.map((index) => ({ ...index, throughput: none }));
  return { ...rest, onDemand, throughput, indexes, onDemandSince: table.onDemandSince ?? now };
}

function checkDiffers(current: Throughput, wanted: Throughput, input: JsonObject): void {
  if (current.read !== wanted.read || current.write !== wanted.write || input.GlobalSecondaryIndexUpdates !== undefined) return;
  throw invalid(
    `The provisioned throughput for the table will not change. The requested value equals the current value. Current ReadCapacityUnits provisioned for the table: ${current.read}. Requested ReadCapacityUnits: ${wanted.read}. Current WriteCapacityUnits provisioned for the table: ${current.write}. Requested WriteCapacityUnits: ${wanted.write}. Refer to the Amazon DynamoDB Developer Guide for current limits and how to request higher limits.`,
  );
}

function withSettings(table: Table, input: JsonObject): Table {
  const changed = { ...table };
  if (typeof input.DeletionProtectionEnabled === "boolean") changed.deletionProtection = input.DeletionProtectionEnabled;
  if (typeof input.TableClass === "string") changed.tableClass = input.TableClass;
  const { Enabled: encrypted } = objectOf(input, "SSESpecification");
  if (typeof encrypted === "boolean") changed.encrypted = encrypted;
  return changed;
}

function withIndexes(table: Table, input: JsonObject): Table {
  const updates = objects(input.GlobalSecondaryIndexUpdates);
  if (updates.length === 0) return table;
  checkUpdates(updates);
  const attributes = mergedAttributes(table, parseAttributes(input.AttributeDefinitions));
  const indexes = updates.reduce<Index[]>((result, update) => withIndexUpdate(table, result, update, attributes), table.indexes);
  const keys = [table.key, ...indexes.map(({ key }) => key)];
  const used = new Set(keys.flatMap(keyAttributes).map(({ name }) => name));
  if (objects(input.AttributeDefinitions).length > 0 && updates.some(({ Create }) => Create !== undefined)) {
    checkAllUsed(
      attributes.filter(({ name }) => !table.attributes.some((known) => known.name === name)),
      keys,
    );
  }
  return { ...table, indexes, attributes: attributes.filter(({ name }) => used.has(name)) };
}

function checkUpdates(updates: readonly JsonObject[]): void {
  const names = new Set<string>();
  for (const update of updates) {
    const action = [update.Update, update.Create, update.Delete].find((candidate) => candidate !== undefined && candidate !== null);
    if (action === undefined) {
      throw invalidParameter(
        "One of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, GlobalSecondaryIndexUpdate.Delete must not be null",
      );
    }
    const name = indexName(update);
    if (names.has(name)) {
      throw invalidParameter(`Only one global secondary index update per index is allowed simultaneously. Index: ${name}`);
    }
    names.add(name);
  }
  if (updates.filter(({ Create, Delete }) => Create !== undefined || Delete !== undefined).length > 1) {
    throw limitExceeded("Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table");
  }
}

function indexName(update: JsonObject): string {
  const [action] = ["Update", "Create", "Delete"].map((kind) => objectOf(update, kind)).filter(({ IndexName }) => IndexName !== undefined);
  return String(action?.IndexName);
}

function mergedAttributes(table: Table, given: readonly KeyAttribute[]): KeyAttribute[] {
  const known = new Set(given.map(({ name }) => name));
  return [...table.attributes.filter(({ name }) => !known.has(name)), ...given];
}

function withIndexUpdate(table: Table, indexes: Index[], update: JsonObject, attributes: readonly KeyAttribute[]): Index[] {
  const name = indexName(update);
  const existing = indexes.find((index) => index.global && index.name === name);
  if (update.Create !== undefined && update.Create !== null) {
    if (indexes.some((index) => index.name === name)) throw invalid("Attempting to create an index which already exists");
    return [...indexes, { id: 0, building: true, ...parseGlobalIndex(objectOf(update, "Create"), attributes, table.onDemand) }];
  }
  if (existing === undefined) throw notFound();
  if (existing.building === true) {
    throw new AwsError("ResourceInUseException", `Attempt to change a resource which is still in use: Index is being created: ${name}`);
  }
  if (update.Delete !== undefined && update.Delete !== null) return indexes.filter((index) => index !== existing);
  const { ProvisionedThroughput: wanted } = objectOf(update, "Update");
  const throughput = wanted === undefined ? existing.throughput : parseThroughput(wanted, table.onDemand);
  return indexes.map((index) => (index === existing ? { ...index, throughput } : index));
}
