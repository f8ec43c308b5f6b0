import { GetItemCommand, paginateQuery } from "@aws-sdk/client-dynamodb";
import { DescribeExecutionCommand, paginateGetExecutionHistory, paginateListExecutions } from "@aws-sdk/client-sfn";
import { GetQueueAttributesCommand } from "@aws-sdk/client-sqs";
import { type Change, executionInput, executionName, type Ground, taskOutput } from "../../support/flow.ts";
import type { Ledger } from "./ledger.ts";

/** The history of an execution that did its work once. */
const EVENTS = [
  "ExecutionStarted",
  "TaskStateEntered",
  "TaskScheduled",
  "TaskStarted",
  "TaskSubmitted",
  "TaskSucceeded",
  "TaskStateExited",
  "ExecutionSucceeded",
].join(" ");

/** Holds the endpoint's state against what the clients were told. */
export async function verify(ground: Ground, ledger: Ledger): Promise<void> {
  const ids = [...ledger.acknowledgedOf("record")];
  await inBatches(ids, (id) => verifyRecord(ground, ledger, id));
  const started = [...ledger.acknowledgedOf("start")];
  await inBatches(started, (name) => verifyExecution(ground, ledger, name));
  await verifyListing(ground, ledger);
  await verifyIndex(ground, ledger);
  await verifyQueue(ground, ledger);
}

async function verifyRecord(ground: Ground, ledger: Ledger, id: string): Promise<void> {
  const { Item } = await ground.clients.dynamodb.send(
    new GetItemCommand({ TableName: ground.table, Key: { PK: { S: `REQ#${id}` } }, ConsistentRead: true }),
  );
  if (Item === undefined) {
    ledger.lost.push(`record ${id}`);
    return;
  }
  const written = versionsOf(ledger, "status", id);
  const recorded = versionsOf(ledger, "history", id);
  const entries = (Item.statusHistory?.L ?? []).map((entry) => Number(entry.M?.version?.N));
  if (Number(Item.version?.N) < Math.max(0, ...written)) ledger.lost.push(`a status of record ${id}`);
  for (const version of recorded) {
    const times = entries.filter((entry) => entry === version).length;
    if (times === 0) ledger.lost.push(`history ${version} of record ${id}`);
    if (times > 1) ledger.duplicated.push(`history ${version} of record ${id}, ${times} times`);
  }
  if (entries.some((entry, index) => entry !== index + 1)) ledger.unexpected.push(`the history of record ${id} is ${entries.join(" ")}`);
}

/** The versions of a record whose call of this kind was acknowledged. */
function versionsOf(ledger: Ledger, kind: "status" | "history", id: string): number[] {
  const names = ledger.acknowledgedOf(kind);
  const versions: number[] = [];
  for (let version = 1; ledger.changes.has(executionName({ id, version })); version++) {
    if (names.has(executionName({ id, version }))) versions.push(version);
  }
  return versions;
}

async function verifyExecution(ground: Ground, ledger: Ledger, name: string): Promise<void> {
  const change = ledger.changes.get(name);
  if (change === undefined) throw new Error(`The ledger knows no change ${name}.`);
  const executionArn = `${ground.stateMachineArn.replace(":stateMachine:", ":execution:")}:${name}`;
  const execution = await ground.clients.sfn.send(new DescribeExecutionCommand({ executionArn })).catch((error: unknown) => {
    if (error instanceof Error && error.name === "ExecutionDoesNotExist") return undefined;
    throw error;
  });
  if (execution === undefined) {
    ledger.lost.push(`execution ${name}`);
    return;
  }
  if (execution.input !== executionInput(change)) ledger.unexpected.push(`the input of ${name}`);
  if (ledger.acknowledgedOf("success").has(name)) {
    if (execution.status !== "SUCCEEDED") ledger.lost.push(`the end of ${name}: it is ${execution.status}`);
    else if (!sameOutput(execution.output, change)) ledger.unexpected.push(`the output of ${name}: ${execution.output}`);
  }
  if (execution.status === "SUCCEEDED") await verifyHistory(ground, ledger, name, executionArn);
}

function sameOutput(output: string | undefined, change: Change): boolean {
  return output !== undefined && JSON.stringify(JSON.parse(output)) === taskOutput(change);
}

async function verifyHistory(ground: Ground, ledger: Ledger, name: string, executionArn: string): Promise<void> {
  const events = [];
  for await (const page of paginateGetExecutionHistory({ client: ground.clients.sfn }, { executionArn }))
    events.push(...(page.events ?? []));
  if (events.some((event, index) => event.id !== index + 1)) {
    ledger.unexpected.push(`the events of ${name} are numbered ${events.map((event) => event.id).join(" ")}`);
  }
  const types = events.map((event) => event.type).join(" ");
  if (types !== EVENTS) ledger.unexpected.push(`the events of ${name} are ${types}`);
}

async function verifyListing(ground: Ground, ledger: Ledger): Promise<void> {
  const pages = paginateListExecutions({ client: ground.clients.sfn, pageSize: 1000 }, { stateMachineArn: ground.stateMachineArn });
  const seen = new Set<string>();
  for await (const page of pages) {
    for (const { name = "", status } of page.executions ?? []) {
      if (seen.has(name)) ledger.duplicated.push(`${name} is listed twice`);
      seen.add(name);
      if (!ledger.wasAttempted("start", name)) ledger.unexpected.push(`${name} was never started`);
      if (status === "RUNNING") ledger.unexpected.push(`${name} is still RUNNING`);
    }
  }
  for (const name of ledger.acknowledgedOf("start")) if (!seen.has(name)) ledger.lost.push(`${name} is not listed`);
}

/** Every change is recorded, so nothing is pending; an index that still has something disagrees with its table. */
async function verifyIndex(ground: Ground, ledger: Ledger): Promise<void> {
  const pages = paginateQuery(
    { client: ground.clients.dynamodb },
    {
      TableName: ground.table,
      IndexName: "Pending",
      KeyConditionExpression: "pendingShard = :shard",
      ExpressionAttributeValues: { ":shard": { S: "0" } },
    },
  );
  for await (const page of pages) for (const item of page.Items ?? []) ledger.unexpected.push(`${item.PK?.S} is still in the index`);
}

async function verifyQueue(ground: Ground, ledger: Ledger): Promise<void> {
  const names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible", "ApproximateNumberOfMessagesDelayed"] as const;
  const { Attributes } = await ground.clients.sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: ground.queueUrl, AttributeNames: [...names] }),
  );
  for (const name of names) if (Attributes?.[name] !== "0") ledger.unexpected.push(`the queue's ${name} is ${Attributes?.[name]}`);
}

async function inBatches<T>(all: readonly T[], work: (one: T) => Promise<void>): Promise<void> {
  for (let at = 0; at < all.length; at += 32) await Promise.all(all.slice(at, at + 32).map(work));
}
