import type { Shape, Structure } from "./shape.ts";

/** The shapes of the operations on tables. */
const text: Shape = { kind: "string" };
const flag: Shape = { kind: "boolean" };
const units: Shape = { kind: "integer", min: 1 };
const name: Shape = { kind: "string", min: 3, max: 255, pattern: /^[a-zA-Z0-9_.-]+$/ };
const tableName: Shape = { ...name, orArn: true };
const attributeName: Shape = { kind: "string", min: 1, max: 255 };
const billingMode: Shape = { kind: "string", values: ["PROVISIONED", "PAY_PER_REQUEST"] };

function structure(members: { [name: string]: Shape }, required: string[] = []): Structure {
  return { kind: "structure", members, required };
}

const throughput = structure({ ReadCapacityUnits: units, WriteCapacityUnits: units }, ["ReadCapacityUnits", "WriteCapacityUnits"]);
const keySchema: Shape = {
  kind: "list",
  min: 1,
  max: 2,
  of: structure({ AttributeName: attributeName, KeyType: { kind: "string", values: ["HASH", "RANGE"] } }, ["AttributeName", "KeyType"]),
};
const projection = structure({
  ProjectionType: { kind: "string", values: ["ALL", "INCLUDE", "KEYS_ONLY"] },
  NonKeyAttributes: { kind: "list", of: attributeName, min: 1, max: 20 },
});
const globalIndex = structure(
  { IndexName: name, KeySchema: keySchema, Projection: projection, ProvisionedThroughput: throughput, OnDemandThroughput: structure({}) },
  ["IndexName", "KeySchema", "Projection"],
);
const attributeDefinitions: Shape = {
  kind: "list",
  of: structure({ AttributeName: attributeName, AttributeType: { kind: "string", values: ["B", "N", "S"] } }, [
    "AttributeName",
    "AttributeType",
  ]),
};
const tags: Shape = {
  kind: "list",
  of: structure({ Key: { kind: "string", min: 1, max: 128 }, Value: { kind: "string", max: 256 } }, ["Key", "Value"]),
};
const common = {
  BillingMode: billingMode,
  ProvisionedThroughput: throughput,
  OnDemandThroughput: structure({}),
  StreamSpecification: structure({ StreamEnabled: flag, StreamViewType: text }, ["StreamEnabled"]),
  SSESpecification: structure({ Enabled: flag, SSEType: { kind: "string", values: ["AES256", "KMS"] }, KMSMasterKeyId: text }),
  TableClass: { kind: "string", values: ["STANDARD", "STANDARD_INFREQUENT_ACCESS"] },
  DeletionProtectionEnabled: flag,
} satisfies { [name: string]: Shape };

export const CREATE_TABLE = structure(
  {
    AttributeDefinitions: attributeDefinitions,
    TableName: tableName,
    ...common,
    KeySchema: keySchema,
    LocalSecondaryIndexes: {
      kind: "list",
      of: structure({ IndexName: name, KeySchema: keySchema, Projection: projection }, ["IndexName", "KeySchema", "Projection"]),
    },
    GlobalSecondaryIndexes: { kind: "list", of: globalIndex },
    Tags: tags,
  },
  ["AttributeDefinitions", "TableName", "KeySchema"],
);

export const UPDATE_TABLE = structure(
  {
    TableName: tableName,
    ...common,
    AttributeDefinitions: attributeDefinitions,
    GlobalSecondaryIndexUpdates: {
      kind: "list",
      of: structure({
        Update: structure({ IndexName: name, ProvisionedThroughput: throughput }, ["IndexName"]),
        Create: globalIndex,
        Delete: structure({ IndexName: name }, ["IndexName"]),
      }),
    },
  },
  ["TableName"],
);

export const ONE_TABLE = structure({ TableName: tableName }, ["TableName"]);
export const LIST_TABLES = structure({ ExclusiveStartTableName: name, Limit: { kind: "integer", min: 1, max: 100 } });
export const UPDATE_TIME_TO_LIVE = structure(
  {
    TableName: tableName,
    TimeToLiveSpecification: structure({ Enabled: flag, AttributeName: attributeName }, ["Enabled", "AttributeName"]),
  },
  ["TableName", "TimeToLiveSpecification"],
);
export const UPDATE_CONTINUOUS_BACKUPS = structure(
  {
    TableName: tableName,
    PointInTimeRecoverySpecification: structure(
      { PointInTimeRecoveryEnabled: flag, RecoveryPeriodInDays: { kind: "integer", min: 1, max: 35 } },
      ["PointInTimeRecoveryEnabled"],
    ),
  },
  ["TableName", "PointInTimeRecoverySpecification"],
);
export const TAG_RESOURCE = structure({ ResourceArn: { kind: "string", min: 1, max: 1283 }, Tags: tags }, ["ResourceArn", "Tags"]);
export const UNTAG_RESOURCE = structure({ ResourceArn: { kind: "string", min: 1, max: 1283 }, TagKeys: { kind: "list", of: text } }, [
  "ResourceArn",
  "TagKeys",
]);
export const LIST_TAGS = structure({ ResourceArn: { kind: "string", min: 1, max: 1283 }, NextToken: text }, ["ResourceArn"]);
