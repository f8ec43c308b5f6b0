import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { CreateTableCommand, waitUntilTableExists } from "@aws-sdk/client-dynamodb";
import { CreateStateMachineCommand, DeleteStateMachineCommand, StartExecutionCommand } from "@aws-sdk/client-sfn";
import { CreateQueueCommand, DeleteQueueCommand, GetQueueAttributesCommand, type QueueAttributeName } from "@aws-sdk/client-sqs";
import { type Clients, makeClients, WORKER_LIMITS } from "../../../config/clients.ts";
import { asVariables, type Outputs } from "../../../config/outputs.ts";
import { readSettings, type Settings } from "../../../config/settings.ts";
import { RECEIVES_MAX } from "../../../config/timings.ts";
import type { ChangeEvent } from "../../../domain/event.ts";
import { formatInput } from "../../../domain/event.ts";
import type { FailureStore } from "../../../domain/failures.ts";
import { makeWorker, type Worker } from "../../../worker/worker.ts";
import { definitionOf } from "../../../workflows/definition.ts";
import { executionArn } from "../../../workflows/starter.ts";
import { type CapturedLog, captureLog } from "../../support/log.ts";
import { aws, endpointUrl, executionRole, uniqueName } from "./endpoint.ts";
import { dropTable, ledgerOver, newTable, type TestLedger } from "./ledger.ts";

/** Everything a worker of requests works with, made for one file of tests, and workers over it. */
export interface WorkerGround {
  readonly outputs: Outputs;
  readonly ledger: TestLedger;
  readonly failures: FailureStore;
  readonly environment: Record<string, string>;
  drop(): Promise<void>;
}

export async function newGround(timings: Record<string, string> = {}): Promise<WorkerGround> {
  const environment = { AWS_ENDPOINT_URL: endpointUrl(), POLL_SECONDS: "1", ...timings };
  const settings = readSettings(environment);
  const [table, failures, idempotency] = await Promise.all([newTable(), newFailuresTable(), newKeyedTable("idempotency")]);
  const dlq = await newQueue({});
  const queue = await newQueue({ RedrivePolicy: JSON.stringify({ deadLetterTargetArn: dlq.arn, maxReceiveCount: RECEIVES_MAX }) });
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

/** Starts the execution of an event, as the API does. */
export async function startExecution({ outputs }: WorkerGround, event: ChangeEvent, name = event.eventId): Promise<string> {
  const stateMachineArn = outputs.requests_state_machine_arn;
  await aws().sfn.send(new StartExecutionCommand({ stateMachineArn, name, input: formatInput(event) }));
  return executionArn(stateMachineArn, name);
}

export interface RunningWorker extends Worker {
  readonly settings: Settings;
  readonly clients: Clients;
  readonly log: CapturedLog;
  end(): Promise<number>;
}

/** A worker within this process. `meddle` may put itself into its clients before it starts. */
export function startWorker(ground: WorkerGround, meddle: (clients: Clients) => void = () => {}): RunningWorker {
  const settings = readSettings(ground.environment);
  const clients = makeClients(settings, WORKER_LIMITS);
  meddle(clients);
  const log = captureLog();
  const worker = makeWorker({ settings, outputs: ground.outputs, clients, logger: log.logger });
  worker.start();
  const end = async () => {
    const unfinished = await worker.stop(5_000);
    clients.destroy();
    return unfinished;
  };
  return { ...worker, settings, clients, log, end };
}

/** A worker as a process of its own, which can be killed. */
export class WorkerProcess {
  readonly #child: ChildProcess;
  readonly lines: string[] = [];
  readonly ended: Promise<number | NodeJS.Signals | null>;

  constructor(ground: WorkerGround, more: Record<string, string> = {}) {
    const root = join(import.meta.dirname, "..", "..", "..");
    const { PATH = "" } = process.env;
    const child = spawn(process.execPath, ["worker/main.ts"], {
      cwd: root,
      env: { PATH, ...ground.environment, ...more },
      stdio: ["ignore", "pipe", "pipe"],
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (chunk: Buffer) => this.lines.push(...chunk.toString("utf8").trimEnd().split("\n")));
    }
    this.#child = child;
    this.ended = new Promise((resolve) => child.once("exit", (code, signal) => resolve(code ?? signal)));
    const kill = () => child.kill("SIGKILL");
    process.once("exit", kill);
    void this.ended.then(() => process.off("exit", kill));
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  async ready(): Promise<this> {
    const deadline = performance.now() + 20_000;
    while (!this.lines.some((line) => line.includes("ready: waiting"))) {
      if (this.#child.exitCode !== null || performance.now() > deadline)
        throw new Error(`The worker is not ready:\n${this.lines.join("\n")}`);
      await sleep(20);
    }
    return this;
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.ended;
  }
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
