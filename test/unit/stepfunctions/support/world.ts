import assert from "node:assert/strict";
import { copyFileSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mock } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { AwsError } from "../../../../local/errors.ts";
import type { Json, JsonObject } from "../../../../local/json.ts";
import type { Service } from "../../../../local/service.ts";
import { createStepFunctions, STEP_FUNCTIONS_SCHEMA, type StepFunctionsOptions } from "../../../../local/stepfunctions/service.ts";
import { FIRST_DUE } from "../../../../local/stepfunctions/timers.ts";
import { openStore, type Store } from "../../../../local/store.ts";

/**
 * Step Functions on a data file of its own, with a clock that moves when told to and a queue that is a table of the same
 * file. It can be stopped and taken up again, or cut off as a kill would, at any moment.
 */
export interface WorldOptions {
  /** Refuses a call to sendMessage with the error it gives. `sent` is how many messages came before. */
  refuse?: (sent: number) => AwsError | undefined;
  /** The services that Task states call outside the engine's own writes. */
  services?: NonNullable<StepFunctionsOptions["services"]>;
  retentionDays?: number;
}

export interface Sent {
  id: number;
  body: string;
}

export interface ShownEvent {
  id: number;
  previous: number;
  type: string;
  at: number;
  details: JsonObject;
}

const QUEUE_SCHEMA = [
  "CREATE TABLE IF NOT EXISTS test_messages (id INTEGER PRIMARY KEY, body TEXT NOT NULL, received INTEGER NOT NULL DEFAULT 0)",
];

/** When every test begins. */
export const START = Date.UTC(2026, 0, 1);
export const ROLE = "arn:aws:iam::000000000000:role/runner";
export const QUEUE = "http://127.0.0.1:4566/000000000000/queue";
export const SEND = "arn:aws:states:::sqs:sendMessage";
export const SEND_AND_WAIT = `${SEND}.waitForTaskToken`;

/** A state that sends its token and waits for it. */
export const WAITS: JsonObject = {
  Type: "Task",
  Resource: SEND_AND_WAIT,
  Parameters: { QueueUrl: QUEUE, "MessageBody.$": "$$.Task.Token" },
  End: true,
};

export class World {
  store: Store;
  /** For a test that has something happen between all steps. */
  afterEachStep: () => void = () => {};
  #service: Service;
  #directory: string;
  readonly #options: WorldOptions;
  readonly #directories: string[] = [];

  constructor(options: WorldOptions = {}) {
    mock.timers.enable({ apis: ["setTimeout", "Date"], now: START });
    this.#options = options;
    this.#directory = this.#newDirectory();
    this.store = this.#openStore();
    this.#service = this.#openService();
  }

  /** To be called at the end of every test: other tests need the true clock. */
  close(): void {
    this.#service.stop?.();
    this.store.close();
    mock.timers.reset();
    for (const directory of this.#directories) rmSync(directory, { recursive: true });
  }

  /** Stops everything and takes it up again from the data file. `meanwhile` passes with nobody there. */
  restart(meanwhile = 0): void {
    this.#service.stop?.();
    this.store.close();
    mock.timers.tick(meanwhile);
    this.store = this.#openStore();
    this.#service = this.#openService();
  }

  /** Goes on from the data file as it is on disk at this very moment: what is not committed has not happened. */
  kill(): void {
    const before = { directory: this.#directory, store: this.store, service: this.#service };
    this.#directory = this.#newDirectory();
    for (const name of ["data.sqlite", "data.sqlite-wal"]) copyFileSync(join(before.directory, name), join(this.#directory, name));
    before.service.stop?.();
    before.store.close();
    this.store = this.#openStore();
    this.#service = this.#openService();
  }

  /** How large the data file is once all is in it. */
  fileSize(): number {
    this.restart();
    return statSync(join(this.#directory, "data.sqlite")).size;
  }

  /** How large the data file is as it lies on the disk, while the endpoint goes on. */
  fileSizeNow(): number {
    return statSync(join(this.#directory, "data.sqlite")).size;
  }

  async call(operation: string, input: JsonObject = {}): Promise<JsonObject> {
    const run = this.#service.operations.get(operation);
    assert.ok(run !== undefined, `no operation ${operation}`);
    const { signal } = new AbortController();
    return await run({ operation, input, region: "us-east-1", requestId: "r", origin: "http://127.0.0.1", signal });
  }

  async create(definition: JsonObject, name = "machine"): Promise<string> {
    const answer = await this.call("CreateStateMachine", { name, definition: JSON.stringify(definition), roleArn: ROLE });
    return text(answer.stateMachineArn);
  }

  /** Starts an execution of a new machine and gives the execution's ARN. */
  async run(definition: JsonObject, input: Json = {}, name = "run"): Promise<string> {
    return this.start(await this.create(definition), input, name);
  }

  async start(stateMachineArn: string, input: Json = {}, name = "run"): Promise<string> {
    const answer = await this.call("StartExecution", { stateMachineArn, name, input: JSON.stringify(input) });
    return text(answer.executionArn);
  }

  describe(executionArn: string): Promise<JsonObject> {
    return this.call("DescribeExecution", { executionArn });
  }

  async statusOf(executionArn: string): Promise<string> {
    return text((await this.describe(executionArn)).status);
  }

  /** Page by page, the whole history. */
  async history(executionArn: string): Promise<ShownEvent[]> {
    const events: ShownEvent[] = [];
    let nextToken: Json | undefined;
    do {
      const input = { executionArn, maxResults: 1000, ...(nextToken === undefined ? {} : { nextToken }) };
      const page = await this.call("GetExecutionHistory", input);
      events.push(...(page.events as JsonObject[]).map(shown));
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
    return events;
  }

  async typesOf(executionArn: string): Promise<string[]> {
    return (await this.history(executionArn)).map((event) => event.type);
  }

  /** All that was ever sent, in order. */
  sent(): Sent[] {
    return this.store.all<Sent>("SELECT id, body FROM test_messages ORDER BY id");
  }

  /** Takes the oldest message that nobody took, as a worker does. */
  async receive(): Promise<string> {
    const message = await this.receiveIfAny();
    assert.ok(message !== undefined, "no message was sent");
    return message.body;
  }

  receiveIfAny(): Promise<Sent | undefined> {
    return this.store.write(() =>
      this.store.get<Sent>(
        "UPDATE test_messages SET received = 1 WHERE id = (SELECT min(id) FROM test_messages WHERE received = 0) RETURNING id, body",
      ),
    );
  }

  /** Serves the timers that are due, once. */
  async step(): Promise<void> {
    mock.timers.tick(0);
    await this.store.read(() => undefined);
    await turn();
    this.afterEachStep();
  }

  /** Lets everything happen that is due now. */
  async settle(): Promise<void> {
    await this.store.read(() => undefined);
    do await this.step();
    while (this.#nextDue() <= Date.now());
  }

  /** Lets time pass, timer by timer. */
  async advance(milliseconds: number): Promise<void> {
    const end = Date.now() + milliseconds;
    await this.settle();
    for (let next = this.#nextDue(); next <= end; next = this.#nextDue()) {
      mock.timers.tick(next - Date.now());
      await this.settle();
    }
    mock.timers.tick(end - Date.now());
    await this.settle();
  }

  /** Lets time pass until the next timer and what follows from it; tells whether there was one. */
  async advanceToNextTimer(): Promise<boolean> {
    const next = this.#nextDue();
    if (next === Number.POSITIVE_INFINITY) return false;
    await this.advance(Math.max(0, next - Date.now()));
    return true;
  }

  #nextDue(): number {
    return this.store.get<{ due: number | null }>(FIRST_DUE)?.due ?? Number.POSITIVE_INFINITY;
  }

  #newDirectory(): string {
    const directory = mkdtempSync(join(tmpdir(), "engine-"));
    this.#directories.push(directory);
    return directory;
  }

  #openStore(): Store {
    return openStore(join(this.#directory, "data.sqlite"), [...STEP_FUNCTIONS_SCHEMA, ...QUEUE_SCHEMA]);
  }

  #openService(): Service {
    const service = createStepFunctions(this.store, {
      operations: { sendMessage: (input) => this.#sendMessage(input) },
      services: this.#options.services ?? {},
      retentionDays: this.#options.retentionDays ?? 30,
      random: () => 0.5,
    });
    service.start?.("http://127.0.0.1:4566");
    return service;
  }

  /** Writes the message beside what the engine writes; a refusal comes after that, and must take it back. */
  #sendMessage(input: JsonObject): JsonObject {
    const refusal = this.#options.refuse?.(this.sent().length);
    const { lastInsertRowid } = this.store.sql("INSERT INTO test_messages (body) VALUES (?)").run(text(input.MessageBody));
    if (refusal !== undefined) throw refusal;
    return { MessageId: String(lastInsertRowid) };
  }
}

function shown(event: JsonObject): ShownEvent {
  const details = Object.entries(event).find(([name]) => name.endsWith("EventDetails"))?.[1];
  return {
    id: Number(event.id),
    previous: Number(event.previousEventId),
    type: text(event.type),
    at: Math.round(Number(event.timestamp) * 1000),
    details: (details ?? {}) as JsonObject,
  };
}

export function text(value: Json | undefined): string {
  assert.equal(typeof value, "string");
  return String(value);
}

/** Expects a call to be refused: with this code and, where given, these words. */
export async function refused(call: Promise<unknown>, code: string, message?: string | RegExp): Promise<void> {
  await assert.rejects(call, (error) => {
    assert.ok(error instanceof AwsError, String(error));
    assert.equal(error.code, code);
    if (typeof message === "string") assert.equal(error.message, message);
    if (message instanceof RegExp) assert.match(error.message, message);
    return true;
  });
}

/** The output of an execution that must have succeeded, as text. */
export async function outputOfExecution(world: World, executionArn: string): Promise<string> {
  const described = await world.describe(executionArn);
  assert.equal(described.status, "SUCCEEDED", JSON.stringify(described));
  return text(described.output);
}
