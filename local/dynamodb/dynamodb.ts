import type { JsonObject } from "../json.ts";
import type { Operation, Service } from "../service.ts";
import type { Store } from "../store.ts";
import { Catalogue } from "./catalogue.ts";
import { Items } from "./items.ts";
import { Queries } from "./operations/queries.ts";
import { Reads } from "./operations/reads.ts";
import { Tables } from "./operations/tables.ts";
import { Writes } from "./operations/writes.ts";

export type ItemOperation = (input: JsonObject, region: string) => JsonObject;

/**
 * DynamoDB on the endpoint's store. The operations on single items are there for other services too: called inside an
 * open write (`store.within`), they commit with whatever else that write does.
 */
export interface DynamoDb extends Service {
  readonly getItem: ItemOperation;
  readonly putItem: ItemOperation;
  readonly updateItem: ItemOperation;
  readonly deleteItem: ItemOperation;
}

export function createDynamoDb(store: Store, now: () => number = Date.now): DynamoDb {
  const catalogue = new Catalogue(store);
  const items = new Items(store, now);
  const tables = new Tables(catalogue, now);
  const reads = new Reads(catalogue, items);
  const writes = new Writes(catalogue, items);
  const queries = new Queries(store, catalogue);
  const getItem: ItemOperation = (input, region) => reads.getItem(input, region);
  const putItem: ItemOperation = (input, region) => writes.putItem(input, region);
  const updateItem: ItemOperation = (input, region) => writes.updateItem(input, region);
  const deleteItem: ItemOperation = (input, region) => writes.deleteItem(input, region);

  const reading = (work: ItemOperation): Operation => {
    return ({ input, region }) => store.read(() => work(input, region));
  };
  const writing = (work: ItemOperation): Operation => {
    return ({ input, region }) => store.write(() => work(input, region));
  };

  return {
    name: "dynamodb",
    target: "DynamoDB_20120810",
    json: "1.0",
    query: undefined,
    operations: new Map<string, Operation>([
      ["CreateTable", writing((input, region) => tables.createTable(input, region))],
      ["DeleteTable", writing((input, region) => tables.deleteTable(input, region))],
      ["DescribeTable", reading((input, region) => tables.describeTable(input, region))],
      ["ListTables", reading((input, region) => tables.listTables(input, region))],
      ["GetItem", reading(getItem)],
      ["PutItem", writing(putItem)],
      ["UpdateItem", writing(updateItem)],
      ["DeleteItem", writing(deleteItem)],
      ["Query", reading((input, region) => queries.query(input, region))],
    ]),
    getItem,
    putItem,
    updateItem,
    deleteItem,
  };
}
