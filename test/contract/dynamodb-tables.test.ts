import assert from "node:assert/strict";
import {
  CreateTableCommand,
  DeleteTableCommand,
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  ListTablesCommand,
  ListTagsOfResourceCommand,
  PutItemCommand,
  QueryCommand,
  ResourceInUseException,
  ResourceNotFoundException,
  type TableDescription,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateTableCommand,
  UpdateTimeToLiveCommand,
  waitUntilTableExists,
  waitUntilTableNotExists,
} from "@aws-sdk/client-dynamodb";
import { aws, eventually, uniqueName } from "./support/endpoint.ts";

describe("DynamoDB tables, by the AWS SDK", () => {
  const db = () => aws().dynamodb;
  let TableName: string;

  beforeEach(async () => {
    TableName = uniqueName("table");
    await db().send(
      new CreateTableCommand({
        TableName,
        BillingMode: "PAY_PER_REQUEST",
        AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
        KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
        Tags: [{ Key: "made-by", Value: "the contract" }],
      }),
    );
    await waitUntilTableExists({ client: db(), maxWaitTime: 20, minDelay: 1, maxDelay: 1 }, { TableName });
  });

  afterEach(() =>
    db()
      .send(new DeleteTableCommand({ TableName }))
      .catch(() => undefined),
  );

  async function describedTable(): Promise<TableDescription> {
    const { Table: table } = await db().send(new DescribeTableCommand({ TableName }));
    assert.ok(table !== undefined);
    return table;
  }

  it("are described when they are ready", async () => {
    const table = await describedTable();
    assert.deepEqual([table.TableStatus, table.ItemCount, table.KeySchema], ["ACTIVE", 0, [{ AttributeName: "id", KeyType: "HASH" }]]);
    assert.equal(table.BillingModeSummary?.BillingMode, "PAY_PER_REQUEST");
    assert.match(table.TableArn ?? "", new RegExp(`^arn:aws:dynamodb:us-east-1:\\d{12}:table/${TableName}$`));
    assert.ok(table.CreationDateTime instanceof Date);
  });

  it("are listed by name", async () => {
    const { TableNames: names } = await db().send(new ListTablesCommand({ ExclusiveStartTableName: TableName.slice(0, -1), Limit: 100 }));
    assert.ok(names?.includes(TableName));
    assert.deepEqual(names, [...(names ?? [])].sort());
  });

  it("are made once for one name", async () => {
    const again = new CreateTableCommand({
      TableName,
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
      KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
    });
    await assert.rejects(db().send(again), (error) => {
      assert.ok(error instanceof ResourceInUseException);
      assert.equal(error.message, `Table already exists: ${TableName}`);
      return true;
    });
  });

  it("are gone after they were deleted", async () => {
    await db().send(new DeleteTableCommand({ TableName }));
    await waitUntilTableNotExists({ client: db(), maxWaitTime: 20, minDelay: 1, maxDelay: 1 }, { TableName });
    await assert.rejects(db().send(new DeleteTableCommand({ TableName })), (error) => {
      assert.ok(error instanceof ResourceNotFoundException);
      assert.equal(error.message, `Requested resource not found: Table: ${TableName} not found`);
      return true;
    });
  });

  it("get an index over the items that are there", async () => {
    for (const id of ["a", "b"]) await db().send(new PutItemCommand({ TableName, Item: { id: { S: id }, kind: { S: "x" } } }));
    await db().send(
      new UpdateTableCommand({
        TableName,
        AttributeDefinitions: [
          { AttributeName: "id", AttributeType: "S" },
          { AttributeName: "kind", AttributeType: "S" },
        ],
        GlobalSecondaryIndexUpdates: [
          {
            Create: {
              IndexName: "by-kind",
              KeySchema: [{ AttributeName: "kind", KeyType: "HASH" }],
              Projection: { ProjectionType: "KEYS_ONLY" },
            },
          },
        ],
      }),
    );
    await eventually(async () => assert.equal((await describedTable()).GlobalSecondaryIndexes?.[0]?.IndexStatus, "ACTIVE"));
    const query = { TableName, IndexName: "by-kind", KeyConditionExpression: "kind = :k", ExpressionAttributeValues: { ":k": { S: "x" } } };
    assert.equal((await db().send(new QueryCommand(query))).Count, 2);
  });

  it("keep tags", async () => {
    const ResourceArn = (await describedTable()).TableArn;
    await db().send(new TagResourceCommand({ ResourceArn, Tags: [{ Key: "stage", Value: "test" }] }));
    await db().send(new UntagResourceCommand({ ResourceArn, TagKeys: ["made-by"] }));
    assert.deepEqual((await db().send(new ListTagsOfResourceCommand({ ResourceArn }))).Tags, [{ Key: "stage", Value: "test" }]);
  });

  it("have a time to live", async () => {
    const status = async () => (await db().send(new DescribeTimeToLiveCommand({ TableName }))).TimeToLiveDescription;
    assert.equal((await status())?.TimeToLiveStatus, "DISABLED");
    const TimeToLiveSpecification = { Enabled: true, AttributeName: "expires" };
    await db().send(new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification }));
    assert.deepEqual(await status(), { TimeToLiveStatus: "ENABLED", AttributeName: "expires" });
  });

  it("say whether they are backed up continuously", async () => {
    const { ContinuousBackupsDescription: description } = await db().send(new DescribeContinuousBackupsCommand({ TableName }));
    assert.equal(description?.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus, "DISABLED");
  });
});
