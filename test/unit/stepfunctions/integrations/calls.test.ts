import assert from "node:assert/strict";
import { mock } from "node:test";
import { AwsError, storageFailed } from "../../../../local/errors.ts";
import type { JsonObject } from "../../../../local/json.ts";
import type { Call } from "../../../../local/service.ts";
import { outputOfExecution, World } from "../support/world.ts";

const QUERY = "arn:aws:states:::aws-sdk:dynamodb:query";
const CALL: JsonObject = { Type: "Task", Resource: QUERY, Parameters: { "TableName.$": "$.table" }, End: true };
const ONE_CALL: JsonObject = { StartAt: "Q", States: { Q: CALL } };

/** DynamoDB's Query as the test has it: every call waits until the test answers or refuses it. */
class Queries {
  readonly calls: { call: Call; answer(result: JsonObject): void; refuse(error: Error): void }[] = [];

  readonly operations = new Map([
    ["Query", (call: Call) => new Promise<JsonObject>((answer, refuse) => void this.calls.push({ call, answer, refuse }))],
  ]);

  last() {
    const last = this.calls.at(-1);
    assert.ok(last !== undefined, "no call was made");
    return last;
  }
}

describe("A Task state's call outside the engine's own writes", () => {
  let world: World;
  let queries: Queries;

  beforeEach(() => {
    queries = new Queries();
    world = new World({ services: { dynamodb: queries } });
  });

  afterEach(() => world.close());

  async function made(count: number): Promise<void> {
    for (let turns = 0; turns < 100 && queries.calls.length < count; turns++) await world.settle();
    assert.equal(queries.calls.length, count);
  }

  async function endOf(execution: string): Promise<string> {
    for (let turns = 0; turns < 100 && (await world.statusOf(execution)) === "RUNNING"; turns++) await world.settle();
    return world.statusOf(execution);
  }

  function noted(): number {
    return world.store.all("SELECT thread FROM sfn_calls").length;
  }

  it("is made with the task's parameters, and its answer is the state's output", async () => {
    // Prepare
    const execution = await world.run(ONE_CALL, { table: "t" });
    await made(1);

    // Act
    queries.last().answer({ Count: 1, Items: [{ id: { S: "a" } }] });

    // Assess
    assert.equal(await endOf(execution), "SUCCEEDED");
    assert.deepEqual(JSON.parse(await outputOfExecution(world, execution)), { Count: 1, Items: [{ id: { S: "a" } }] });
    const { call } = queries.last();
    assert.deepEqual([call.operation, call.input, call.region], ["Query", { TableName: "t" }, "us-east-1"]);
    assert.deepEqual(await world.typesOf(execution), [
      ...["ExecutionStarted", "TaskStateEntered", "TaskScheduled", "TaskStarted"],
      ...["TaskSucceeded", "TaskStateExited", "ExecutionSucceeded"],
    ]);
    assert.equal(noted(), 0);
  });

  it("fails the task where the service refuses it", async () => {
    // Prepare
    const execution = await world.run(ONE_CALL, { table: "t" });
    await made(1);

    // Act
    queries.last().refuse(new AwsError("ResourceNotFoundException", "Requested resource not found"));

    // Assess
    assert.equal(await endOf(execution), "FAILED");
    const { error, cause } = await world.describe(execution);
    assert.equal(error, "DynamoDb.ResourceNotFoundException");
    assert.match(String(cause), /^Requested resource not found \(Service: DynamoDb, Status Code: 400, Request ID: [0-9a-f-]{36}\)$/);
  });

  it("is made again by the next process where a kill came before its answer was committed", async () => {
    // Prepare
    const execution = await world.run(ONE_CALL, { table: "t" });
    await made(1);
    const first = queries.last();

    // Act
    world.kill();
    await made(2);
    first.answer({ Count: 1 });
    queries.last().answer({ Count: 2 });

    // Assess
    assert.equal(await endOf(execution), "SUCCEEDED");
    assert.deepEqual(JSON.parse(await outputOfExecution(world, execution)), { Count: 2 });
    assert.deepEqual(queries.last().call.input, { TableName: "t" });
  });

  it("is not made again once its answer is committed", async () => {
    // Prepare
    const execution = await world.run(ONE_CALL, { table: "t" });
    await made(1);
    queries.last().answer({ Count: 1 });
    await endOf(execution);

    // Act
    world.kill();
    await world.settle();

    // Assess
    await made(1);
  });

  it("is cut when the endpoint stops, and made again by the next process", async () => {
    // Prepare
    const execution = await world.run(ONE_CALL, { table: "t" });
    await made(1);
    const { call } = queries.last();

    // Act
    world.restart();
    await made(2);
    queries.last().answer({ Count: 2 });

    // Assess
    assert.equal(call.signal.aborted, true);
    assert.equal(await endOf(execution), "SUCCEEDED");
  });

  it("is cut when its task times out, and an answer that still comes is dropped", async () => {
    // Prepare
    const execution = await world.run({ StartAt: "Q", States: { Q: { ...CALL, TimeoutSeconds: 5 } } }, { table: "t" });
    await made(1);

    // Act
    await world.advance(5_000);
    const cut = queries.last().call.signal.aborted;
    queries.last().answer({ Count: 1 });
    await world.settle();

    // Assess
    assert.equal(cut, true);
    assert.equal(await world.statusOf(execution), "FAILED");
    assert.equal((await world.describe(execution)).error, "States.Timeout");
    assert.equal(noted(), 0);
  });

  it("is cut when its execution is stopped", async () => {
    // Prepare
    const executionArn = await world.run(ONE_CALL, { table: "t" });
    await made(1);

    // Act
    await world.call("StopExecution", { executionArn });
    await world.settle();

    // Assess
    assert.equal(queries.last().call.signal.aborted, true);
    assert.equal(noted(), 0);
  });

  it("does not answer for the call that the same task makes when it is tried again", async () => {
    // Prepare
    const retry = [{ ErrorEquals: ["States.Timeout"], IntervalSeconds: 1, MaxAttempts: 1 }];
    const execution = await world.run({ StartAt: "Q", States: { Q: { ...CALL, TimeoutSeconds: 5, Retry: retry } } }, { table: "t" });
    await made(1);
    const first = queries.last();
    await world.advance(6_000);
    await made(2);

    // Act
    first.answer({ Count: 1 });
    await world.settle();
    const status = await world.statusOf(execution);
    queries.last().answer({ Count: 2 });

    // Assess
    assert.equal(status, "RUNNING");
    assert.equal(await endOf(execution), "SUCCEEDED");
    assert.deepEqual(JSON.parse(await outputOfExecution(world, execution)), { Count: 2 });
  });

  it("is made again a second later where the file could not be written", async () => {
    // Prepare
    const log = mock.method(console, "error", () => undefined);
    const execution = await world.run(ONE_CALL, { table: "t" });
    await made(1);

    // Act
    queries.last().refuse(storageFailed(new Error("disk full")));
    await world.settle();
    await world.advance(1_000);
    await made(2);
    queries.last().answer({ Count: 2 });

    // Assess
    assert.equal(await endOf(execution), "SUCCEEDED");
    assert.equal(log.mock.callCount(), 1);
    log.mock.restore();
  });

  it("holds up neither another call nor a timer", async () => {
    // Prepare
    const waiting = await world.run(ONE_CALL, { table: "slow" });
    await made(1);

    // Act
    const timer = await world.create({ StartAt: "W", States: { W: { Type: "Wait", Seconds: 3, End: true } } }, "timer");
    const timed = await world.start(timer);
    const other = await world.start(String((await world.describe(waiting)).stateMachineArn), { table: "fast" }, "other");
    await world.advance(3_000);
    await made(2);
    queries.last().answer({ Count: 2 });

    // Assess
    assert.equal(await endOf(other), "SUCCEEDED");
    assert.equal(await world.statusOf(timed), "SUCCEEDED");
    assert.equal(await world.statusOf(waiting), "RUNNING");
  });

  it("only submits a task that waits for its token", async () => {
    // Prepare
    const state = { ...CALL, Resource: `${QUERY}.waitForTaskToken`, Parameters: { "TableName.$": "$$.Task.Token" } };
    const execution = await world.run({ StartAt: "Q", States: { Q: state } });
    await made(1);

    // Act
    queries.last().answer({ Count: 1 });
    await world.settle();
    const types = await world.typesOf(execution);
    await world.call("SendTaskSuccess", { taskToken: String(queries.last().call.input.TableName), output: '"done"' });

    // Assess
    assert.equal(types.at(-1), "TaskSubmitted");
    assert.equal(await outputOfExecution(world, execution), '"done"');
  });

  it("reaches Step Functions' own operations as well", async () => {
    // Prepare
    const other = await world.run(ONE_CALL, { table: "t" });
    const state = { Type: "Task", Resource: "arn:aws:states:::aws-sdk:sfn:stopExecution", Parameters: { ExecutionArn: other }, End: true };

    // Act
    const execution = await world.start(await world.create({ StartAt: "S", States: { S: state } }, "stopping"));

    // Assess
    assert.equal(await endOf(execution), "SUCCEEDED");
    assert.equal(await world.statusOf(other), "ABORTED");
    assert.match(await outputOfExecution(world, execution), /^\{"StopDate":"2026-01-01T00:00:00Z"\}$/);
  });
});
