import { isObject, type JsonObject } from "../../json.ts";
import { isJsonata } from "../expressions/jsonata.ts";
import type { Context, Fields } from "./fields.ts";
import type { Resource } from "./resources.ts";
import { SDK_OPERATIONS } from "./sdk-operations.ts";

interface Parameters {
  required: readonly string[];
  optional: readonly string[];
}

const TABLE_WRITE = [
  ...["ConditionalOperator", "ConditionExpression", "Expected", "ExpressionAttributeNames", "ExpressionAttributeValues"],
  ...["ReturnConsumedCapacity", "ReturnItemCollectionMetrics", "ReturnValues"],
];

/** The parameters of AWS's own integrations; they take no others. */
const OPTIMIZED: Readonly<Record<string, Parameters>> = {
  "sqs:sendMessage": {
    required: ["QueueUrl", "MessageBody"],
    optional: ["DelaySeconds", "MessageAttributes", "MessageDeduplicationId", "MessageGroupId"],
  },
  "dynamodb:getItem": {
    required: ["TableName", "Key"],
    optional: ["AttributesToGet", "ConsistentRead", "ExpressionAttributeNames", "ProjectionExpression", "ReturnConsumedCapacity"],
  },
  "dynamodb:putItem": { required: ["TableName", "Item"], optional: TABLE_WRITE },
  "dynamodb:updateItem": { required: ["TableName", "Key"], optional: [...TABLE_WRITE, "AttributeUpdates", "UpdateExpression"] },
  "dynamodb:deleteItem": { required: ["TableName", "Key"], optional: TABLE_WRITE },
  "states:startExecution": { required: ["StateMachineArn"], optional: ["Input", "Name"] },
};

/** Checks what a Task hands to its service: there at all, complete, and nothing that would not arrive. */
export function checkIntegration({ report, language }: Context, fields: Fields, arn: string, resource: Resource): void {
  const field = language === "JSONata" ? "Arguments" : "Parameters";
  const given = fields.get(field);
  if (given === undefined) {
    report.schema(`${field} field is required for resource ARN: ${arn}`, fields.at);
    return;
  }
  const computed = typeof given === "string" && language === "JSONata" && isJsonata(given);
  if (!isObject(given)) {
    if (!computed) report.schema("Expected value of type Object", fields.place(field));
    return;
  }
  checkNames(given, parametersOf(resource), language === "JSONPath", fields, field);
}

/** The SDK integrations take whatever the API takes, and leave it to the service to miss something. */
function parametersOf({ service, operation, sdk }: Resource): Parameters {
  const parameters = sdk ? undefined : OPTIMIZED[`${service}:${operation}`];
  return parameters ?? { required: [], optional: [...(SDK_OPERATIONS.get(service)?.get(operation) ?? [])] };
}

function checkNames(given: JsonObject, { required, optional }: Parameters, paths: boolean, fields: Fields, field: string): void {
  const names = new Set(Object.keys(given).map((name) => (paths && name.endsWith(".$") ? name.slice(0, -2) : name)));
  for (const name of required) {
    if (!names.has(name)) fields.report.schema(`The field '${name}' is required but was missing`, fields.place(field));
  }
  for (const name of names) {
    if (required.includes(name) || optional.includes(name)) continue;
    fields.report.schema(`The field '${name}' is not supported by Step Functions`, fields.place(field));
  }
}
