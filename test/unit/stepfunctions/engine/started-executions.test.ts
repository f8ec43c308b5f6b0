import assert from "node:assert/strict";
import type { Json, JsonObject } from "../../../../local/json.ts";
import { outputOfExecution, refused, text, WAITS, World } from "../support/world.ts";

const PARKED = { StartAt: "W", States: { W: WAITS } };
const START_IT = "arn:aws:states:::states:startExecution";

/** A machine of one state that starts another machine. */
function starter(resource: string, stateMachineArn: string, more: JsonObject = {}): JsonObject {
  const Parameters = { StateMachineArn: stateMachineArn, Name: "child", Input: { from: "parent" } };
  return { StartAt: "S", States: { S: { Type: "Task", Resource: resource, Parameters, End: true, ...more } } };
}

describe("a task that starts an execution", () => {
  let world: World;
  let child: string;
  let childArn: string;

  beforeEach(async () => {
    world = new World();
    child = await world.create(PARKED, "child");
    childArn = `${child.replace(":stateMachine:", ":execution:")}:child`;
  });

  afterEach(() => world.close());

  async function runParent(resource: string, more: JsonObject = {}, stateMachineArn = child): Promise<string> {
    const execution = await world.start(await world.create(starter(resource, stateMachineArn, more), "parent"));
    await world.settle();
    return execution;
  }

  async function succeed(output = '{"n": 1}') {
    await world.call("SendTaskSuccess", { taskToken: await world.receive(), output });
    await world.settle();
  }

  it("goes on at once with the ARN of what it started", async () => {
    // Act
    const parent = await runParent(START_IT);

    // Assess
    const output = JSON.parse(await outputOfExecution(world, parent)) as JsonObject;
    assert.equal(output.ExecutionArn, childArn);
    assert.equal((await world.describe(childArn)).input, '{"from":"parent"}');
    assert.equal(await world.statusOf(childArn), "RUNNING");
  });

  it("with .sync waits, and ends with the other's description, whose output is text", async () => {
    // Prepare
    const parent = await runParent(`${START_IT}.sync`);
    assert.equal(await world.statusOf(parent), "RUNNING");

    // Act
    await succeed();

    // Assess
    const output = JSON.parse(await outputOfExecution(world, parent)) as JsonObject;
    assert.deepEqual(
      [output.Status, output.ExecutionArn, output.Output, output.Input, output.Name],
      ["SUCCEEDED", childArn, '{"n": 1}', '{"from":"parent"}', "child"],
    );
    const types = ["ExecutionStarted", "TaskStateEntered", "TaskScheduled", "TaskStarted", "TaskSubmitted"];
    assert.deepEqual(await world.typesOf(parent), [...types, "TaskSucceeded", "TaskStateExited", "ExecutionSucceeded"]);
  });

  it("with .sync tells whether what it waited for could be redriven", async () => {
    // Prepare
    const parent = await runParent(`${START_IT}.sync`);

    // Act
    await succeed();

    // Assess
    const output = JSON.parse(await outputOfExecution(world, parent)) as JsonObject;
    assert.deepEqual(
      [output.RedriveCount, output.RedriveStatus, output.RedriveStatusReason],
      [0, "NOT_REDRIVABLE", "Execution is SUCCEEDED and cannot be redriven"],
    );
  });

  it("with .sync:2 hands over the output as JSON", async () => {
    // Prepare
    const parent = await runParent(`${START_IT}.sync:2`);

    // Act
    await succeed();

    // Assess
    const output = JSON.parse(await outputOfExecution(world, parent)) as JsonObject;
    assert.deepEqual([output.Output, output.Input], [{ n: 1 }, { from: "parent" }]);
  });

  it("with .sync fails when the other fails, and its cause tells all", async () => {
    // Prepare
    const parent = await runParent(`${START_IT}.sync`);

    // Act
    await world.call("SendTaskFailure", { taskToken: await world.receive(), error: "Broken", cause: "so" });

    // Assess
    const described = await world.describe(parent);
    assert.deepEqual([described.status, described.error], ["FAILED", "States.TaskFailed"]);
    const cause = JSON.parse(text(described.cause)) as JsonObject;
    assert.deepEqual([cause.Status, cause.Error, cause.Cause], ["FAILED", "Broken", "so"]);
  });

  it("with .sync fails when the other is stopped", async () => {
    // Prepare
    const parent = await runParent(`${START_IT}.sync`);

    // Act
    await world.call("StopExecution", { executionArn: childArn });

    // Assess
    assert.equal((await world.describe(parent)).error, "States.TaskFailed");
  });

  it("with .sync stops the other when its own time is over, or its execution is stopped", async () => {
    // Prepare
    const first = await runParent(`${START_IT}.sync`, { TimeoutSeconds: 10 });

    // Act
    await world.advance(10_000);

    // Assess
    assert.equal((await world.describe(first)).error, "States.Timeout");
    assert.equal(await world.statusOf(childArn), "ABORTED");
    await refused(world.call("SendTaskSuccess", { taskToken: await world.receive(), output: "1" }), "TaskTimedOut");
  });

  it("with .sync stops the other when its execution is stopped", async () => {
    // Prepare
    const executionArn = await runParent(`${START_IT}.sync`);

    // Act
    await world.call("StopExecution", { executionArn });

    // Assess
    assert.deepEqual([await world.statusOf(executionArn), await world.statusOf(childArn)], ["ABORTED", "ABORTED"]);
  });

  it("without .sync leaves the other alone when it is stopped", async () => {
    // Prepare
    const { S } = starter(START_IT, child).States as { S: JsonObject };
    const { End: _, ...start } = S;
    const pause = { Type: "Wait", Seconds: 60, End: true };
    const definition = { StartAt: "S", States: { S: { ...start, Next: "Pause" }, Pause: pause } };
    const executionArn = await world.start(await world.create(definition, "parent"));
    await world.settle();

    // Act
    await world.call("StopExecution", { executionArn });

    // Assess
    assert.equal(await world.statusOf(childArn), "RUNNING");
  });

  it("goes on waiting over restarts, of either or both", async () => {
    // Prepare
    const parent = await runParent(`${START_IT}.sync:2`);

    // Act
    world.restart();
    await world.settle();
    await succeed();
    world.restart();

    // Assess
    assert.equal(await world.statusOf(parent), "SUCCEEDED");
  });

  it("fails where the machine is not there or the name is taken, and a catcher may have it", async () => {
    // Prepare
    await world.start(child, { from: "someone else" }, "child");

    // Act
    const taken = await runParent(START_IT);
    const absent = await world.start(await world.create(starter(START_IT, `${child}x`), "other"));
    await world.settle();

    // Assess
    assert.equal((await world.describe(taken)).error, "StepFunctions.ExecutionAlreadyExistsException");
    assert.equal((await world.describe(absent)).error, "StepFunctions.StateMachineDoesNotExistException");
  });

  it("with .sync waits for an execution that the same call had started before, and refuses to share it with a third", async () => {
    // Prepare
    await world.start(child, { from: "parent" }, "child");
    const parent = await runParent(`${START_IT}.sync:2`);
    const third = await world.start(await world.create(starter(`${START_IT}.sync:2`, child), "third"));

    // Act
    await succeed();

    // Assess
    assert.deepEqual((JSON.parse(await outputOfExecution(world, parent)) as JsonObject).Output, { n: 1 });
    assert.equal((await world.describe(third)).error, "StepFunctions.ExecutionAlreadyExistsException");
  });

  it("that is stopped before it began may be redriven like any other", async () => {
    // Prepare
    const parent = await world.create(starter(START_IT, child), "parent");
    await world.start(parent);
    assert.equal((await world.history(childArn)).length, 0, "it begins with a commit of its own");

    // Act
    await world.call("StopExecution", { executionArn: childArn });
    await world.call("RedriveExecution", { executionArn: childArn });
    await world.settle();
    await succeed();

    // Assess
    assert.equal(await world.statusOf(childArn), "SUCCEEDED");
  });
});

describe("a machine that starts itself for ever", () => {
  let world: World;

  afterEach(() => world.close());

  /** A machine that starts itself by its context object, under a name that tells how deep it is. */
  async function selfStarter(resource: string): Promise<string> {
    const Parameters: Json = { "StateMachineArn.$": "$$.StateMachine.Id", Input: { "depth.$": "States.MathAdd($.depth, 1)" } };
    return world.create({ StartAt: "S", States: { S: { Type: "Task", Resource: resource, Parameters, End: true } } });
  }

  it("fails where it would start another execution of its own name", async () => {
    // Prepare
    world = new World();
    const Parameters: Json = { "StateMachineArn.$": "$$.StateMachine.Id", "Name.$": "$$.Execution.Name", Input: { other: true } };
    const machine = await world.create({ StartAt: "S", States: { S: { Type: "Task", Resource: START_IT, Parameters, End: true } } });

    // Act
    const executionArn = await world.start(machine, { depth: 0 });

    // Assess
    const { status, error } = await world.describe(executionArn);
    assert.deepEqual([status, error], ["FAILED", "StepFunctions.ExecutionAlreadyExistsException"]);
  });

  it("leaves room for other calls between any two of its executions", async () => {
    // Prepare
    world = new World();
    const machine = await selfStarter(START_IT);
    await world.start(machine, { depth: 0 });

    // Act
    const counted = async () => {
      const { executions } = await world.call("ListExecutions", { stateMachineArn: machine, maxResults: 1000 });
      return (executions as Json[]).length;
    };
    const counts = [await counted()];
    for (let call = 0; call < 5; call++) {
      await world.step();
      counts.push(await counted());
    }

    // Assess
    for (const [index, count] of counts.entries()) assert.ok(count <= 2 + index, `${counts}`);
    assert.ok((counts.at(-1) ?? 0) > 2, `it does go on: ${counts}`);
  });

  it("and waits for itself is stopped as a whole, however long the chain has become", async () => {
    // Prepare
    world = new World();
    const machine = await selfStarter(`${START_IT}.sync`);
    const executionArn = await world.start(machine, { depth: 0 });
    while (world.store.get<{ n: number }>("SELECT count(*) AS n FROM sfn_executions")?.n !== 3_000) await world.step();

    // Act
    await world.call("StopExecution", { executionArn });
    await world.settle();

    // Assess
    const statuses = world.store.all<{ status: string; n: number }>("SELECT status, count(*) AS n FROM sfn_executions GROUP BY status");
    assert.deepEqual(
      statuses.map(({ status }) => status),
      ["ABORTED"],
    );
  }).timeout(60_000);
});
