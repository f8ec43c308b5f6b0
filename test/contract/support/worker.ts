import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { CreateTableCommand, waitUntilTableExists } from "@aws-sdk/client-dynamodb";
import { CreateStateMachineCommand, DeleteStateMachineCommand } from "@aws-sdk/client-sfn";
import { CreateQueueCommand, DeleteQueueCommand, GetQueueAttributesCommand, type QueueAttributeName } from "@aws-sdk/client-sqs";
import { type Clients, makeClients, WORKER_LIMITS } from "../../../config/clients.ts";
import { asVariables, OUTPUTS, type Outputs, readOutputs } from "../../../config/outputs.ts";
import { readSettings, type Settings } from "../../../config/settings.ts";
import type { ChangeEvent } from "../../../domain/event.ts";
import { formatInput } from "../../../domain/event.ts";
import type { FailureStore } from "../../../domain/failures.ts";
import type { Kind } from "../../../domain/kind.ts";
import type { Ledger } from "../../../domain/ledger.ts";
import { type RequestStatus, requests } from "../../../domain/requests.ts";
import { LEAN, leanVariables } from "../../../start/lean.ts";
import { makeWorker, type Worker } from "../../../worker/worker.ts";
import { definitionOf } from "../../../workflows/definition.ts";
import { executionArn, starterOf } from "../../../workflows/starter.ts";
import { type CapturedLog, captureLog } from "../../support/log.ts";
import { ManagedProcess } from "../../support/managed-process.ts";
import { aws, endpointEnvironment, endpointKind, executionRole, uniqueName } from "./endpoint.ts";
import { dropTable, newTable } from "./ledger.ts";
import { meddle } from "./meddle.ts";

const START_MS_MAX = 20_000;
const POLL_SECONDS = 1;
const LEAVING_MS = 50;
/** Beside what else is made of the installed packages: gone with them, and kept from run to run. */
const COMPILED = join(import.meta.dirname, "..", "..", "..", "node_modules", ".cache", "milepost");

/** Everything a worker of one kind works with, made for one file of tests, and workers over it. */
export interface WorkerGround<Status extends string = RequestStatus> {
  readonly outputs: Outputs;
  readonly stateMachineArn: string;
  readonly queueUrl: string;
  readonly deadLettersUrl: string;
  readonly ledger: Ledger<Status>;
  readonly failures: FailureStore;
  readonly environment: Record<string, string>;
  drop(): Promise<void>;
}

/** The ground of a kind with one queue, whose workflow's placeholder is `<kind>QueueUrl`; of requests where none is named. */
export function newGround(variables?: Record<string, string>): Promise<WorkerGround>;
export function newGround<Status extends string>(variables: Record<string, string>, kind: Kind<Status>): Promise<WorkerGround<Status>>;
export async function newGround(variables: Record<string, string> = {}, kind: Kind = requests): Promise<WorkerGround<string>> {
  const environment = { ...endpointEnvironment(), POLL_SECONDS: `${POLL_SECONDS}`, MILEPOST_KINDS: kind.name, ...variables };
  const settings = readSettings(environment);
  const [table, failures, idempotency] = await Promise.all([newTable(), newFailuresTable(), newKeyedTable("idempotency")]);
  const dlq = await newQueue({});
  const queue = await newQueue({ RedrivePolicy: JSON.stringify({ deadLetterTargetArn: dlq.arn, maxReceiveCount: kind.receivesMax }) });
  const definition = definitionOf(kind.name, { ...settings.timings, [`${kind.name}QueueUrl`]: queue.url });
  const { stateMachineArn = "" } = await aws().sfn.send(
    new CreateStateMachineCommand({ name: uniqueName(kind.name), definition, roleArn: await executionRole() }),
  );
  const outputs = readOutputs(
    {},
    {
      ...Object.fromEntries(OUTPUTS.map((output) => [output, "of a kind that is not served"])),
      [`${kind.name}_table`]: table,
      [`${kind.name}_queue_url`]: queue.url,
      [`${kind.name}_dlq_url`]: dlq.url,
      [`${kind.name}_state_machine_arn`]: stateMachineArn,
      idempotency_table: idempotency,
      failures_table: failures,
    },
  );
  return {
    outputs,
    stateMachineArn,
    queueUrl: queue.url,
    deadLettersUrl: dlq.url,
    ledger: { kind, table, client: aws().dynamodb, clock: Date.now, random: () => 0.5 },
    failures: { table: failures, client: aws().dynamodb, clock: Date.now },
    environment: { ...environment, ...asVariables(outputs) },
    drop: async () => {
      await aws().sfn.send(new DeleteStateMachineCommand({ stateMachineArn }));
      for (const { url } of [queue, dlq]) await aws().sqs.send(new DeleteQueueCommand({ QueueUrl: url }));
      for (const name of [table, failures, idempotency]) await dropTable(name);
    },
  };
}

/** What is the same for the ground of every kind. */
export type AnyGround = Pick<WorkerGround, "outputs" | "stateMachineArn" | "environment">;

/** Starts the execution of an event, as the API does: a worker's relay may have been quicker. */
export async function startExecution(
  { stateMachineArn }: Pick<AnyGround, "stateMachineArn">,
  event: ChangeEvent,
  name = event.eventId,
): Promise<string> {
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
export function startWorker(ground: AnyGround, meddling: Meddling = {}, random: () => number = Math.random): RunningWorker {
  const settings = readSettings(ground.environment);
  const clients = makeClients(settings, WORKER_LIMITS);
  meddle(clients, (command, input) => meddling[command]?.(input));
  const log = captureLog();
  const worker = makeWorker({ settings, outputs: ground.outputs, clients, logger: log.logger, random });
  worker.start();
  const end = async () => {
    const unfinished = await worker.stop(5_000);
    clients.destroy();
    await pollsAreOver();
    return unfinished;
  };
  return { ...worker, settings, clients, log, end };
}

/**
 * Waits until no poll of a worker that is gone takes a message any more: the attempt it takes away would be missed by the test
 * that comes next. An endpoint learns a moment later that a caller has left; LocalStack not at all (left-poll-takes-a-message).
 */
export async function pollsAreOver(): Promise<void> {
  await sleep(endpointKind() === "localstack" ? 1_000 * POLL_SECONDS + 500 : LEAVING_MS);
}

/** A worker as a process of its own, which can be killed. */
export async function startWorkerProcess(ground: AnyGround, more: Record<string, string> = {}): Promise<ManagedProcess> {
  const worker = new ManagedProcess({
    name: "worker",
    command: [...LEAN.worker, "worker/main.ts"],
    environment: { ...leanVariables(COMPILED), ...ground.environment, ...more },
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

export async function newQueue(Attributes: Record<string, string>): Promise<{ url: string; arn: string }> {
  const { QueueUrl: url = "" } = await aws().sqs.send(new CreateQueueCommand({ QueueName: uniqueName("queue"), Attributes }));
  const { Attributes: { QueueArn: arn = "" } = {} } = await aws().sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ["QueueArn"] }),
  );
  return { url, arn };
}

export async function newKeyedTable(prefix: string): Promise<string> {
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
