import assert from "node:assert/strict";
import type { JsonObject } from "../../../local/json.ts";
import { REGION, TestEndpoint, tableInput } from "./endpoint.ts";

describe("operations on single items", () => {
  let endpoint: TestEndpoint;

  beforeEach(async () => {
    endpoint = new TestEndpoint();
    const withIndex: JsonObject = {
      AttributeDefinitions: ["id", "sort", "holder"].map((name) => ({ AttributeName: name, AttributeType: "S" })),
      GlobalSecondaryIndexes: [
        { IndexName: "by-holder", KeySchema: [{ AttributeName: "holder", KeyType: "HASH" }], Projection: { ProjectionType: "ALL" } },
      ],
    };
    await endpoint.call("CreateTable", tableInput("plain"));
    await endpoint.call("CreateTable", tableInput("sorted", "sort", withIndex));
  });

  afterEach(() => endpoint.close());

  const put = (Item: JsonObject, more: JsonObject = {}) => endpoint.call("PutItem", { TableName: "plain", Item, ...more });
  const get = async (id: string) => (await endpoint.call("GetItem", { TableName: "plain", Key: { id: { S: id } } })).Item;
  const update = (more: JsonObject) => endpoint.call("UpdateItem", { TableName: "plain", Key: { id: { S: "1" } }, ...more });

  describe("PutItem and GetItem", () => {
    it("give back what was put, with every type in it", async () => {
      const item: JsonObject = {
        id: { S: "1" },
        all: { L: [{ B: "AQ==" }, { BOOL: false }, { NULL: true }, { SS: ["a"] }, { NS: ["1"] }, { BS: ["AQ=="] }, { M: {} }, { S: "" }] },
      };
      assert.deepEqual(await put(item), {});
      assert.deepEqual(await get("1"), item);
    });

    it("answer nothing for an item that is not there", async () => {
      assert.deepEqual(await endpoint.call("GetItem", { TableName: "plain", Key: { id: { S: "none" } } }), {});
    });

    it("replace the whole item and give the old one when asked", async () => {
      await put({ id: { S: "1" }, a: { N: "1" } });
      assert.deepEqual(await put({ id: { S: "1" }, b: { N: "2" } }, { ReturnValues: "ALL_OLD" }), {
        Attributes: { id: { S: "1" }, a: { N: "1" } },
      });
      assert.deepEqual(await get("1"), { id: { S: "1" }, b: { N: "2" } });
      assert.deepEqual(await put({ id: { S: "2" } }, { ReturnValues: "ALL_OLD" }), {});
    });

    it("show only the paths asked for", async () => {
      await put({ id: { S: "1" }, m: { M: { a: { N: "1" }, b: { N: "2" } } } });
      const read = (more: JsonObject) => endpoint.call("GetItem", { TableName: "plain", Key: { id: { S: "1" } }, ...more });
      assert.deepEqual(await read({ ProjectionExpression: "m.a" }), { Item: { m: { M: { a: { N: "1" } } } } });
      assert.deepEqual(await read({ AttributesToGet: ["id"] }), { Item: { id: { S: "1" } } });
    });

    it("tell the capacity they used when asked", async () => {
      const answer = await put({ id: { S: "1" }, text: { S: "x".repeat(3000) } }, { ReturnConsumedCapacity: "TOTAL" });
      assert.deepEqual(answer, { ConsumedCapacity: { TableName: "plain", CapacityUnits: 3 } });
      const read = { TableName: "plain", Key: { id: { S: "1" } }, ProjectionExpression: "id", ReturnConsumedCapacity: "INDEXES" };
      assert.deepEqual((await endpoint.call("GetItem", read)).ConsumedCapacity, {
        TableName: "plain",
        CapacityUnits: 0.5,
        Table: { CapacityUnits: 0.5 },
      });
    });

    it("know a table by its ARN and keep regions apart", async () => {
      await put({ id: { S: "1" } });
      const arn = `arn:aws:dynamodb:${REGION}:000000000000:table/plain`;
      assert.deepEqual(await endpoint.call("GetItem", { TableName: arn, Key: { id: { S: "1" } } }), { Item: { id: { S: "1" } } });
      const elsewhere = await endpoint.refused("GetItem", { TableName: "plain", Key: { id: { S: "1" } } }, "eu-west-1");
      assert.deepEqual([elsewhere.code, elsewhere.message], ["ResourceNotFoundException", "Requested resource not found"]);
    });
  });

  describe("what is wrong with a call", () => {
    const large = { S: "x".repeat(400 * 1024) };
    const refusals: [string, JsonObject, string][] = [
      [
        "PutItem",
        { TableName: "a;", ReturnConsumedCapacity: "hi" },
        "4 validation errors detected: Value 'hi' at 'returnConsumedCapacity' failed to satisfy constraint: Member must satisfy enum value set: [INDEXES, TOTAL, NONE]; Value 'a;' at 'tableName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+; Value 'a;' at 'tableName' failed to satisfy constraint: Member must have length greater than or equal to 3; Value null at 'item' failed to satisfy constraint: Member must not be null",
      ],
      ["PutItem", { TableName: "plain", Item: {} }, "One or more parameter values were invalid: Missing the key id in the item"],
      [
        "PutItem",
        { TableName: "plain", Item: { id: { N: "1" } } },
        "One or more parameter values were invalid: Type mismatch for key id expected: S actual: N",
      ],
      [
        "PutItem",
        { TableName: "plain", Item: { id: { S: "" } } },
        "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: id",
      ],
      ["PutItem", { TableName: "plain", Item: { id: { S: "1" }, large } }, "Item size has exceeded the maximum allowed size"],
      [
        "PutItem",
        { TableName: "plain", Item: { id: { S: "x".repeat(2049) } } },
        "One or more parameter values were invalid: Size of hashkey has exceeded the maximum size limit of2048 bytes",
      ],
      [
        "PutItem",
        { TableName: "sorted", Item: { id: { S: "1" }, sort: { S: "x".repeat(1025) } } },
        "One or more parameter values were invalid: Aggregated size of all range keys has exceeded the size limit of 1024 bytes",
      ],
      [
        "PutItem",
        { TableName: "sorted", Item: { id: { S: "1" }, sort: { S: "1" }, holder: { N: "1" } } },
        "One or more parameter values were invalid: Type mismatch for Index Key holder Expected: S Actual: N IndexName: by-holder",
      ],
      [
        "PutItem",
        { TableName: "sorted", Item: { id: { S: "1" }, sort: { S: "1" }, holder: { S: "" } } },
        "One or more parameter values are not valid. A value specified for a secondary index key is not supported. The AttributeValue for a key attribute cannot contain an empty string value. IndexName: by-holder, IndexKey: holder",
      ],
      ["PutItem", { TableName: "plain", Item: { id: { S: "1" } }, ReturnValues: "ALL_NEW" }, "ReturnValues can only be ALL_OLD or NONE"],
      ["GetItem", { TableName: "plain", Key: {} }, "The provided key element does not match the schema"],
      ["GetItem", { TableName: "plain", Key: { id: { N: "1" } } }, "The provided key element does not match the schema"],
      ["GetItem", { TableName: "plain", Key: { id: { S: "1" }, other: { S: "1" } } }, "The provided key element does not match the schema"],
      ["GetItem", { TableName: "sorted", Key: { id: { S: "1" } } }, "The provided key element does not match the schema"],
      [
        "GetItem",
        { TableName: "plain", Key: { id: { S: "" } } },
        "One or more parameter values were invalid: The AttributeValue for a key attribute cannot contain an empty string value. Key: id",
      ],
      [
        "GetItem",
        { TableName: "plain", Key: { id: { S: "1" } }, AttributesToGet: ["a"], ProjectionExpression: "a" },
        "Can not use both expression and non-expression parameters in the same request: Non-expression parameters: {AttributesToGet} Expression parameters: {ProjectionExpression}",
      ],
      [
        "GetItem",
        { TableName: "plain", Key: { id: { S: "1" } }, ExpressionAttributeNames: { "#a": "a" } },
        "ExpressionAttributeNames can only be specified when using expressions",
      ],
      [
        "DeleteItem",
        { TableName: "plain", Key: { id: { S: "1" } }, ExpressionAttributeValues: { ":a": { S: "a" } } },
        "ExpressionAttributeValues can only be specified when using expressions: ConditionExpression is null",
      ],
      [
        "UpdateItem",
        { TableName: "plain", Key: { id: { S: "1" } }, UpdateExpression: "SET id = :a", ExpressionAttributeValues: { ":a": { S: "a" } } },
        "One or more parameter values were invalid: Cannot update attribute id. This attribute is part of the key",
      ],
      [
        "UpdateItem",
        { TableName: "plain", Key: { id: { S: "1" } }, UpdateExpression: "SET a = id.b" },
        "Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: Key: id",
      ],
      [
        "UpdateItem",
        {
          TableName: "plain",
          Key: { id: { S: "1" } },
          UpdateExpression: "SET huge = :a",
          ExpressionAttributeValues: { ":a": large },
        },
        "Item size to update has exceeded the maximum allowed size",
      ],
    ];
    for (const [operation, input, message] of refusals) {
      it(`is told: ${message.slice(0, 110)}`, async () => {
        const error = await endpoint.refused(operation, input);
        assert.deepEqual([error.code, error.message], ["ValidationException", message]);
      });
    }

    it("is a SerializationException where JSON has another type", async () => {
      const error = await endpoint.refused("PutItem", { TableName: 1, Item: {} });
      assert.deepEqual([error.code, error.message], ["SerializationException", "NUMBER_VALUE cannot be converted to String"]);
    });
  });

  describe("conditions", () => {
    it("let a write happen only where they hold", async () => {
      await put({ id: { S: "1" }, version: { N: "1" } });
      const again = await endpoint.refused("PutItem", {
        TableName: "plain",
        Item: { id: { S: "1" } },
        ConditionExpression: "attribute_not_exists(id)",
      });
      assert.deepEqual(
        [again.code, again.message, again.members],
        ["ConditionalCheckFailedException", "The conditional request failed", {}],
      );
      assert.deepEqual(await get("1"), { id: { S: "1" }, version: { N: "1" } });
      await put({ id: { S: "2" } }, { ConditionExpression: "attribute_not_exists(id)" });
    });

    it("give the item that stood in the way when asked", async () => {
      await put({ id: { S: "1" }, version: { N: "1" } });
      const failing = {
        ConditionExpression: "version = :v",
        ExpressionAttributeValues: { ":v": { N: "2" } },
        ReturnValuesOnConditionCheckFailure: "ALL_OLD",
      };
      for (const [operation, more] of [
        ["PutItem", { Item: { id: { S: "1" } } }],
        ["DeleteItem", { Key: { id: { S: "1" } } }],
        ["UpdateItem", { Key: { id: { S: "1" } }, UpdateExpression: "REMOVE version" }],
      ] as const) {
        const error = await endpoint.refused(operation, { TableName: "plain", ...more, ...failing });
        assert.deepEqual(error.members, { Item: { id: { S: "1" }, version: { N: "1" } } }, operation);
      }
    });

    it("can be written in the older form", async () => {
      await put({ id: { S: "1" }, a: { N: "1" }, b: { S: "xyz" } });
      const holds = async (Expected: JsonObject, more: JsonObject = {}) => {
        const input = { TableName: "plain", Item: { id: { S: "1" }, a: { N: "1" }, b: { S: "xyz" } }, Expected, ...more };
        return endpoint.call("PutItem", input).then(
          () => true,
          () => false,
        );
      };
      assert.equal(await holds({ a: { Value: { N: "1" } } }), true);
      assert.equal(await holds({ a: { Value: { N: "2" } } }), false);
      assert.equal(await holds({ c: { Exists: false } }), true);
      assert.equal(await holds({ b: { ComparisonOperator: "BEGINS_WITH", AttributeValueList: [{ S: "x" }] } }), true);
      assert.equal(await holds({ b: { ComparisonOperator: "NOT_CONTAINS", AttributeValueList: [{ S: "y" }] } }), false);
      assert.equal(await holds({ c: { ComparisonOperator: "NULL" } }), true);
      const either = { a: { Value: { N: "2" } }, c: { Exists: false } };
      assert.deepEqual([await holds(either), await holds(either, { ConditionalOperator: "OR" })], [false, true]);
      const error = await endpoint.refused("PutItem", { TableName: "plain", Item: { id: { S: "1" } }, Expected: { a: {} } });
      assert.equal(error.message, "One or more parameter values were invalid: Value must be provided when Exists is null for Attribute: a");
    });
  });

  describe("UpdateItem", () => {
    it("makes the item where there is none", async () => {
      await update({ UpdateExpression: "SET a = :a", ExpressionAttributeValues: { ":a": { N: "1" } } });
      assert.deepEqual(await get("1"), { id: { S: "1" }, a: { N: "1" } });
    });

    it("gives back what ReturnValues asks for", async () => {
      await put({ id: { S: "1" }, a: { N: "1" }, m: { M: { x: { N: "1" }, y: { N: "2" } } }, z: { S: "z" } });
      const change = {
        UpdateExpression: "SET a = a + :n, m.x = :n, fresh = :n REMOVE z",
        ExpressionAttributeValues: { ":n": { N: "5" } },
      };
      const attributes = async (ReturnValues: string) => {
        await put({ id: { S: "1" }, a: { N: "1" }, m: { M: { x: { N: "1" }, y: { N: "2" } } }, z: { S: "z" } });
        return (await update({ ...change, ReturnValues })).Attributes;
      };
      assert.equal(await attributes("NONE"), undefined);
      assert.deepEqual(await attributes("UPDATED_OLD"), { a: { N: "1" }, m: { M: { x: { N: "1" } } }, z: { S: "z" } });
      assert.deepEqual(await attributes("UPDATED_NEW"), { a: { N: "6" }, m: { M: { x: { N: "5" } } }, fresh: { N: "5" } });
      assert.deepEqual(await attributes("ALL_OLD"), {
        id: { S: "1" },
        a: { N: "1" },
        m: { M: { x: { N: "1" }, y: { N: "2" } } },
        z: { S: "z" },
      });
      assert.deepEqual(await attributes("ALL_NEW"), {
        id: { S: "1" },
        a: { N: "6" },
        m: { M: { x: { N: "5" }, y: { N: "2" } } },
        fresh: { N: "5" },
      });
    });

    it("takes the older AttributeUpdates", async () => {
      await put({ id: { S: "1" }, n: { N: "1" }, s: { SS: ["a", "b"] }, gone: { S: "x" }, l: { L: [{ S: "a" }] } });
      await update({
        AttributeUpdates: {
          n: { Action: "ADD", Value: { N: "2" } },
          s: { Action: "DELETE", Value: { SS: ["a"] } },
          gone: { Action: "DELETE" },
          l: { Action: "ADD", Value: { L: [{ S: "b" }] } },
          p: { Value: { S: "put" } },
        },
      });
      assert.deepEqual(await get("1"), {
        id: { S: "1" },
        n: { N: "3" },
        s: { SS: ["b"] },
        l: { L: [{ S: "a" }, { S: "b" }] },
        p: { S: "put" },
      });
    });

    it("refuses to give an index's key another type", async () => {
      const key = { id: { S: "1" }, sort: { S: "1" } };
      const given = await endpoint.refused("UpdateItem", {
        TableName: "sorted",
        Key: key,
        UpdateExpression: "SET holder = :n",
        ExpressionAttributeValues: { ":n": { N: "1" } },
      });
      assert.equal(
        given.message,
        "One or more parameter values were invalid: Type mismatch for Index Key holder Expected: S Actual: N IndexName: by-holder",
      );
      await endpoint.call("PutItem", { TableName: "sorted", Item: { ...key, n: { N: "1" } } });
      const copied = await endpoint.refused("UpdateItem", { TableName: "sorted", Key: key, UpdateExpression: "SET holder = n" });
      assert.equal(copied.message, "The update expression attempted to update the secondary index key to unsupported type");
    });
  });

  describe("DeleteItem", () => {
    it("deletes the item and gives it back when asked", async () => {
      await put({ id: { S: "1" }, a: { N: "1" } });
      const input = { TableName: "plain", Key: { id: { S: "1" } }, ReturnValues: "ALL_OLD" };
      assert.deepEqual(await endpoint.call("DeleteItem", input), { Attributes: { id: { S: "1" }, a: { N: "1" } } });
      assert.deepEqual(await endpoint.call("DeleteItem", input), {});
      assert.equal(await get("1"), undefined);
    });
  });

  it("can be called inside another service's write, and commit or are taken back with it", async () => {
    const item = (id: string) => ({ TableName: "plain", Item: { id: { S: id } } });
    await endpoint.store.write(() => endpoint.store.within(() => endpoint.db.putItem(item("1"), REGION)));
    const failed = endpoint.store.write(() => {
      endpoint.store.within(() => endpoint.db.putItem(item("2"), REGION));
      throw new Error("the other service's work failed");
    });
    await assert.rejects(failed, /the other service's work failed/);
    assert.deepEqual([await get("1"), await get("2")], [{ id: { S: "1" } }, undefined]);
  });

  it("are there after a restart", async () => {
    await put({ id: { S: "1" } });
    endpoint.restart();
    assert.deepEqual(await get("1"), { id: { S: "1" } });
  });
});
