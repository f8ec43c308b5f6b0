import type { JsonObject } from "../json.ts";
import type { Operation, Service } from "../service.ts";
import type { Store } from "../store.ts";
import { Catalogue } from "./catalogue.ts";
import { Counter } from "./counts.ts";
import { Items } from "./items.ts";
import { Batches } from "./operations/batches.ts";
import { Queries } from "./operations/queries.ts";
import { Reads } from "./operations/reads.ts";
import { describeEndpoints, describeLimits, Settings } from "./operations/settings.ts";
import { Tables } from "./operations/tables.ts";
import { Transactions } from "./operations/transactions.ts";
import { TableUpdates } from "./operations/update-table.ts";
import { Writes } from "./operations/writes.ts";
import { Sweeper } from "./sweeper.ts";

/** An operation as work on rows: it has to run inside a read or a write of the store. */
export type RowOperation = (input: JsonObject, region: string) => JsonObject;

/**
 * DynamoDB on the endpoint's store. The operations on single items are there for other services too: called inside an
 * open write (`store.within`), they commit with whatever else that write does.
 */
export interface DynamoDb extends Service {
  readonly getItem: RowOperation;
  readonly putItem: RowOperation;
  readonly updateItem: RowOperation;
  readonly deleteItem: RowOperation;
}

export function createDynamoDb(store: Store, now: () => number = Date.now): DynamoDb {
  const catalogue = new Catalogue(store);
  const items = new Items(store, now);
  const sweeper = new Sweeper(store, catalogue, items, now);
  const reads = new Reads(catalogue, items);
  const writes = new Writes(catalogue, items);
  const getItem: RowOperation = (input, region) => reads.getItem(input, region);
  const putItem: RowOperation = (input, region) => writes.putItem(input, region);
  const updateItem: RowOperation = (input, region) => writes.updateItem(input, region);
  const deleteItem: RowOperation = (input, region) => writes.deleteItem(input, region);
  return {
    name: "dynamodb",
    target: "DynamoDB_20120810",
    json: "1.0",
    query: undefined,
    operations: new Map<string, Operation>([
      ["GetItem", reading(store, getItem)],
      ["PutItem", writing(store, putItem)],
      ["UpdateItem", writing(store, updateItem)],
      ["DeleteItem", writing(store, deleteItem)],
      ...manyItemOperations(store, catalogue, items, now),
      ...tableOperations(store, catalogue, sweeper, now),
      ["DescribeLimits", () => describeLimits()],
      ["DescribeEndpoints", ({ origin }) => describeEndpoints(origin)],
    ]),
    start: () => sweeper.start(),
    stop: () => sweeper.stop(),
    getItem,
    putItem,
    updateItem,
    deleteItem,
  };
}

type Named = [name: string, operation: Operation];

function manyItemOperations(store: Store, catalogue: Catalogue, items: Items, now: () => number): Named[] {
  const queries = new Queries(store, catalogue);
  const batches = new Batches(catalogue, items);
  const transactions = new Transactions(store, catalogue, items, now);
  return [
    ["Query", reading(store, (input, region) => queries.query(input, region))],
    ["Scan", reading(store, (input, region) => queries.scan(input, region))],
    ["BatchGetItem", reading(store, (input, region) => batches.batchGetItem(input, region))],
    ["BatchWriteItem", writing(store, (input, region) => batches.batchWriteItem(input, region))],
    ["TransactGetItems", reading(store, (input, region) => transactions.transactGetItems(input, region))],
    ["TransactWriteItems", writing(store, (input, region) => transactions.transactWriteItems(input, region))],
  ];
}

function tableOperations(store: Store, catalogue: Catalogue, sweeper: Sweeper, now: () => number): Named[] {
  const tables = new Tables(catalogue, new Counter(store), now);
  const updates = new TableUpdates(catalogue, tables, sweeper, now);
  const settings = new Settings(catalogue, tables, sweeper, now);
  const deleteTable: RowOperation = (input, region) => {
    store.afterCommit(() => sweeper.wake());
    return tables.deleteTable(input, region);
  };
  return [
    ["CreateTable", writing(store, (input, region) => tables.createTable(input, region))],
    ["DeleteTable", writing(store, deleteTable)],
    ["DescribeTable", reading(store, (input, region) => tables.describeTable(input, region))],
    ["ListTables", reading(store, (input, region) => tables.listTables(input, region))],
    ["UpdateTable", writing(store, (input, region) => updates.updateTable(input, region))],
    ["UpdateTimeToLive", writing(store, (input, region) => settings.updateTimeToLive(input, region))],
    ["DescribeTimeToLive", reading(store, (input, region) => settings.describeTimeToLive(input, region))],
    ["UpdateContinuousBackups", writing(store, (input, region) => settings.updateContinuousBackups(input, region))],
    ["DescribeContinuousBackups", reading(store, (input, region) => settings.describeContinuousBackups(input, region))],
    ["TagResource", writing(store, (input) => settings.tagResource(input))],
    ["UntagResource", writing(store, (input) => settings.untagResource(input))],
    ["ListTagsOfResource", reading(store, (input) => settings.listTags(input))],
  ];
}

function reading(store: Store, work: RowOperation): Operation {
  return ({ input, region }) => store.read(() => work(input, region));
}

function writing(store: Store, work: RowOperation): Operation {
  return ({ input, region }) => store.write(() => work(input, region));
}
