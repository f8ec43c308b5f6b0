import assert from "node:assert/strict";
import fc from "fast-check";
import type { Json, JsonObject } from "../../../local/json.ts";
import { TestEndpoint, tableInput } from "./endpoint.ts";

/** Items as a simple program would keep them, by their two keys. */
type Model = Map<string, JsonObject>;

const PARTITIONS = ["a", "b"];
const INDEXES = ["by-color", "by-color-size", "local-by-size"];

const key = fc.record({ id: fc.constantFrom(...PARTITIONS), sort: fc.constantFrom("1", "2", "3") });
const color = fc.constantFrom(undefined, "red", "blue");
const size = fc.constantFrom(undefined, "1", "20", "3.5");
const action = fc.oneof(
  fc.record({ kind: fc.constant("put" as const), key, color, size, guard: fc.boolean() }),
  fc.record({ kind: fc.constant("set" as const), key, color, size, guard: fc.boolean() }),
  fc.record({ kind: fc.constant("delete" as const), key, color, size, guard: fc.boolean() }),
);
type Action = typeof action extends fc.Arbitrary<infer T> ? T : never;

const TABLE = tableInput("things", "sort", {
  AttributeDefinitions: [
    { AttributeName: "id", AttributeType: "S" },
    { AttributeName: "sort", AttributeType: "S" },
    { AttributeName: "color", AttributeType: "S" },
    { AttributeName: "weight", AttributeType: "N" },
  ],
  LocalSecondaryIndexes: [{ IndexName: "local-by-size", KeySchema: keySchema("id", "weight"), Projection: { ProjectionType: "ALL" } }],
  GlobalSecondaryIndexes: [
    { IndexName: "by-color", KeySchema: keySchema("color"), Projection: { ProjectionType: "ALL" } },
    { IndexName: "by-color-size", KeySchema: keySchema("color", "weight"), Projection: { ProjectionType: "ALL" } },
  ],
});

function keySchema(hash: string, range?: string): JsonObject[] {
  const parts: JsonObject[] = [{ AttributeName: hash, KeyType: "HASH" }];
  return range === undefined ? parts : [...parts, { AttributeName: range, KeyType: "RANGE" }];
}

function itemOf({ key: { id, sort }, color: shade, size: weight }: Action): JsonObject {
  const item: JsonObject = { id: { S: id }, sort: { S: sort } };
  if (shade !== undefined) item.color = { S: shade };
  if (weight !== undefined) item.weight = { N: weight };
  return item;
}

async function act(endpoint: TestEndpoint, model: Model, step: Action): Promise<void> {
  const name = `${step.key.id}/${step.key.sort}`;
  const item = itemOf(step);
  const { id, sort, ...changes } = item;
  const condition: JsonObject = step.guard ? { ConditionExpression: "attribute_exists(id)" } : {};
  const Key = { id: id ?? null, sort: sort ?? null };
  const holds = !step.guard || model.has(name);
  const call = (operation: string, more: JsonObject) => endpoint.call(operation, { TableName: "things", ...condition, ...more });
  const calls = {
    put: () => call("PutItem", { Item: item }),
    delete: () => call("DeleteItem", { Key }),
    set: () => call("UpdateItem", { Key, ...updateOf(changes) }),
  };
  if (!holds) {
    await assert.rejects(calls[step.kind](), { code: "ConditionalCheckFailedException" });
    return;
  }
  await calls[step.kind]();
  if (step.kind === "put") model.set(name, item);
  else if (step.kind === "delete") model.delete(name);
  else model.set(name, changed(model.get(name) ?? Key, changes));
}

/** Sets what the step has and removes what it has not. */
function updateOf(changes: JsonObject): JsonObject {
  const names = Object.keys(changes);
  const gone = ["color", "weight"].filter((name) => !names.includes(name));
  const set = names.length === 0 ? "" : `SET ${names.map((name) => `${name} = :${name}`).join(", ")}`;
  const remove = gone.length === 0 ? "" : ` REMOVE ${gone.join(", ")}`;
  const update: JsonObject = { UpdateExpression: set + remove };
  if (names.length > 0) update.ExpressionAttributeValues = Object.fromEntries(names.map((name) => [`:${name}`, changes[name] ?? null]));
  return update;
}

function changed(item: JsonObject, changes: JsonObject): JsonObject {
  const { color: _, weight: __, ...rest } = item;
  return { ...rest, ...changes };
}

async function scanned(endpoint: TestEndpoint, more: JsonObject): Promise<string[]> {
  const found: string[] = [];
  for (let start: Json | undefined; ; ) {
    const page = await endpoint.call("Scan", {
      TableName: "things",
      Limit: 2,
      ...more,
      ...(start === undefined ? {} : { ExclusiveStartKey: start }),
    });
    assert.ok(Array.isArray(page.Items));
    found.push(...page.Items.map(canonical));
    start = page.LastEvaluatedKey;
    if (start === undefined) return found.sort();
  }
}

function canonical(item: Json): string {
  return JSON.stringify(Object.entries(item as JsonObject).sort());
}

describe("random programs of writes", () => {
  it("leave the table as a simple model says, and every index in agreement with it", async () => {
    const endpoint = new TestEndpoint();
    await fc.assert(
      fc.asyncProperty(fc.array(action, { maxLength: 30 }), async (program) => {
        // Prepare
        const model: Model = new Map();
        await endpoint.call("CreateTable", TABLE);
        // Act
        for (const step of program) await act(endpoint, model, step);
        // Assess
        const items = [...model.values()];
        const indexed: { [name: string]: JsonObject[] } = {
          "by-color": items.filter((item) => item.color !== undefined),
          "by-color-size": items.filter((item) => item.color !== undefined && item.weight !== undefined),
          "local-by-size": items.filter((item) => item.weight !== undefined),
        };
        assert.deepEqual(await scanned(endpoint, {}), items.map(canonical).sort());
        for (const IndexName of INDEXES) {
          assert.deepEqual(await scanned(endpoint, { IndexName }), indexed[IndexName]?.map(canonical).sort(), IndexName);
        }
        const { Table: table } = await endpoint.call("DescribeTable", { TableName: "things" });
        assert.equal((table as JsonObject).ItemCount, items.length);
        await endpoint.call("DeleteTable", { TableName: "things" });
      }),
      { numRuns: 60 },
    );
    endpoint.close();
  });
});
