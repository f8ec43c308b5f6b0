import assert from "node:assert/strict";
import type { JsonObject } from "../../../local/json.ts";
import { TestEndpoint, tableInput } from "./endpoint.ts";

describe("operations on many items", () => {
  let endpoint: TestEndpoint;

  beforeEach(async () => {
    endpoint = new TestEndpoint();
    await endpoint.call("CreateTable", tableInput("one"));
    await endpoint.call("CreateTable", tableInput("two"));
  });

  afterEach(() => endpoint.close());

  const get = async (TableName: string, id: string) => (await endpoint.call("GetItem", { TableName, Key: { id: { S: id } } })).Item;
  const put = (TableName: string, id: string, more: JsonObject = {}) =>
    endpoint.call("PutItem", { TableName, Item: { id: { S: id }, ...more } });
  const key = (id: string) => ({ id: { S: id } });

  describe("BatchWriteItem and BatchGetItem", () => {
    it("write and read items of several tables", async () => {
      await put("two", "old");
      const written = await endpoint.call("BatchWriteItem", {
        RequestItems: {
          one: [{ PutRequest: { Item: key("a") } }, { PutRequest: { Item: { ...key("b"), n: { N: "1" } } } }],
          two: [{ DeleteRequest: { Key: key("old") } }],
        },
      });
      assert.deepEqual(written, { UnprocessedItems: {} });
      const read = await endpoint.call("BatchGetItem", {
        RequestItems: { one: { Keys: [key("b"), key("none"), key("a")], ProjectionExpression: "n" }, two: { Keys: [key("old")] } },
      });
      assert.deepEqual(read, { Responses: { one: [{ n: { N: "1" } }, {}], two: [] }, UnprocessedKeys: {} });
    });

    it("leave for another call what exceeds 16 MB", async () => {
      const ids = Array.from({ length: 45 }, (_, index) => `id-${index}`);
      for (const id of ids) await put("one", id, { body: { S: "x".repeat(390_000) } });
      const RequestItems: JsonObject = { one: { Keys: ids.map(key) } };
      const { Responses: responses, UnprocessedKeys: left } = await endpoint.call("BatchGetItem", { RequestItems });
      assert.equal((responses as { one: JsonObject[] }).one.length, 43);
      assert.deepEqual(left, { one: { Keys: ids.slice(43).map(key) } });
    });

    const refusals: [string, string, JsonObject, string][] = [
      [
        "a key twice",
        "BatchWriteItem",
        { one: [{ PutRequest: { Item: key("a") } }, { DeleteRequest: { Key: key("a") } }] },
        "Provided list of item keys contains duplicates",
      ],
      ["a key twice", "BatchGetItem", { one: { Keys: [key("a"), key("a")] } }, "Provided list of item keys contains duplicates"],
      [
        "an item without its key",
        "BatchWriteItem",
        { one: [{ PutRequest: { Item: { other: { S: "a" } } } }] },
        "The provided key element does not match the schema",
      ],
      [
        "too many items",
        "BatchWriteItem",
        Object.fromEntries(
          ["one", "two"].map((name) => [name, Array.from({ length: 13 }, (_, n) => ({ DeleteRequest: { Key: key(`${n}`) } }))]),
        ),
        "Too many items requested for the BatchWriteItem call",
      ],
      [
        "too many keys",
        "BatchGetItem",
        Object.fromEntries(["one", "two"].map((name) => [name, { Keys: Array.from({ length: 51 }, (_, n) => key(`${n}`)) }])),
        "Too many items requested for the BatchGetItem call",
      ],
    ];
    for (const [what, operation, RequestItems, message] of refusals) {
      it(`refuse ${what} (${operation})`, async () => {
        const error = await endpoint.refused(operation, { RequestItems });
        assert.deepEqual([error.code, error.message], ["ValidationException", message]);
      });
    }

    it("write nothing of a batch that is refused", async () => {
      const RequestItems = { one: [{ PutRequest: { Item: key("a") } }], two: [{ PutRequest: { Item: {} } }] };
      await endpoint.refused("BatchWriteItem", { RequestItems });
      assert.equal(await get("one", "a"), undefined);
    });
  });

  describe("TransactWriteItems", () => {
    const transact = (TransactItems: JsonObject[], more: JsonObject = {}) => ({ TransactItems, ...more });

    it("carries out all of its parts", async () => {
      await put("one", "checked", { n: { N: "1" } });
      await put("two", "gone");
      const answer = await endpoint.call(
        "TransactWriteItems",
        transact([
          { Put: { TableName: "one", Item: key("put") } },
          {
            Update: {
              TableName: "one",
              Key: key("made"),
              UpdateExpression: "ADD n :n",
              ExpressionAttributeValues: { ":n": { N: "2" } },
            },
          },
          { Delete: { TableName: "two", Key: key("gone") } },
          { ConditionCheck: { TableName: "one", Key: key("checked"), ConditionExpression: "attribute_exists(n)" } },
        ]),
      );
      assert.deepEqual(answer, {});
      assert.deepEqual(await get("one", "put"), key("put"));
      assert.deepEqual(await get("one", "made"), { ...key("made"), n: { N: "2" } });
      assert.equal(await get("two", "gone"), undefined);
    });

    it("carries out none of them when one condition fails, and says for each why", async () => {
      await put("one", "there", { n: { N: "1" } });
      const error = await endpoint.refused(
        "TransactWriteItems",
        transact([
          { Put: { TableName: "one", Item: key("new") } },
          {
            Put: {
              TableName: "one",
              Item: key("there"),
              ConditionExpression: "attribute_not_exists(id)",
              ReturnValuesOnConditionCheckFailure: "ALL_OLD",
            },
          },
          { Put: { TableName: "one", Item: { wrong: { S: "key" } } } },
        ]),
      );
      assert.equal(error.code, "TransactionCanceledException");
      assert.equal(
        error.message,
        "Transaction cancelled, please refer cancellation reasons for specific reasons [None, ConditionalCheckFailed, ValidationError]",
      );
      assert.deepEqual(error.members, {
        CancellationReasons: [
          { Code: "None" },
          { Code: "ConditionalCheckFailed", Message: "The conditional request failed", Item: { ...key("there"), n: { N: "1" } } },
          { Code: "ValidationError", Message: "One or more parameter values were invalid: Missing the key id in the item" },
        ],
      });
      assert.equal(await get("one", "new"), undefined);
    });

    it("is carried out once for one client token, and refused with other parameters", async () => {
      await put("one", "counter", { n: { N: "0" } });
      const add = (n: string) => ({
        Update: { TableName: "one", Key: key("counter"), UpdateExpression: "ADD n :n", ExpressionAttributeValues: { ":n": { N: n } } },
      });
      const once = transact([add("1")], { ClientRequestToken: "token" });
      assert.deepEqual(await endpoint.call("TransactWriteItems", once), {});
      endpoint.restart();
      assert.deepEqual(await endpoint.call("TransactWriteItems", once), {});
      assert.deepEqual(await get("one", "counter"), { ...key("counter"), n: { N: "1" } });
      const other = await endpoint.refused("TransactWriteItems", transact([add("2")], { ClientRequestToken: "token" }));
      assert.equal(other.code, "IdempotentParameterMismatchException");
      endpoint.now += 601_000;
      await endpoint.call("TransactWriteItems", once);
      assert.deepEqual(await get("one", "counter"), { ...key("counter"), n: { N: "2" } });
    });

    it("tells that it wrote, and sent again that it only read", async () => {
      // Prepare
      const put = { Put: { TableName: "one", Item: { ...key("a"), body: { S: "x".repeat(1_500) } } } };
      const once = transact([put], { ClientRequestToken: "token", ReturnConsumedCapacity: "INDEXES" });
      // Act
      const [first, second] = [await endpoint.call("TransactWriteItems", once), await endpoint.call("TransactWriteItems", once)];
      // Assess
      const wrote = { CapacityUnits: 4, WriteCapacityUnits: 4 };
      const read = { CapacityUnits: 2, ReadCapacityUnits: 2 };
      assert.deepEqual(first, { ConsumedCapacity: [{ TableName: "one", ...wrote, Table: wrote }] });
      assert.deepEqual(second, { ConsumedCapacity: [{ TableName: "one", ...read, Table: read }] });
    });

    it("is the same under its client token in whatever order its members come", async () => {
      const [one, two] = [{ N: "1" }, { N: "2" }];
      const once = (Item: JsonObject) => transact([{ Put: { TableName: "one", Item } }], { ClientRequestToken: "token" });
      await endpoint.call("TransactWriteItems", once({ ...key("a"), m: { M: { x: one, y: two } }, l: { L: [one, two] } }));
      await endpoint.call("TransactWriteItems", once({ l: { L: [one, two] }, m: { M: { y: two, x: one } }, ...key("a") }));
      const turned = once({ ...key("a"), m: { M: { x: one, y: two } }, l: { L: [two, one] } });
      assert.equal((await endpoint.refused("TransactWriteItems", turned)).code, "IdempotentParameterMismatchException");
    });

    it("does not remember the token of a transaction that was cancelled", async () => {
      const create = transact([{ Put: { TableName: "one", Item: key("a"), ConditionExpression: "attribute_exists(id)" } }], {
        ClientRequestToken: "token",
      });
      await endpoint.refused("TransactWriteItems", create);
      await put("one", "a", { n: { N: "1" } });
      await endpoint.call("TransactWriteItems", create);
      assert.deepEqual(await get("one", "a"), key("a"));
    });

    const refusals: [string, JsonObject[], string, string][] = [
      [
        "one item twice",
        [{ Put: { TableName: "one", Item: key("a") } }, { Delete: { TableName: "one", Key: key("a") } }],
        "ValidationException",
        "Transaction request cannot include multiple operations on one item",
      ],
      [
        "a table that is not there",
        [{ Put: { TableName: "nope", Item: key("a") } }],
        "ResourceNotFoundException",
        "Requested resource not found",
      ],
      [
        "two actions in one part",
        [{ Put: { TableName: "one", Item: key("a") }, Delete: { TableName: "one", Key: key("b") } }],
        "ValidationException",
        "TransactItems can only contain one of Check, Put, Update or Delete",
      ],
      [
        "an expression with a mistake",
        [{ Delete: { TableName: "one", Key: key("a"), ConditionExpression: "nope" } }],
        "ValidationException",
        'Invalid ConditionExpression: Syntax error; token: "<EOF>", near: "nope"',
      ],
    ];
    for (const [what, items, code, message] of refusals) {
      it(`refuses ${what}`, async () => {
        const error = await endpoint.refused("TransactWriteItems", transact(items));
        assert.deepEqual([error.code, error.message], [code, message]);
      });
    }
  });

  describe("TransactGetItems", () => {
    it("gives the items in the order asked for, with nothing for one that is not there", async () => {
      await put("one", "a", { n: { N: "1" } });
      await put("two", "b");
      const answer = await endpoint.call("TransactGetItems", {
        TransactItems: [
          { Get: { TableName: "two", Key: key("b") } },
          { Get: { TableName: "one", Key: key("none") } },
          { Get: { TableName: "one", Key: key("a"), ProjectionExpression: "n" } },
        ],
        ReturnConsumedCapacity: "TOTAL",
      });
      assert.deepEqual(answer, {
        Responses: [{ Item: key("b") }, {}, { Item: { n: { N: "1" } } }],
        ConsumedCapacity: [
          { TableName: "two", CapacityUnits: 2, ReadCapacityUnits: 2 },
          { TableName: "one", CapacityUnits: 4, ReadCapacityUnits: 4 },
        ],
      });
    });

    it("is cancelled where a key does not fit", async () => {
      const error = await endpoint.refused("TransactGetItems", { TransactItems: [{ Get: { TableName: "one", Key: {} } }] });
      assert.deepEqual(error.members, {
        CancellationReasons: [{ Code: "ValidationError", Message: "The provided key element does not match the schema" }],
      });
    });
  });
});
