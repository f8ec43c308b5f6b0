import type { JsonObject } from "../json.ts";
import { ACCOUNT } from "../service.ts";
import type { Counts } from "./counts.ts";
import { type Index, type KeySchema, keyAttributes, type Table, type Throughput, tableArn } from "./table.ts";

/** What an on-demand table can take at once from the first day. */
const ON_DEMAND: Throughput = { read: 12_000, write: 4_000 };

/** The TableDescription of an answer. `status` is ACTIVE except in the answer of the call that makes or changes the table. */
export function describeTable(table: Table, status: string, counts: Counts): JsonObject {
  const description: JsonObject = {
    AttributeDefinitions: table.attributes.map(({ name, type }) => ({ AttributeName: name, AttributeType: type })),
    TableName: table.name,
    KeySchema: describeKey(table.key),
    ...describeState(table, status, counts),
    CreationDateTime: table.createdAt / 1000,
  };
  const locals = table.indexes.filter(({ global }) => !global);
  const globals = table.indexes.filter(({ global }) => global);
  if (locals.length > 0) description.LocalSecondaryIndexes = locals.map((index) => describeIndex(table, index, counts));
  if (globals.length > 0) {
    description.GlobalSecondaryIndexes = globals.map((index) => describeGlobalIndex(table, index, status, counts));
  }
  if (table.onDemand) description.BillingModeSummary = describeBilling(table, status);
  if (table.tableClass !== undefined) description.TableClassSummary = { TableClass: table.tableClass };
  if (table.encrypted) {
    const key = `arn:aws:kms:${table.region}:${ACCOUNT}:key/alias/aws/dynamodb`;
    description.SSEDescription = { Status: "ENABLED", SSEType: "KMS", KMSMasterKeyArn: key };
  }
  if (status !== "CREATING") description.WarmThroughput = describeWarm(table.onDemand ? ON_DEMAND : table.throughput);
  return description;
}

/** The members that even DeleteTable answers. */
export function describeState(table: Table, status: string, counts: Counts): JsonObject {
  return {
    TableName: table.name,
    TableStatus: status,
    ProvisionedThroughput: describeThroughput(table.throughput),
    TableSizeBytes: counts.table.bytes,
    ItemCount: counts.table.items,
    TableArn: tableArn(table.region, table.name),
    TableId: table.uuid,
    DeletionProtectionEnabled: table.deletionProtection,
  };
}

function describeBilling(table: Table, status: string): JsonObject {
  const summary: JsonObject = { BillingMode: "PAY_PER_REQUEST" };
  if (status !== "CREATING" && table.onDemandSince !== undefined) summary.LastUpdateToPayPerRequestDateTime = table.onDemandSince / 1000;
  return summary;
}

function describeThroughput({ read, write }: Throughput): JsonObject {
  return { NumberOfDecreasesToday: 0, ReadCapacityUnits: read, WriteCapacityUnits: write };
}

function describeWarm({ read, write }: Throughput): JsonObject {
  return { ReadUnitsPerSecond: read, WriteUnitsPerSecond: write, Status: "ACTIVE" };
}

function describeKey(key: KeySchema): JsonObject[] {
  return keyAttributes(key).map(({ name }, position) => ({ AttributeName: name, KeyType: position === 0 ? "HASH" : "RANGE" }));
}

function describeIndex(table: Table, index: Index, counts: Counts): JsonObject {
  const { items } = counts.of(index);
  const projection: JsonObject = { ProjectionType: index.projection.type };
  if (index.projection.attributes.length > 0) projection.NonKeyAttributes = index.projection.attributes;
  return {
    IndexName: index.name,
    KeySchema: describeKey(index.key),
    Projection: projection,
    // Entries hold no copies of items, so an index has no size of its own; its share of the table's is told.
    IndexSizeBytes: counts.table.items === 0 ? 0 : Math.round((counts.table.bytes * items) / counts.table.items),
    ItemCount: items,
    IndexArn: `${tableArn(table.region, table.name)}/index/${index.name}`,
  };
}

function describeGlobalIndex(table: Table, index: Index, status: string, counts: Counts): JsonObject {
  const building = status === "CREATING" || index.building === true;
  const description: JsonObject = {
    ...describeIndex(table, index, counts),
    IndexStatus: building ? "CREATING" : "ACTIVE",
    ...(index.building === true ? { Backfilling: true } : {}),
    ProvisionedThroughput: describeThroughput(index.throughput),
  };
  if (!building) description.WarmThroughput = describeWarm(table.onDemand ? ON_DEMAND : index.throughput);
  return description;
}
