/**
 * Tables: settings and indexes are changed in place, indexes one at a time as DynamoDB wants it. A table's own key cannot be
 * changed, nor is a table ever replaced: its items would be lost.
 */
import {
  CreateTableCommand,
  DeleteTableCommand,
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  type DynamoDBClient,
  ListTagsOfResourceCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateContinuousBackupsCommand,
  UpdateTableCommand,
  type UpdateTableCommandInput,
  UpdateTimeToLiveCommand,
} from "@aws-sdk/client-dynamodb";
import { unlessMissing, until } from "../calls.ts";
import { flagAt, optionalTextAt, pick, textAt, textMapAt } from "../read-inputs.ts";
import { ApplyError, type ResourceType } from "../resource-type.ts";
import { isEqual, type Properties } from "../values.ts";
import { attributesOf, billingModeOf, definitionsOf, indexesIn, indexOf, keysOf, liveTable, wantedTable } from "./dynamodb-table-shape.ts";
import { tagListOf, tagMapOf } from "./tags.ts";

const GONE = "ResourceNotFoundException";

export const DYNAMODB_TABLE: ResourceType = {
  type: "aws:dynamodb/table:Table",
  inputs: [
    "name",
    "billingMode",
    "hashKey",
    "rangeKey",
    "attributes",
    "globalSecondaryIndexes",
    "deletionProtectionEnabled",
    "pointInTimeRecovery",
    "ttl",
    "tags",
  ],
  identify: (inputs) => pick(inputs, "name"),
  fixed: ["name", "hashKey", "rangeKey"],
  isTagged: true,

  wanted: wantedTable,

  read: async (identity, { dynamodb }) => {
    const TableName = textAt(identity, "name");
    const found = await unlessMissing(dynamodb.send(new DescribeTableCommand({ TableName })), GONE);
    if (found?.Table === undefined || found.Table.TableStatus === "DELETING") return undefined;
    const arn = found.Table.TableArn ?? "";
    const [ttl, backups, tags] = await Promise.all([
      dynamodb.send(new DescribeTimeToLiveCommand({ TableName })),
      dynamodb.send(new DescribeContinuousBackupsCommand({ TableName })),
      dynamodb.send(new ListTagsOfResourceCommand({ ResourceArn: arn })),
    ]);
    const properties = {
      ...liveTable(found.Table),
      ttl: ttl.TimeToLiveDescription?.TimeToLiveStatus?.startsWith("ENABL") ? (ttl.TimeToLiveDescription.AttributeName ?? null) : null,
      pointInTimeRecovery: backups.ContinuousBackupsDescription?.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus === "ENABLED",
      tags: tagMapOf(tags.Tags),
    };
    return { id: TableName, properties, outputs: { id: TableName, arn } };
  },

  create: async (wanted, calls) => {
    const { dynamodb } = calls;
    const TableName = textAt(wanted, "name");
    const indexes = Object.entries(indexesIn(wanted)).map(([name, index]) => indexOf(name, index));
    const command = new CreateTableCommand({
      TableName,
      BillingMode: billingModeOf(wanted),
      KeySchema: keysOf(wanted),
      AttributeDefinitions: definitionsOf(textMapAt(wanted, "attributes")),
      ...(indexes.length > 0 && { GlobalSecondaryIndexes: indexes }),
      DeletionProtectionEnabled: flagAt(wanted, "deletionProtectionEnabled"),
      Tags: tagListOf(textMapAt(wanted, "tags")),
    });
    // A name in use is that of a table on its way out, or of the one that this very call made before the SDK repeated it.
    const isMade = async () => (await unlessMissing(dynamodb.send(command), "ResourceInUseException")) !== undefined;
    await until(`the table ${TableName} is made`, async () => (await isMade()) || (await DYNAMODB_TABLE.read(wanted, calls)) !== undefined);
    await settled(dynamodb, TableName);
    if (optionalTextAt(wanted, "ttl") !== undefined) await updateTtl(dynamodb, TableName, wanted, {});
    if (wanted.pointInTimeRecovery === true) await updateBackups(dynamodb, TableName, true);
  },

  update: async (wanted, { properties, outputs }, touched, { dynamodb }) => {
    const TableName = textAt(wanted, "name");
    if (touched.has("attributes") && !touched.has("globalSecondaryIndexes"))
      throw new ApplyError("attributes cannot be changed while the keys that use them stay: name a new attribute, and an index on it.");
    await settled(dynamodb, TableName);
    if (touched.has("billingMode")) await change(dynamodb, { TableName, BillingMode: billingModeOf(wanted) });
    if (touched.has("deletionProtectionEnabled"))
      await change(dynamodb, { TableName, DeletionProtectionEnabled: flagAt(wanted, "deletionProtectionEnabled") });
    if (touched.has("globalSecondaryIndexes")) await updateIndexes(dynamodb, wanted, properties);
    if (touched.has("ttl")) await updateTtl(dynamodb, TableName, wanted, properties);
    if (touched.has("pointInTimeRecovery")) await updateBackups(dynamodb, TableName, flagAt(wanted, "pointInTimeRecovery"));
    if (touched.has("tags")) await updateTags(dynamodb, textAt(outputs, "arn"), textMapAt(wanted, "tags"), textMapAt(properties, "tags"));
  },

  remove: async (identity, { dynamodb }) => {
    const TableName = textAt(identity, "name");
    const find = () => unlessMissing(dynamodb.send(new DescribeTableCommand({ TableName })), GONE);
    if ((await find()) === undefined) return;
    await settled(dynamodb, TableName);
    await unlessMissing(dynamodb.send(new DeleteTableCommand({ TableName })), GONE);
    await until(`the table ${TableName} is gone`, async () => (await find()) === undefined);
  },
};

/** DynamoDB takes one change of a table at a time. */
async function change(client: DynamoDBClient, input: UpdateTableCommandInput): Promise<void> {
  await client.send(new UpdateTableCommand(input));
  await settled(client, input.TableName);
}

/**
 * An index cannot be changed, only dropped and made anew. DynamoDB fills it while the table goes on. With each new one it
 * wants the attributes of all keys that there are then, and no others.
 */
async function updateIndexes(client: DynamoDBClient, wanted: Properties, live: Properties): Promise<void> {
  const TableName = textAt(wanted, "name");
  const [after, before] = [indexesIn(wanted), indexesIn(live)];
  const isKept = (name: string) => isEqual(after[name] ?? null, before[name] ?? null);
  for (const name of Object.keys(before).filter((one) => !isKept(one)))
    await change(client, { TableName, GlobalSecondaryIndexUpdates: [{ Delete: { IndexName: name } }] });
  const there = Object.keys(after).filter(isKept);
  for (const [name, index] of Object.entries(after).filter(([one]) => !isKept(one))) {
    there.push(name);
    const AttributeDefinitions = definitionsOf(attributesOf(wanted, there));
    await change(client, { TableName, AttributeDefinitions, GlobalSecondaryIndexUpdates: [{ Create: indexOf(name, index) }] });
  }
}

/** Time to live is turned on and off by the name of its attribute, so another attribute takes both. */
async function updateTtl(client: DynamoDBClient, TableName: string, wanted: Properties, live: Properties): Promise<void> {
  const set = (AttributeName: string, Enabled: boolean) =>
    client.send(new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification: { AttributeName, Enabled } }));
  const [after, before] = [optionalTextAt(wanted, "ttl"), optionalTextAt(live, "ttl")];
  if (before !== undefined) await set(before, false);
  if (after !== undefined) await set(after, true);
}

async function updateBackups(client: DynamoDBClient, TableName: string, isOn: boolean): Promise<void> {
  const specification = { PointInTimeRecoveryEnabled: isOn };
  await client.send(new UpdateContinuousBackupsCommand({ TableName, PointInTimeRecoverySpecification: specification }));
}

type Tags = Readonly<Record<string, string>>;

async function updateTags(client: DynamoDBClient, ResourceArn: string, after: Tags, before: Tags): Promise<void> {
  const stale = Object.keys(before).filter((key) => after[key] === undefined);
  if (stale.length > 0) await client.send(new UntagResourceCommand({ ResourceArn, TagKeys: stale }));
  if (Object.keys(after).length > 0) await client.send(new TagResourceCommand({ ResourceArn, Tags: tagListOf(after) }));
}

async function settled(client: DynamoDBClient, TableName: string | undefined): Promise<void> {
  await until(`the table ${TableName} and its indexes are active`, async () => {
    const { Table } = await client.send(new DescribeTableCommand({ TableName }));
    const states = [Table?.TableStatus, ...(Table?.GlobalSecondaryIndexes ?? []).map(({ IndexStatus }) => IndexStatus)];
    return states.every((state) => state === "ACTIVE");
  });
}
