import assert from "node:assert/strict";
import type { JsonObject } from "../../../local/json.ts";
import { REGION, TestEndpoint, tableInput } from "./endpoint.ts";

const ARN = `arn:aws:dynamodb:${REGION}:000000000000:table/things`;

describe("operations on tables", () => {
  let endpoint: TestEndpoint;

  beforeEach(() => {
    endpoint = new TestEndpoint();
  });

  afterEach(() => endpoint.close());

  async function described(name = "things"): Promise<JsonObject> {
    const { Table: table } = await endpoint.call("DescribeTable", { TableName: name });
    assert.ok(typeof table === "object" && table !== null && !Array.isArray(table));
    return table;
  }

  /** A table that is described the same in every test; its id is random. */
  function withoutId({ TableId, ...rest }: JsonObject): JsonObject {
    assert.match(String(TableId), /^[0-9a-f-]{36}$/);
    return rest;
  }

  const index = (name: string, key: string, more: JsonObject = {}): JsonObject => ({
    IndexName: name,
    KeySchema: [{ AttributeName: key, KeyType: "HASH" }],
    Projection: { ProjectionType: "ALL" },
    ...more,
  });

  describe("CreateTable, DescribeTable and DeleteTable", () => {
    const PROVISIONED = tableInput("things", undefined, {
      BillingMode: "PROVISIONED",
      ProvisionedThroughput: { ReadCapacityUnits: 5, WriteCapacityUnits: 5 },
    });
    const DESCRIBED = {
      AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
      CreationDateTime: 1_800_000_000,
      DeletionProtectionEnabled: false,
      ItemCount: 0,
      KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
      ProvisionedThroughput: { NumberOfDecreasesToday: 0, ReadCapacityUnits: 5, WriteCapacityUnits: 5 },
      TableArn: ARN,
      TableName: "things",
      TableSizeBytes: 0,
    };

    it("describe a table as AWS does, from CREATING to DELETING", async () => {
      const { TableDescription: created } = await endpoint.call("CreateTable", PROVISIONED);
      assert.deepEqual(withoutId(created as JsonObject), { ...DESCRIBED, TableStatus: "CREATING" });
      const WarmThroughput = { ReadUnitsPerSecond: 5, WriteUnitsPerSecond: 5, Status: "ACTIVE" };
      assert.deepEqual(withoutId(await described()), { ...DESCRIBED, TableStatus: "ACTIVE", WarmThroughput });
      const { TableDescription: deleted } = await endpoint.call("DeleteTable", { TableName: "things" });
      const { AttributeDefinitions: _, KeySchema: __, CreationDateTime: ___, ...state } = DESCRIBED;
      assert.deepEqual(withoutId(deleted as JsonObject), { ...state, TableStatus: "DELETING" });
      const gone = await endpoint.refused("DescribeTable", { TableName: "things" });
      assert.deepEqual([gone.code, gone.message], ["ResourceNotFoundException", "Requested resource not found: Table: things not found"]);
    });

    it("tell of a table on demand and its index", async () => {
      const more = {
        AttributeDefinitions: ["id", "kind"].map((name) => ({ AttributeName: name, AttributeType: "S" })),
        GlobalSecondaryIndexes: [index("by-kind", "kind")],
      };
      await endpoint.call("CreateTable", tableInput("things", undefined, more));
      const none = { NumberOfDecreasesToday: 0, ReadCapacityUnits: 0, WriteCapacityUnits: 0 };
      const warm = { ReadUnitsPerSecond: 12000, WriteUnitsPerSecond: 4000, Status: "ACTIVE" };
      const table = await described();
      assert.deepEqual(table.BillingModeSummary, { BillingMode: "PAY_PER_REQUEST", LastUpdateToPayPerRequestDateTime: 1_800_000_000 });
      assert.deepEqual([table.ProvisionedThroughput, table.WarmThroughput], [none, warm]);
      assert.deepEqual(table.GlobalSecondaryIndexes, [
        {
          ...index("by-kind", "kind"),
          IndexArn: `${ARN}/index/by-kind`,
          IndexSizeBytes: 0,
          IndexStatus: "ACTIVE",
          ItemCount: 0,
          ProvisionedThroughput: none,
          WarmThroughput: warm,
        },
      ]);
    });

    it("count the items and their bytes", async () => {
      await endpoint.call("CreateTable", tableInput("things"));
      await endpoint.call("PutItem", { TableName: "things", Item: { id: { S: "a" }, body: { S: "1234567890" } } });
      await endpoint.call("PutItem", { TableName: "things", Item: { id: { S: "b" } } });
      await endpoint.call("PutItem", { TableName: "things", Item: { id: { S: "a" }, body: { S: "12345" } } });
      await endpoint.call("DeleteItem", { TableName: "things", Key: { id: { S: "b" } } });
      const { ItemCount, TableSizeBytes } = await described();
      assert.deepEqual([ItemCount, TableSizeBytes], [1, 12]);
    });

    it("begin an empty table after one of the same name was deleted", async () => {
      await endpoint.call("CreateTable", tableInput("things"));
      await endpoint.call("PutItem", { TableName: "things", Item: { id: { S: "a" } } });
      await endpoint.call("DeleteTable", { TableName: "things" });
      await endpoint.call("CreateTable", tableInput("things"));
      assert.equal((await endpoint.call("Scan", { TableName: "things" })).Count, 0);
    });

    it("keep a protected table", async () => {
      await endpoint.call("CreateTable", tableInput("things", undefined, { DeletionProtectionEnabled: true }));
      const error = await endpoint.refused("DeleteTable", { TableName: "things" });
      assert.match(error.message, /^Resource cannot be deleted as it is currently protected against deletion/);
      await endpoint.call("UpdateTable", { TableName: "things", DeletionProtectionEnabled: false });
      await endpoint.call("DeleteTable", { TableName: "things" });
    });

    const local = { IndexName: "by-b", Projection: { ProjectionType: "ALL" } };
    const refusals: [string, JsonObject, string][] = [
      [
        "throughput on demand",
        { ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 1 } },
        "One or more parameter values were invalid: Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST",
      ],
      [
        "no throughput where it is provisioned",
        { BillingMode: "PROVISIONED" },
        "One or more parameter values were invalid: ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED",
      ],
      [
        "a key without a definition",
        { KeySchema: [{ AttributeName: "nope", KeyType: "HASH" }] },
        "One or more parameter values were invalid: Some index key attributes are not defined in AttributeDefinitions. Keys: [nope], AttributeDefinitions: [id]",
      ],
      [
        "a key that begins with its range",
        { KeySchema: [{ AttributeName: "id", KeyType: "RANGE" }] },
        "Invalid KeySchema: The first KeySchemaElement is not a HASH key type",
      ],
      [
        "a definition that no key uses",
        { AttributeDefinitions: ["id", "b"].map((name) => ({ AttributeName: name, AttributeType: "S" })) },
        "One or more parameter values were invalid: Number of attributes in KeySchema does not exactly match number of attributes defined in AttributeDefinitions",
      ],
      [
        "a local index on a table without a range key",
        { LocalSecondaryIndexes: [{ ...local, KeySchema: [{ AttributeName: "id", KeyType: "HASH" }] }] },
        "One or more parameter values were invalid: Table KeySchema does not have a range key, which is required when specifying a LocalSecondaryIndex",
      ],
      [
        "two indexes of one name",
        { GlobalSecondaryIndexes: [index("same", "id"), index("same", "id")] },
        "One or more parameter values were invalid: Duplicate index name: same",
      ],
      [
        "attributes for a projection of all",
        { GlobalSecondaryIndexes: [index("one", "id", { Projection: { ProjectionType: "ALL", NonKeyAttributes: ["b"] } })] },
        "One or more parameter values were invalid: ProjectionType is ALL, but NonKeyAttributes is specified",
      ],
      [
        "streams",
        { StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_IMAGE" } },
        "StreamSpecification: DynamoDB Streams are not covered by this endpoint",
      ],
    ];
    for (const [what, more, message] of refusals) {
      it(`refuse ${what}`, async () => {
        const error = await endpoint.refused("CreateTable", tableInput("things", undefined, more));
        assert.deepEqual([error.code, error.message], ["ValidationException", message]);
      });
    }

    it("refuse a second table of the same name", async () => {
      await endpoint.call("CreateTable", tableInput("things"));
      const error = await endpoint.refused("CreateTable", tableInput("things"));
      assert.deepEqual([error.code, error.message], ["ResourceInUseException", "Table already exists: things"]);
      await endpoint.call("CreateTable", tableInput("things"), "eu-west-1");
    });
  });

  describe("ListTables", () => {
    it("refuses a limit that is no whole number", async () => {
      const error = await endpoint.refused("ListTables", { Limit: 1.5 });
      assert.equal(error.code, "SerializationException");
      assert.equal(error.message, "DECIMAL_VALUE cannot be converted to Integer");
    });

    it("lists a region's tables by name, page by page", async () => {
      for (const name of ["ccc", "aaa", "bbb"]) await endpoint.call("CreateTable", tableInput(name));
      await endpoint.call("CreateTable", tableInput("elsewhere"), "eu-west-1");
      assert.deepEqual(await endpoint.call("ListTables", {}), { TableNames: ["aaa", "bbb", "ccc"] });
      const first = await endpoint.call("ListTables", { Limit: 2 });
      assert.deepEqual(first, { TableNames: ["aaa", "bbb"], LastEvaluatedTableName: "bbb" });
      assert.deepEqual(await endpoint.call("ListTables", { Limit: 2, ExclusiveStartTableName: "bbb" }), { TableNames: ["ccc"] });
    });
  });

  describe("UpdateTable", () => {
    const create = (name: string): JsonObject => ({
      TableName: "things",
      AttributeDefinitions: [{ AttributeName: "kind", AttributeType: "S" }],
      GlobalSecondaryIndexUpdates: [{ Create: index(name, "kind") }],
    });

    it("makes an index over the items that are there, sparse as its key is", async () => {
      await endpoint.call("CreateTable", tableInput("things"));
      for (const id of ["a", "b", "c"]) {
        const kind: JsonObject = id === "b" ? {} : { kind: { S: "x" } };
        await endpoint.call("PutItem", { TableName: "things", Item: { id: { S: id }, ...kind } });
      }
      const { TableDescription: updating } = await endpoint.call("UpdateTable", create("by-kind"));
      assert.equal((updating as JsonObject).TableStatus, "UPDATING");
      const query = {
        TableName: "things",
        IndexName: "by-kind",
        KeyConditionExpression: "kind = :x",
        ExpressionAttributeValues: { ":x": { S: "x" } },
      };
      assert.deepEqual((await endpoint.call("Query", query)).Items, [
        { id: { S: "a" }, kind: { S: "x" } },
        { id: { S: "c" }, kind: { S: "x" } },
      ]);
      await endpoint.call("UpdateTable", { TableName: "things", GlobalSecondaryIndexUpdates: [{ Delete: { IndexName: "by-kind" } }] });
      assert.equal((await endpoint.refused("Query", query)).message, "The table does not have the specified index: by-kind");
      assert.deepEqual((await described()).AttributeDefinitions, [{ AttributeName: "id", AttributeType: "S" }]);
    });

    it("changes billing and throughput", async () => {
      await endpoint.call("CreateTable", tableInput("things"));
      const ProvisionedThroughput = { ReadCapacityUnits: 3, WriteCapacityUnits: 4 };
      await endpoint.call("UpdateTable", { TableName: "things", BillingMode: "PROVISIONED", ProvisionedThroughput });
      assert.deepEqual((await described()).ProvisionedThroughput, { NumberOfDecreasesToday: 0, ...ProvisionedThroughput });
      assert.equal((await described()).BillingModeSummary, undefined);
      const same = await endpoint.refused("UpdateTable", { TableName: "things", ProvisionedThroughput });
      assert.match(same.message, /^The provisioned throughput for the table will not change/);
      await endpoint.call("UpdateTable", { TableName: "things", BillingMode: "PAY_PER_REQUEST" });
      assert.deepEqual((await described()).ProvisionedThroughput, {
        NumberOfDecreasesToday: 0,
        ReadCapacityUnits: 0,
        WriteCapacityUnits: 0,
      });
    });

    const refusals: [string, JsonObject, string, string][] = [
      [
        "no change",
        { TableName: "things" },
        "ValidationException",
        "At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, GlobalSecondaryIndexUpdates or SSESpecification or ReplicaUpdates is required",
      ],
      [
        "two new indexes at once",
        { ...create("one"), GlobalSecondaryIndexUpdates: [{ Create: index("one", "kind") }, { Create: index("two", "kind") }] },
        "LimitExceededException",
        "Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table",
      ],
      [
        "the deletion of an index that is not there",
        { TableName: "things", GlobalSecondaryIndexUpdates: [{ Delete: { IndexName: "nope" } }] },
        "ResourceNotFoundException",
        "Requested resource not found",
      ],
      [
        "streams",
        { TableName: "things", StreamSpecification: { StreamEnabled: true } },
        "ValidationException",
        "StreamSpecification: DynamoDB Streams are not covered by this endpoint",
      ],
    ];
    for (const [what, input, code, message] of refusals) {
      it(`refuses ${what}`, async () => {
        await endpoint.call("CreateTable", tableInput("things"));
        const error = await endpoint.refused("UpdateTable", input);
        assert.deepEqual([error.code, error.message], [code, message]);
      });
    }
  });

  describe("tags, backups and limits", () => {
    beforeEach(() => endpoint.call("CreateTable", tableInput("things", undefined, { Tags: [{ Key: "a", Value: "1" }] })));

    it("keep a table's tags", async () => {
      await endpoint.call("TagResource", {
        ResourceArn: ARN,
        Tags: [
          { Key: "b", Value: "2" },
          { Key: "a", Value: "3" },
        ],
      });
      await endpoint.call("UntagResource", { ResourceArn: ARN, TagKeys: ["b"] });
      assert.deepEqual(await endpoint.call("ListTagsOfResource", { ResourceArn: ARN }), { Tags: [{ Key: "a", Value: "3" }] });
      const gone = await endpoint.refused("ListTagsOfResource", { ResourceArn: `${ARN}x` });
      assert.deepEqual(
        [gone.code, gone.message],
        ["ResourceNotFoundException", `Requested resource not found: ResourcArn: ${ARN}x not found`],
      );
      assert.match((await endpoint.refused("ListTagsOfResource", { ResourceArn: "abc" })).message, /^Invalid TableArn/);
    });

    it("remember whether point-in-time recovery is on", async () => {
      const status = async () => (await endpoint.call("DescribeContinuousBackups", { TableName: "things" })).ContinuousBackupsDescription;
      assert.deepEqual(await status(), {
        ContinuousBackupsStatus: "ENABLED",
        PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus: "DISABLED" },
      });
      await endpoint.call("UpdateContinuousBackups", {
        TableName: "things",
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      });
      assert.deepEqual(await status(), {
        ContinuousBackupsStatus: "ENABLED",
        PointInTimeRecoveryDescription: {
          PointInTimeRecoveryStatus: "ENABLED",
          RecoveryPeriodInDays: 35,
          EarliestRestorableDateTime: 1_800_000_000,
          LatestRestorableDateTime: 1_800_000_000,
        },
      });
    });

    it("tell the account's limits and the endpoint itself", async () => {
      assert.equal((await endpoint.call("DescribeLimits", {})).TableMaxReadCapacityUnits, 40_000);
      const endpoints = [{ Address: "127.0.0.1:4566", CachePeriodInMinutes: 1440 }];
      assert.deepEqual(await endpoint.call("DescribeEndpoints", {}), { Endpoints: endpoints });
    });
  });
});
