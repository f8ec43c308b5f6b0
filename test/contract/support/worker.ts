import { CreateTableCommand, waitUntilTableExists } from "@aws-sdk/client-dynamodb";
import { CreateStateMachineCommand, DeleteStateMachineCommand } from "@aws-sdk/client-sfn";
import { CreateQueueCommand, DeleteQueueCommand, GetQueueAttributesCommand, type QueueAttributeName } from "@aws-sdk/client-sqs";
import { type Clients, makeClients, WORKER_LIMITS } from "../../../config/clients.ts";
import { asVariables, type Outputs } from "../../../config/outputs.ts";
import { readSettings, type Settings } from "../../../config/settings.ts";
import type { ChangeEvent } from "../../../domain/event.ts";
import { formatInput } from "../../../domain/event.ts";
import type { FailureStore } from "../../../domain/failures.ts";
import { requests } from "../../../domain/requests.ts";
import { makeWorker, type Worker } from "../../../worker/worker.ts";
import { definitionOf } from "../../../workflows/definition.ts";
import { executionArn, starterOf } from "../../../workflows/starter.ts";
import { type CapturedLog, captureLog } from "../../support/log.ts";
import { ManagedProcess } from "../../support/managed-process.ts";
import { aws, endpointUrl, executionRole, uniqueName } from "./endpoint.ts";
import { dropTable, ledgerOver, newTable, type TestLedger } from "./ledger.ts";
import { meddle } from "./meddle.ts";

const START_MS_MAX = 20_000;

/** Everything a worker of requests works with, made for one file of tests, and workers over it. */
export interface WorkerGround {
  readonly outputs: Outputs;
  readonly ledger: TestLedger;
  readonly failures: FailureStore;
  readonly environment: Record<string, string>;
  drop(): Promise<void>;
}

export async function newGround(variables: Record<string, string> = {}): Promise<WorkerGround> {
  const environment = { AWS_ENDPOINT_URL: endpointUrl(), POLL_SECONDS: "1", MILEPOST_KINDS: "requests", ...variables };
  const settings = readSettings(environment);
  const [table, failures, idempotency] = await Promise.all([newTable(), newFailuresTable(), newKeyedTable("idempotency")]);
  const dlq = await newQueue({});
  const queue = await newQueue({ RedrivePolicy: JSON.stringify({ deadLetterTargetArn: dlq.arn, maxReceiveCount: requests.receivesMax }) });
  const definition = definitionOf("requests", { ...settings.timings, requestsQueueUrl: queue.url });
  const { stateMachineArn = "" } = await aws().sfn.send(
    new CreateStateMachineCommand({ name: uniqueName("requests"), definition, roleArn: await executionRole() }),
  );
  const outputs: Outputs = {
    requests_table: table,
    requests_queue_url: queue.url,
    requests_dlq_url: dlq.url,
    requests_state_machine_arn: stateMachineArn,
    idempotency_table: idempotency,
    failures_table: failures,
  };
  const ledger = { ...ledgerOver(table), clock: Date.now };
  return {
    outputs,
    ledger,
    failures: { table: failures, client: aws().dynamodb, clock: Date.now },
    environment: { ...environment, ...asVariables(outputs) },
    drop: async () => {
      await aws().sfn.send(new DeleteStateMachineCommand({ stateMachineArn }));
      for (const { url } of [queue, dlq]) await aws().sqs.send(new DeleteQueueCommand({ QueueUrl: url }));
      for (const name of [table, failures, idempotency]) await dropTable(name);
    },
  };
}

/** Starts the execution of an event, as the API does: a worker's relay may have been quicker. */
export async function startExecution({ outputs }: WorkerGround, event: ChangeEvent, name = event.eventId): Promise<string> {
  const stateMachineArn = outputs.requests_state_machine_arn;
  await starterOf(aws().sfn, stateMachineArn, START_MS_MAX).start(name, formatInput(event));
  return executionArn(stateMachineArn, name);
}

export interface RunningWorker extends Worker {
  readonly settings: Settings;
  readonly clients: Clients;
  readonly log: CapturedLog;
  end(): Promise<number>;
}

/** What a test does before a worker's calls of one command, with their input: wait, count, or throw in its place. */
export type Meddling = Readonly<Record<string, (input: object) => unknown>>;

/** A worker within this process. `random` decides its waits: with 0 there are next to none. */
export function startWorker(ground: WorkerGround, meddling: Meddling = {}, random: () => number = Math.random): RunningWorker {
  const settings = readSettings(ground.environment);
  const clients = makeClients(settings, WORKER_LIMITS);
  meddle(clients, (command, input) => meddling[command]?.(input));
  const log = captureLog();
  const worker = makeWorker({ settings, outputs: ground.outputs, clients, logger: log.logger, random });
  worker.start();
  const end = async () => {
    const unfinished = await worker.stop(5_000);
    clients.destroy();
    return unfinished;
  };
  return { ...worker, settings, clients, log, end };
}

/** A worker as a process of its own, which can be killed. */
export async function startWorkerProcess(ground: WorkerGround, more: Record<string, string> = {}): Promise<ManagedProcess> {
  const worker = new ManagedProcess({
    name: "worker",
    command: ["worker/main.ts"],
    environment: { ...ground.environment, ...more },
    isReady: (log) => log.includes("ready: waiting for messages"),
  });
  await worker.start();
  return worker;
}

/** How many messages a queue has: waiting and at work. */
export async function countsOf(QueueUrl: string): Promise<{ waiting: number; atWork: number }> {
  const names: QueueAttributeName[] = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"];
  const { Attributes: counts = {} } = await aws().sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: names }));
  return { waiting: Number(counts.ApproximateNumberOfMessages), atWork: Number(counts.ApproximateNumberOfMessagesNotVisible) };
}

async function newQueue(Attributes: Record<string, string>): Promise<{ url: string; arn: string }> {
  const { QueueUrl: url = "" } = await aws().sqs.send(new CreateQueueCommand({ QueueName: uniqueName("queue"), Attributes }));
  const { Attributes: { QueueArn: arn = "" } = {} } = await aws().sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ["QueueArn"] }),
  );
  return { url, arn };
}

async function newKeyedTable(prefix: string): Promise<string> {
  const TableName = uniqueName(prefix);
  await aws().dynamodb.send(
    new CreateTableCommand({
      TableName,
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: [{ AttributeName: "PK", AttributeType: "S" }],
      KeySchema: [{ AttributeName: "PK", KeyType: "HASH" }],
    }),
  );
  return ready(TableName);
}

/** Makes the table of failures with the index that shows the open ones. */
export async function newFailuresTable(): Promise<string> {
  const TableName = uniqueName("failures");
  await aws().dynamodb.send(
    new CreateTableCommand({
      TableName,
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: ["PK", "openKind", "failedKey"].map((AttributeName) => ({ AttributeName, AttributeType: "S" as const })),
      KeySchema: [{ AttributeName: "PK", KeyType: "HASH" }],
      GlobalSecondaryIndexes: [
        {
          IndexName: "Open",
          KeySchema: [
            { AttributeName: "openKind", KeyType: "HASH" },
            { AttributeName: "failedKey", KeyType: "RANGE" },
          ],
          Projection: { ProjectionType: "ALL" },
        },
      ],
    }),
  );
  return ready(TableName);
}

async function ready(TableName: string): Promise<string> {
  await waitUntilTableExists({ client: aws().dynamodb, maxWaitTime: 20, minDelay: 1, maxDelay: 1 }, { TableName });
  return TableName;
}
