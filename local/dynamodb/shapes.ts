import type { Shape, Structure } from "./shape.ts";

/** The shapes of the operations on items. What AWS takes beside these members is accepted and has no effect. */
const text: Shape = { kind: "string" };
const flag: Shape = { kind: "boolean" };
const any: Shape = { kind: "any" };
const attributes: Shape = { kind: "map", of: any };

function oneOf(...values: string[]): Shape {
  return { kind: "string", values };
}

function mapOf(of: Shape): Shape {
  return { kind: "map", of };
}

function listOf(of: Shape, min?: number, max?: number): Shape {
  return { kind: "list", of, ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) };
}

function structure(members: { [name: string]: Shape }, required: string[]): Structure {
  return { kind: "structure", members, required };
}

export const TABLE_NAME: Shape = { kind: "string", min: 3, max: 255, pattern: /^[a-zA-Z0-9_.-]+$/, orArn: true };

const indexName: Shape = { kind: "string", min: 3, max: 255, pattern: /^[a-zA-Z0-9_.-]+$/ };
const capacity = oneOf("INDEXES", "TOTAL", "NONE");
const collectionMetrics = oneOf("SIZE", "NONE");
const onFailure = oneOf("ALL_OLD", "NONE");
const operators = oneOf("IN", "NULL", "BETWEEN", "LT", "NOT_CONTAINS", "EQ", "GT", "NOT_NULL", "NE", "LE", "BEGINS_WITH", "GE", "CONTAINS");
const legacyConditions = mapOf(structure({ AttributeValueList: listOf(any), ComparisonOperator: operators }, ["ComparisonOperator"]));
const legacyExpectations = mapOf(
  structure({ AttributeValueList: listOf(any), ComparisonOperator: operators, Exists: flag, Value: any }, []),
);
const placeholders = { ExpressionAttributeNames: mapOf(text), ExpressionAttributeValues: attributes };
const attributesToGet = listOf(text, 1, 255);

const writing = {
  ReturnConsumedCapacity: capacity,
  TableName: TABLE_NAME,
  ReturnItemCollectionMetrics: collectionMetrics,
  ReturnValues: oneOf("ALL_NEW", "UPDATED_OLD", "ALL_OLD", "NONE", "UPDATED_NEW"),
  ReturnValuesOnConditionCheckFailure: onFailure,
  ConditionalOperator: oneOf("OR", "AND"),
  ConditionExpression: text,
  Expected: legacyExpectations,
  ...placeholders,
};

export const PUT_ITEM = structure({ ...writing, Item: attributes }, ["TableName", "Item"]);
export const DELETE_ITEM = structure({ ...writing, Key: attributes }, ["TableName", "Key"]);
export const UPDATE_ITEM = structure(
  {
    ...writing,
    Key: attributes,
    UpdateExpression: text,
    AttributeUpdates: mapOf(structure({ Action: oneOf("ADD", "PUT", "DELETE"), Value: any }, [])),
  },
  ["TableName", "Key"],
);

const projecting = { ProjectionExpression: text, AttributesToGet: attributesToGet, ExpressionAttributeNames: mapOf(text) };

export const GET_ITEM = structure(
  { ReturnConsumedCapacity: capacity, TableName: TABLE_NAME, Key: attributes, ConsistentRead: flag, ...projecting },
  ["TableName", "Key"],
);

const paging = {
  Select: oneOf("SPECIFIC_ATTRIBUTES", "COUNT", "ALL_ATTRIBUTES", "ALL_PROJECTED_ATTRIBUTES"),
  IndexName: indexName,
  ReturnConsumedCapacity: capacity,
  TableName: TABLE_NAME,
  ConditionalOperator: oneOf("OR", "AND"),
  Limit: { kind: "integer", min: 1 } satisfies Shape,
  ConsistentRead: flag,
  ExclusiveStartKey: attributes,
  FilterExpression: text,
  ...projecting,
  ...placeholders,
};

export const QUERY = structure(
  { ...paging, KeyConditions: legacyConditions, KeyConditionExpression: text, QueryFilter: legacyConditions, ScanIndexForward: flag },
  ["TableName"],
);
export const SCAN = structure(
  {
    ...paging,
    ScanFilter: legacyConditions,
    TotalSegments: { kind: "integer", min: 1, max: 1_000_000 },
    Segment: { kind: "integer", min: 0, max: 999_999 },
  },
  ["TableName"],
);

export const BATCH_GET_ITEM = structure(
  {
    ReturnConsumedCapacity: capacity,
    RequestItems: {
      kind: "map",
      min: 1,
      max: 100,
      of: structure({ Keys: listOf(attributes, 1, 100), ConsistentRead: flag, ...projecting }, ["Keys"]),
    },
  },
  ["RequestItems"],
);

export const BATCH_WRITE_ITEM = structure(
  {
    ReturnConsumedCapacity: capacity,
    ReturnItemCollectionMetrics: collectionMetrics,
    RequestItems: {
      kind: "map",
      min: 1,
      max: 25,
      of: listOf(
        structure(
          {
            PutRequest: structure({ Item: attributes }, ["Item"]),
            DeleteRequest: structure({ Key: attributes }, ["Key"]),
          },
          [],
        ),
        1,
        25,
      ),
    },
  },
  ["RequestItems"],
);

const condition = { TableName: TABLE_NAME, ConditionExpression: text, ReturnValuesOnConditionCheckFailure: onFailure, ...placeholders };

export const TRANSACT_WRITE_ITEMS = structure(
  {
    ReturnConsumedCapacity: capacity,
    ReturnItemCollectionMetrics: collectionMetrics,
    ClientRequestToken: { kind: "string", min: 1, max: 36 },
    TransactItems: listOf(
      structure(
        {
          ConditionCheck: structure({ ...condition, Key: attributes }, ["TableName", "Key", "ConditionExpression"]),
          Put: structure({ ...condition, Item: attributes }, ["TableName", "Item"]),
          Delete: structure({ ...condition, Key: attributes }, ["TableName", "Key"]),
          Update: structure({ ...condition, Key: attributes, UpdateExpression: text }, ["TableName", "Key", "UpdateExpression"]),
        },
        [],
      ),
      1,
      100,
    ),
  },
  ["TransactItems"],
);

export const TRANSACT_GET_ITEMS = structure(
  {
    ReturnConsumedCapacity: capacity,
    TransactItems: listOf(
      structure(
        {
          Get: structure({ TableName: TABLE_NAME, Key: attributes, ProjectionExpression: text, ExpressionAttributeNames: mapOf(text) }, [
            "TableName",
            "Key",
          ]),
        },
        ["Get"],
      ),
      1,
      100,
    ),
  },
  ["TransactItems"],
);
