import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { JsonObject } from "../../../../local/json.ts";
import { createServices, SCHEMA, type Services } from "../../../../local/services.ts";
import { openStore, type Store } from "../../../../local/store.ts";
import { ROLE } from "../support/world.ts";

const PUT = "arn:aws:states:::aws-sdk:s3:putObject";
const GET = "arn:aws:states:::aws-sdk:s3:getObject";

describe("Step Functions with the endpoint's own S3", () => {
  let directory: string;
  let store: Store;
  let services: Services;

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), "s3-tasks-"));
    store = openStore(join(directory, "data.sqlite"), SCHEMA);
    services = createServices(store, directory, { retentionDays: 30 });
    for (const service of services.named) service.start?.("http://127.0.0.1");
    await call(services.s3.named, "CreateBucket", { Bucket: "files" });
  });

  afterEach(() => {
    for (const service of services.named) service.stop?.();
    services.s3.stop();
    store.close();
    rmSync(directory, { recursive: true });
  });

  async function call(operations: Services["s3"]["named"], operation: string, input: JsonObject): Promise<JsonObject> {
    const run = operations.get(operation);
    assert.ok(run !== undefined, operation);
    const { signal } = new AbortController();
    return await run({ operation, input, region: "us-east-1", requestId: "r", origin: "http://127.0.0.1", signal });
  }

  /** How an execution of the machine ends. */
  async function ended(States: JsonObject): Promise<JsonObject> {
    const states = services.named.find(({ name }) => name === "states")?.operations ?? new Map();
    const definition = JSON.stringify({ StartAt: "First", States });
    const { stateMachineArn = null } = await call(states, "CreateStateMachine", { name: "m", roleArn: ROLE, definition });
    const { executionArn = null } = await call(states, "StartExecution", { stateMachineArn });
    for (let turn = 0; turn < 500; turn++) {
      const described = await call(states, "DescribeExecution", { executionArn });
      if (described.status !== "RUNNING") return described;
      await pause(10);
    }
    throw new Error("The execution did not end.");
  }

  it("writes an object as JSON and reads it as text", async () => {
    const First = { Type: "Task", Resource: PUT, Parameters: { Bucket: "files", Key: "k", Body: { a: "ü" } }, Next: "Read" };
    const Read = { Type: "Task", Resource: GET, Parameters: { Bucket: "files", Key: "k" }, OutputPath: "$.Body", End: true };
    const { status, output } = await ended({ First, Read });
    assert.deepEqual([status, output], ["SUCCEEDED", '"{\\"a\\":\\"ü\\"}"']);
  });

  it("fails a task by S3's own error", async () => {
    const First = { Type: "Task", Resource: GET, Parameters: { Bucket: "files", Key: "none" }, End: true };
    const { status, error } = await ended({ First });
    assert.deepEqual([status, error], ["FAILED", "S3.NoSuchKeyException"]);
  });

  it("refuses a result of more than 256 KiB", async () => {
    await call(services.s3.named, "PutObject", { Bucket: "files", Key: "k", Body: "x".repeat(262_145) });
    const First = { Type: "Task", Resource: GET, Parameters: { Bucket: "files", Key: "k" }, End: true };
    assert.equal((await ended({ First })).error, "States.DataLimitExceeded");
  });
});
