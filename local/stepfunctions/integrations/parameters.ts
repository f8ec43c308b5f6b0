import { isObject, type Json } from "../../json.ts";
import type { Resource } from "../asl/resources.ts";

/**
 * Which parameters a service's operation takes: Step Functions drops the others before it writes down and makes the call.
 */
const MEMBERS: Readonly<Record<string, readonly string[]>> = {
  sendMessage: ["DelaySeconds", "MessageAttributes", "MessageBody", "MessageDeduplicationId", "MessageGroupId", "QueueUrl"],
  getItem: [
    "AttributesToGet",
    "ConsistentRead",
    "ExpressionAttributeNames",
    "Key",
    "ProjectionExpression",
    "ReturnConsumedCapacity",
    "TableName",
  ],
  putItem: [
    "ConditionalOperator",
    "ConditionExpression",
    "Expected",
    "ExpressionAttributeNames",
    "ExpressionAttributeValues",
    "Item",
    "ReturnConsumedCapacity",
    "ReturnItemCollectionMetrics",
    "ReturnValues",
    "ReturnValuesOnConditionCheckFailure",
    "TableName",
  ],
  updateItem: [
    "AttributeUpdates",
    "ConditionalOperator",
    "ConditionExpression",
    "Expected",
    "ExpressionAttributeNames",
    "ExpressionAttributeValues",
    "Key",
    "ReturnConsumedCapacity",
    "ReturnItemCollectionMetrics",
    "ReturnValues",
    "ReturnValuesOnConditionCheckFailure",
    "TableName",
    "UpdateExpression",
  ],
  deleteItem: [
    "ConditionalOperator",
    "ConditionExpression",
    "Expected",
    "ExpressionAttributeNames",
    "ExpressionAttributeValues",
    "Key",
    "ReturnConsumedCapacity",
    "ReturnItemCollectionMetrics",
    "ReturnValues",
    "ReturnValuesOnConditionCheckFailure",
    "TableName",
  ],
  startExecution: ["Input", "Name", "StateMachineArn", "TraceHeader"],
};

/** The parameters that the operation takes, as text; text that needs no change is handed back as it came. */
export function supportedParameters(resource: Resource, text: string): string {
  const value = JSON.parse(text) as Json;
  const members = MEMBERS[resource.operation];
  if (!isObject(value) || members === undefined) return text;
  const kept = Object.entries(value).filter(([name]) => members.includes(name));
  return kept.length === Object.keys(value).length ? text : JSON.stringify(Object.fromEntries(kept));
}
