import { CreateTableCommand, PutItemCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { CreateStateMachineCommand, SendTaskSuccessCommand, StartExecutionCommand } from "@aws-sdk/client-sfn";
import { CreateQueueCommand, DeleteMessageBatchCommand, type Message, ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import type { Clients } from "./clients.ts";
import { createExecutionRole } from "./role.ts";

/**
 * The work of one status change, as Milepost's API and worker do it: the status and a pending event in one conditional
 * write, an execution that sends a message with a task token, the history written from that message, the token answered.
 */
export interface Ground {
  readonly clients: Clients;
  readonly table: string;
  readonly queueUrl: string;
  readonly stateMachineArn: string;
}

/** Change `version` of record `id`; its name is also the name of its execution. */
export interface Change {
  readonly id: string;
  readonly version: number;
}

/** A change as the worker receives it. */
export interface Task extends Change {
  readonly token: string;
  readonly messageId: string;
  readonly receiptHandle: string;
}

export async function createGround(clients: Clients, name: string, visibilitySeconds = 30): Promise<Ground> {
  const [roleArn, queue] = await Promise.all([
    createExecutionRole(clients, name),
    clients.sqs.send(new CreateQueueCommand({ QueueName: name, Attributes: { VisibilityTimeout: String(visibilitySeconds) } })),
    createTable(clients, name),
  ]);
  const queueUrl = present(queue.QueueUrl);
  const machine = await clients.sfn.send(
    new CreateStateMachineCommand({ name, roleArn, definition: JSON.stringify(definition(queueUrl)) }),
  );
  return { clients, table: name, queueUrl, stateMachineArn: present(machine.stateMachineArn) };
}

/** With the sparse index by which changes that are not recorded yet are found again. */
async function createTable(clients: Clients, name: string): Promise<void> {
  await clients.dynamodb.send(
    new CreateTableCommand({
      TableName: name,
      BillingMode: "PAY_PER_REQUEST",
      KeySchema: [{ AttributeName: "PK", KeyType: "HASH" }],
      AttributeDefinitions: [
        { AttributeName: "PK", AttributeType: "S" },
        { AttributeName: "pendingShard", AttributeType: "S" },
        { AttributeName: "pendingDue", AttributeType: "N" },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: "Pending",
          KeySchema: [
            { AttributeName: "pendingShard", KeyType: "HASH" },
            { AttributeName: "pendingDue", KeyType: "RANGE" },
          ],
          Projection: { ProjectionType: "KEYS_ONLY" },
        },
      ],
    }),
  );
}

function definition(queueUrl: string): object {
  return {
    StartAt: "Record",
    States: {
      Record: {
        Type: "Task",
        Resource: "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
        Parameters: { QueueUrl: queueUrl, MessageBody: { "token.$": "$$.Task.Token", "event.$": "$" } },
        HeartbeatSeconds: 900,
        TimeoutSeconds: 86_400,
        End: true,
      },
    },
  };
}

export function executionName(change: Change): string {
  return `${change.id}-${change.version}`;
}

/** The same text on every start of the same change: only then may a start be repeated. */
export function executionInput(change: Change): string {
  return JSON.stringify({ v: 1, kind: "requests", id: change.id, version: change.version, from: "PENDING", to: "IN_PROGRESS" });
}

export function taskOutput(change: Change): string {
  return JSON.stringify({ eventId: executionName(change), version: change.version, to: "IN_PROGRESS" });
}

export async function createRecord(ground: Ground, id: string): Promise<void> {
  const item = {
    PK: { S: `REQ#${id}` },
    status: { S: "PENDING" },
    version: { N: "0" },
    historyVersion: { N: "0" },
    pending: { M: {} },
    statusHistory: { L: [] },
  };
  await ground.clients.dynamodb.send(
    new PutItemCommand({ TableName: ground.table, Item: item, ConditionExpression: "attribute_not_exists(PK)" }),
  );
}

export async function writeStatus(ground: Ground, change: Change): Promise<void> {
  await ground.clients.dynamodb.send(
    new UpdateItemCommand({
      TableName: ground.table,
      Key: { PK: { S: `REQ#${change.id}` } },
      UpdateExpression:
        "SET #status = :status, version = :version, pending.#event = :event, pendingShard = :shard, pendingDue = if_not_exists(pendingDue, :due)",
      ConditionExpression: "version = :before AND size(pending) < :most",
      ExpressionAttributeNames: { "#status": "status", "#event": String(change.version) },
      ExpressionAttributeValues: {
        ":status": { S: "IN_PROGRESS" },
        ":version": { N: String(change.version) },
        ":before": { N: String(change.version - 1) },
        ":event": { M: { changeId: { S: executionName(change) }, input: { S: executionInput(change) }, attempt: { N: "0" } } },
        ":shard": { S: "0" },
        ":due": { N: String(Date.now() + 2_000) },
        ":most": { N: "100" },
      },
    }),
  );
}

export async function startExecution(ground: Ground, change: Change): Promise<void> {
  await ground.clients.sfn.send(
    new StartExecutionCommand({ stateMachineArn: ground.stateMachineArn, name: executionName(change), input: executionInput(change) }),
  );
}

export async function receiveTasks(ground: Ground, waitSeconds: number): Promise<Task[]> {
  const answer = await ground.clients.sqs.send(
    new ReceiveMessageCommand({ QueueUrl: ground.queueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: waitSeconds }),
  );
  return (answer.Messages ?? []).map(parseTask);
}

function parseTask(message: Message): Task {
  const body: unknown = JSON.parse(present(message.Body));
  const { token, event } = body as { token: string; event: Change };
  return {
    id: event.id,
    version: event.version,
    token,
    messageId: present(message.MessageId),
    receiptHandle: present(message.ReceiptHandle),
  };
}

/** Fails with ConditionalCheckFailedException where this change's history is written already, or an earlier one's is not. */
export async function writeHistory(ground: Ground, change: Change): Promise<void> {
  await ground.clients.dynamodb.send(
    new UpdateItemCommand({
      TableName: ground.table,
      Key: { PK: { S: `REQ#${change.id}` } },
      UpdateExpression:
        "SET statusHistory = list_append(statusHistory, :entries), historyVersion = :version, notifiedAt = :now, lastEventId = :event REMOVE pending.#event, pendingShard, pendingDue",
      ConditionExpression: "historyVersion = :before AND attribute_exists(pending.#event) AND size(pending) = :one",
      ExpressionAttributeNames: { "#event": String(change.version) },
      ExpressionAttributeValues: {
        ":entries": {
          L: [{ M: { eventId: { S: executionName(change) }, version: { N: String(change.version) }, to: { S: "IN_PROGRESS" } } }],
        },
        ":version": { N: String(change.version) },
        ":before": { N: String(change.version - 1) },
        ":now": { S: new Date().toISOString() },
        ":event": { S: executionName(change) },
        ":one": { N: "1" },
      },
    }),
  );
}

export async function sendTaskSuccess(ground: Ground, task: Task): Promise<void> {
  await ground.clients.sfn.send(new SendTaskSuccessCommand({ taskToken: task.token, output: taskOutput(task) }));
}

export async function deleteTasks(ground: Ground, tasks: readonly Task[]): Promise<void> {
  const answer = await ground.clients.sqs.send(
    new DeleteMessageBatchCommand({
      QueueUrl: ground.queueUrl,
      Entries: tasks.map((task, index) => ({ Id: String(index), ReceiptHandle: task.receiptHandle })),
    }),
  );
  const [failed] = answer.Failed ?? [];
  if (failed !== undefined) throw new Error(`A message was not deleted: ${failed.Code} ${failed.Message}`);
}

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("The endpoint's answer lacks a member it must have.");
  return value;
}
