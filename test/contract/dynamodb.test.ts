import assert from "node:assert/strict";
import {
  type AttributeValue,
  BatchGetItemCommand,
  BatchWriteItemCommand,
  ConditionalCheckFailedException,
  CreateTableCommand,
  DeleteItemCommand,
  DeleteTableCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ResourceNotFoundException,
  ScanCommand,
  TransactGetItemsCommand,
  TransactionCanceledException,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { awsExpects, whereLocalStack } from "./support/deviations.ts";
import { aws, uniqueName } from "./support/endpoint.ts";

describe("DynamoDB items, by the AWS SDK", () => {
  const TableName = uniqueName("items");
  const send = () => aws().dynamodb;

  before(async () => {
    await send().send(
      new CreateTableCommand({
        TableName,
        BillingMode: "PAY_PER_REQUEST",
        AttributeDefinitions: [
          { AttributeName: "id", AttributeType: "S" },
          { AttributeName: "moment", AttributeType: "N" },
          { AttributeName: "kind", AttributeType: "S" },
        ],
        KeySchema: [
          { AttributeName: "id", KeyType: "HASH" },
          { AttributeName: "moment", KeyType: "RANGE" },
        ],
        GlobalSecondaryIndexes: [
          {
            IndexName: "by-kind",
            KeySchema: [
              { AttributeName: "kind", KeyType: "HASH" },
              { AttributeName: "moment", KeyType: "RANGE" },
            ],
            Projection: { ProjectionType: "ALL" },
          },
        ],
      }),
    );
  });

  after(() => send().send(new DeleteTableCommand({ TableName })));

  const keyOf = (id: string, moment = "1") => ({ id: { S: id }, moment: { N: moment } });
  const put = (Item: Record<string, AttributeValue>) => send().send(new PutItemCommand({ TableName, Item }));
  const get = async (id: string, moment?: string) =>
    (await send().send(new GetItemCommand({ TableName, Key: keyOf(id, moment), ConsistentRead: true }))).Item;

  it("come back as they were put, with every type in them", async () => {
    const item: Record<string, AttributeValue> = {
      ...keyOf("types"),
      text: { S: "héllo \u{1f600}" },
      empty: { S: "" },
      exact: { N: "12345678901234567890123456789012345678" },
      bytes: { B: Uint8Array.from([0, 1, 255]) },
      yes: { BOOL: true },
      nothing: { NULL: true },
      nested: { L: [{ M: { deep: { L: [{ N: "-0.5" }] } } }, { S: "x" }] },
    };
    await put(item);
    assert.deepEqual(await get("types"), item);
    assert.equal(await get("none"), undefined);
  });

  it("spell numbers in one way", async () => {
    await put({ ...keyOf("numbers"), n: { N: "0012.3400" }, e: { N: "1.5e3" }, s: { NS: ["1.0", "2"] } });
    const item = await get("numbers", "1.00");
    assert.deepEqual([item?.n, item?.e], [{ N: "12.34" }, { N: "1500" }]);
    assert.deepEqual([...(item?.s?.NS ?? [])].sort(), ["1", "2"]);
  });

  it("are written only where a condition holds, and the one in the way is told when asked", async () => {
    const once = { TableName, Item: keyOf("once"), ConditionExpression: "attribute_not_exists(id)" };
    await send().send(new PutItemCommand(once));
    const again = new PutItemCommand({ ...once, ReturnValuesOnConditionCheckFailure: "ALL_OLD" });
    await assert.rejects(send().send(again), (error) => {
      assert.ok(error instanceof ConditionalCheckFailedException);
      assert.equal(error.message, "The conditional request failed");
      assert.deepEqual(error.Item, keyOf("once"));
      return true;
    });
  });

  it("are updated by expressions, and give back what was asked for", async () => {
    await put({
      ...keyOf("update"),
      n: { N: "1" },
      l: { L: [{ S: "a" }, { S: "b" }, { S: "c" }] },
      former: { S: "x" },
      tags: { SS: ["x", "y"] },
    });
    const { Attributes: attributes } = await send().send(
      new UpdateItemCommand({
        TableName,
        Key: keyOf("update"),
        UpdateExpression:
          "SET #n = #n + :n, made = if_not_exists(made, :s), l[0] = :s REMOVE l[1], l[2], former ADD hits :n DELETE tags :gone",
        ExpressionAttributeNames: { "#n": "n" },
        ExpressionAttributeValues: { ":n": { N: "41" }, ":s": { S: "new" }, ":gone": { SS: ["x"] } },
        ReturnValues: "ALL_NEW",
      }),
    );
    assert.deepEqual(attributes, {
      ...keyOf("update"),
      n: { N: "42" },
      l: { L: [{ S: "new" }] },
      made: { S: "new" },
      hits: { N: "41" },
      tags: { SS: ["y"] },
    });
  });

  it("give back only what an update changed", async () => {
    await put({ ...keyOf("changed"), a: { N: "1" }, b: { N: "2" } });
    const input = {
      TableName,
      Key: keyOf("changed"),
      UpdateExpression: "SET a = :n, c = :n",
      ExpressionAttributeValues: { ":n": { N: "5" } },
    };
    const newer = await send().send(new UpdateItemCommand({ ...input, ReturnValues: "UPDATED_NEW" }));
    assert.deepEqual(newer.Attributes, { a: { N: "5" }, c: { N: "5" } });
    const older = await send().send(new UpdateItemCommand({ ...input, ReturnValues: "UPDATED_OLD" }));
    assert.deepEqual(older.Attributes, { a: { N: "5" }, c: { N: "5" } });
  });

  it("are deleted, and given back when asked", async () => {
    await put({ ...keyOf("deleted"), a: { N: "1" } });
    const command = new DeleteItemCommand({ TableName, Key: keyOf("deleted"), ReturnValues: "ALL_OLD" });
    assert.deepEqual((await send().send(command)).Attributes, { ...keyOf("deleted"), a: { N: "1" } });
    assert.equal((await send().send(command)).Attributes, undefined);
  });

  describe("queried", () => {
    const moments = ["-20", "-3.5", "0", "2", "10"];

    before(async () => {
      for (const moment of ["2", "-20", "10", "0", "-3.5"]) {
        const kind: Record<string, AttributeValue> = moment === "0" ? {} : { kind: { S: "queried" } };
        await put({ ...keyOf("query", moment), ...kind, parity: { N: moment } });
      }
    });

    async function query(more: Partial<QueryCommand["input"]>): Promise<(string | undefined)[]> {
      const found: (string | undefined)[] = [];
      let start: Record<string, AttributeValue> | undefined;
      do {
        const input = { TableName, KeyConditionExpression: "id = :id", ExpressionAttributeValues: { ":id": { S: "query" } }, ...more };
        const page = await send().send(new QueryCommand(start === undefined ? input : { ...input, ExclusiveStartKey: start }));
        found.push(...(page.Items ?? []).map(({ moment }) => moment?.N));
        start = page.LastEvaluatedKey;
      } while (start !== undefined);
      return found;
    }

    it("come in the order of their numbers, either way, whole or page by page", async () => {
      assert.deepEqual(await query({}), moments);
      assert.deepEqual(await query({ ScanIndexForward: false, Limit: 2 }), moments.toReversed());
    });

    it("are found by a range of their sort key", async () => {
      const ExpressionAttributeValues = { ":id": { S: "query" }, ":low": { N: "-3.5" }, ":high": { N: "2" } };
      const between = { KeyConditionExpression: "id = :id AND moment BETWEEN :low AND :high", ExpressionAttributeValues };
      assert.deepEqual(await query(between), ["-3.5", "0", "2"]);
    });

    it("are found by an index, which leaves out those without its key", async () => {
      const byKind = { IndexName: "by-kind", KeyConditionExpression: "kind = :k", ExpressionAttributeValues: { ":k": { S: "queried" } } };
      assert.deepEqual(await query({ ...byKind, Limit: 1 }), ["-20", "-3.5", "2", "10"]);
    });

    it("pass a filter after they were read", async () => {
      const page = await send().send(
        new QueryCommand({
          TableName,
          KeyConditionExpression: "id = :id",
          FilterExpression: "parity > :zero",
          ExpressionAttributeValues: { ":id": { S: "query" }, ":zero": { N: "0" } },
          Select: "COUNT",
        }),
      );
      assert.deepEqual([page.Count, page.ScannedCount, page.Items], [2, 5, undefined]);
    });

    it("are scanned in segments that together hold each once", async () => {
      const segments = await Promise.all(
        [0, 1, 2].map((Segment) =>
          send().send(new ScanCommand({ TableName, Segment, TotalSegments: 3, ProjectionExpression: "id, moment" })),
        ),
      );
      const keys = segments.flatMap(({ Items: items }) => items ?? []).map(({ id, moment }) => `${id?.S}/${moment?.N}`);
      assert.equal(new Set(keys).size, keys.length);
      for (const moment of moments) assert.ok(keys.includes(`query/${moment}`));
    });
  });

  describe("in batches and transactions", () => {
    it("are written and read together", async () => {
      const ids = ["batch-1", "batch-2"];
      const written = await send().send(
        new BatchWriteItemCommand({ RequestItems: { [TableName]: ids.map((id) => ({ PutRequest: { Item: keyOf(id) } })) } }),
      );
      assert.deepEqual(written.UnprocessedItems, {});
      const read = await send().send(
        new BatchGetItemCommand({ RequestItems: { [TableName]: { Keys: [...ids, "batch-none"].map((id) => keyOf(id)) } } }),
      );
      assert.deepEqual((read.Responses?.[TableName] ?? []).map(({ id }) => id?.S).sort(), ids);
      assert.deepEqual(read.UnprocessedKeys, {});
    });

    it("are all written, or none, with the reason for each", async () => {
      await put({ ...keyOf("transaction"), n: { N: "1" } });
      const guarded = { TableName, Item: keyOf("transaction"), ConditionExpression: "attribute_not_exists(id)" };
      const command = new TransactWriteItemsCommand({
        TransactItems: [
          { Put: { ...guarded, ReturnValuesOnConditionCheckFailure: "ALL_OLD" } },
          { Put: { TableName, Item: keyOf("transaction-2") } },
        ],
      });
      await assert.rejects(send().send(command), (error) => {
        assert.ok(error instanceof TransactionCanceledException);
        assert.equal(
          error.message,
          "Transaction cancelled, please refer cancellation reasons for specific reasons [ConditionalCheckFailed, None]",
        );
        assert.deepEqual(
          error.CancellationReasons?.map(({ Code: code }) => code),
          ["ConditionalCheckFailed", "None"],
        );
        assert.deepEqual(error.CancellationReasons?.[0]?.Item, { ...keyOf("transaction"), n: { N: "1" } });
        return true;
      });
      assert.equal(await get("transaction-2"), undefined);
    });

    it("are written once for one client token", async () => {
      await put({ ...keyOf("token"), n: { N: "0" } });
      const Update = { TableName, Key: keyOf("token"), UpdateExpression: "ADD n :n", ExpressionAttributeValues: { ":n": { N: "1" } } };
      const command = { TransactItems: [{ Update }], ClientRequestToken: uniqueName("t") };
      await send().send(new TransactWriteItemsCommand(command));
      await send().send(new TransactWriteItemsCommand(command));
      assert.deepEqual((await get("token"))?.n, { N: "1" });
    });

    it("are read together, with nothing for one that is not there", async () => {
      await put(keyOf("read"));
      const read = await send().send(
        new TransactGetItemsCommand({ TransactItems: ["read", "read-none"].map((id) => ({ Get: { TableName, Key: keyOf(id) } })) }),
      );
      assert.deepEqual(
        read.Responses?.map(({ Item }) => Item),
        [keyOf("read"), undefined],
      );
    });
  });

  describe("refused", () => {
    /** What is refused, by which call, with which message, and how DynamoDB Local words it where that differs. */
    const refusals: [string, () => Promise<unknown>, string, string?][] = [
      [
        "a key that does not fit",
        () => send().send(new GetItemCommand({ TableName, Key: { id: { S: "a" } } })),
        "The provided key element does not match the schema",
        "The number of conditions on the keys is invalid",
      ],
      [
        "an item without its key",
        () => put({ id: { S: "a" } }),
        "One or more parameter values were invalid: Missing the key moment in the item",
        "One of the required keys was not given a value",
      ],
      [
        "a key with another type",
        () => put({ id: { S: "a" }, moment: { S: "1" } }),
        "One or more parameter values were invalid: Type mismatch for key moment expected: N actual: S",
        "One or more parameter values were invalid: Type mismatch for key",
      ],
      [
        "an expression that does not end",
        () => send().send(new UpdateItemCommand({ TableName, Key: keyOf("a"), UpdateExpression: "SET a =" })),
        'Invalid UpdateExpression: Syntax error; token: "<EOF>", near: "="',
      ],
      [
        "a reserved word",
        () => send().send(new UpdateItemCommand({ TableName, Key: keyOf("a"), UpdateExpression: "REMOVE status" })),
        "Invalid UpdateExpression: Attribute name is a reserved keyword; reserved keyword: status",
      ],
      [
        "a placeholder without a value",
        () => send().send(new DeleteItemCommand({ TableName, Key: keyOf("a"), ConditionExpression: "a = :a" })),
        "Invalid ConditionExpression: An expression attribute value used in expression is not defined; attribute value: :a",
      ],
      [
        "the sum of an attribute that is not there",
        () =>
          send().send(
            new UpdateItemCommand({
              TableName,
              Key: keyOf("missing"),
              UpdateExpression: "SET a = a + :n",
              ExpressionAttributeValues: { ":n": { N: "1" } },
            }),
          ),
        "The provided expression refers to an attribute that does not exist in the item",
      ],
      [
        "a query without its partition",
        () =>
          send().send(
            new QueryCommand({ TableName, KeyConditionExpression: "moment = :n", ExpressionAttributeValues: { ":n": { N: "1" } } }),
          ),
        "Query condition missed key schema element: id",
        "Query condition missed key schema element",
      ],
      [
        "an item over 400 KB",
        () => put({ ...keyOf("a"), body: { S: "x".repeat(410_000) } }),
        "Item size has exceeded the maximum allowed size",
      ],
    ];
    /** Checks the refusal's name and message, and against LocalStack its other message where it has one. */
    async function isRefused(call: () => Promise<unknown>, name: string, message: string, otherwise?: string): Promise<void> {
      await awsExpects(
        () => assert.rejects(call, { name, message }),
        otherwise === undefined
          ? undefined
          : whereLocalStack("dynamodb-local-words-errors-differently", () => assert.rejects(call, { name, message: otherwise })),
      );
    }

    for (const [what, call, message, otherwise] of refusals) {
      it(`is ${what}`, () => isRefused(call, "ValidationException", message, otherwise));
    }

    it("is a table that is not there", async () => {
      const call = () => send().send(new GetItemCommand({ TableName: uniqueName("nope"), Key: keyOf("a") }));
      await isRefused(call, ResourceNotFoundException.name, "Requested resource not found", "Cannot do operations on a non-existent table");
    });
  });
});
