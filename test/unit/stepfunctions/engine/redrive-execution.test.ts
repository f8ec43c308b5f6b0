import assert from "node:assert/strict";
import type { JsonObject } from "../../../../local/json.ts";
import { outputOfExecution, refused, START, WAITS, World } from "../support/world.ts";

const PREPARED: JsonObject = {
  StartAt: "Prepare",
  States: { Prepare: { Type: "Pass", Result: { ready: true }, Next: "W" }, W: WAITS },
};
const DAY_MS = 24 * 3600 * 1000;

describe("RedriveExecution", () => {
  let world: World;

  beforeEach(() => {
    world = new World();
  });

  afterEach(() => world.close());

  function redrive(executionArn: string) {
    return world.call("RedriveExecution", { executionArn });
  }

  async function succeed(output = '"done"') {
    await world.call("SendTaskSuccess", { taskToken: await world.receive(), output });
  }

  /** Fails the task that waits. */
  async function fail() {
    await world.call("SendTaskFailure", { taskToken: await world.receive(), error: "Broken" });
  }

  it("takes a failed execution up where it failed, and keeps its history", async () => {
    // Prepare
    const execution = await world.run(PREPARED);
    await fail();
    const before = await world.history(execution);
    await world.advance(5_000);

    // Act
    const answer = await redrive(execution);

    // Assess
    assert.deepEqual(answer, { redriveDate: (START + 5_000) / 1000 });
    const described = await world.describe(execution);
    assert.deepEqual(
      [described.status, described.redriveCount, described.redriveDate, described.redriveStatus],
      ["RUNNING", 1, (START + 5_000) / 1000, "NOT_REDRIVABLE"],
    );
    assert.deepEqual(["stopDate" in described, "error" in described], [false, false]);
    await succeed();
    assert.equal(await outputOfExecution(world, execution), '"done"');
    const history = await world.history(execution);
    assert.deepEqual(history.slice(0, before.length), before);
    const again = history.slice(before.length).map((event) => event.type);
    const waited = ["TaskScheduled", "TaskStarted", "TaskSubmitted", "TaskSucceeded", "TaskStateExited"];
    assert.deepEqual(again, ["ExecutionRedriven", ...waited, "ExecutionSucceeded"]);
  });

  it("takes up an execution that was aborted, or whose time was over, and gives it its whole time again", async () => {
    // Prepare
    const timed = await world.run({ ...PREPARED, TimeoutSeconds: 10 });
    const aborted = await world.start(await world.create(PREPARED, "other"));
    await world.call("StopExecution", { executionArn: aborted });
    await world.advance(10_000);
    assert.equal(await world.statusOf(timed), "TIMED_OUT");

    // Act
    await redrive(timed);
    await redrive(aborted);
    await world.advance(9_000);

    // Assess
    assert.deepEqual([await world.statusOf(timed), await world.statusOf(aborted)], ["RUNNING", "RUNNING"]);
    await world.advance(1_000);
    assert.deepEqual([await world.statusOf(timed), await world.statusOf(aborted)], ["TIMED_OUT", "RUNNING"]);
  });

  it("counts retries anew", async () => {
    // Prepare
    const Retry = [{ ErrorEquals: ["Broken"], IntervalSeconds: 1, MaxAttempts: 1 }];
    const execution = await world.run({ StartAt: "W", States: { W: { ...WAITS, Retry } } });
    await fail();
    await world.advance(1_000);
    await fail();
    assert.equal(await world.statusOf(execution), "FAILED");

    // Act
    await redrive(execution);
    await fail();

    // Assess
    assert.equal(await world.statusOf(execution), "RUNNING");
    await world.advance(1_000);
    await succeed();
    assert.equal(await world.statusOf(execution), "SUCCEEDED");
  });

  it("in a Map runs the iterations again that had failed or had not begun, and those only", async () => {
    // Prepare
    const processor = { StartAt: "W", States: { W: WAITS } };
    const map = { Type: "Map", MaxConcurrency: 1, ItemsPath: "$.items", ItemProcessor: processor, End: true };
    const execution = await world.run({ StartAt: "M", States: { M: map } }, { items: [1, 2, 3] });
    await succeed("1");
    await fail();

    // Act
    await redrive(execution);
    await succeed("2");
    await succeed("3");

    // Assess
    assert.equal(await outputOfExecution(world, execution), "[1,2,3]");
    assert.equal((await world.typesOf(execution)).filter((type) => type === "MapIterationStarted").length, 3);
  });

  it("may come again and again, also after a restart", async () => {
    // Prepare
    const execution = await world.run(PREPARED);
    await fail();

    // Act
    for (let round = 0; round < 3; round++) {
      world.restart();
      await redrive(execution);
      await fail();
    }

    // Assess
    assert.equal((await world.describe(execution)).redriveCount, 3);
  });

  it("shows the redrive in the context object", async () => {
    // Prepare
    const { End: _, ...waits } = WAITS;
    const tell = { "count.$": "$$.Execution.RedriveCount", "at.$": "$$.Execution.RedriveTime" };
    const execution = await world.run({
      StartAt: "W",
      States: { W: { ...waits, Next: "Tell" }, Tell: { Type: "Pass", Parameters: tell, End: true } },
    });
    await fail();
    await world.advance(1_000);

    // Act
    await redrive(execution);
    await succeed();

    // Assess
    assert.deepEqual(JSON.parse(await outputOfExecution(world, execution)), { count: 1, at: "2026-01-01T00:00:01.000Z" });
  });

  it("is refused for an execution that runs or has succeeded", async () => {
    // Prepare
    const execution = await world.run(PREPARED);

    // Assess
    await refused(
      redrive(execution),
      "ExecutionNotRedrivable",
      "Execution is not redrivable: 'Execution is RUNNING and cannot be redriven'",
    );
    assert.equal((await world.describe(execution)).redriveStatusReason, "Execution is RUNNING and cannot be redriven");
    await succeed();
    await refused(redrive(execution), "ExecutionNotRedrivable", /'Execution is SUCCEEDED and cannot be redriven'/);
    assert.equal((await world.describe(execution)).redriveStatusReason, "Execution is SUCCEEDED and cannot be redriven");
  });

  it("is refused once the execution has ended for more than fourteen days", async () => {
    // Prepare
    const execution = await world.run(PREPARED);
    await fail();
    await world.advance(14 * DAY_MS);
    assert.equal((await world.describe(execution)).redriveStatus, "REDRIVABLE");

    // Act
    await world.advance(1);

    // Assess
    assert.equal((await world.describe(execution)).redriveStatus, "NOT_REDRIVABLE");
    await refused(redrive(execution), "ExecutionNotRedrivable");
  });

  it("repeated with its client token is answered as the first time", async () => {
    // Prepare
    const executionArn = await world.run(PREPARED);
    await fail();
    const first = await world.call("RedriveExecution", { executionArn, clientToken: "once" });
    await world.advance(5_000);

    // Act
    const second = await world.call("RedriveExecution", { executionArn, clientToken: "once" });

    // Assess
    assert.deepEqual(second, first);
    assert.equal((await world.describe(executionArn)).redriveCount, 1);
    await refused(world.call("RedriveExecution", { executionArn, clientToken: "other" }), "ExecutionNotRedrivable");
  });

  it("is refused for an execution whose history is full", async () => {
    // Prepare
    const always = { Variable: "$.n", NumericEquals: 0, Next: "A" };
    const states = { A: { Type: "Choice", Choices: [always], Default: "B" }, B: { Type: "Succeed" } };
    const execution = await world.run({ StartAt: "A", States: states }, { n: 0 });
    await world.settle();

    // Assess
    assert.equal((await world.describe(execution)).error, "States.Runtime");
    assert.equal((await world.history(execution)).length, 25_000);
    await refused(redrive(execution), "ExecutionNotRedrivable");
  });

  it("is refused for an execution that is not there", async () => {
    // Prepare
    const execution = await world.run(PREPARED);

    // Assess
    await refused(redrive(`${execution}x`), "ExecutionDoesNotExist");
    await refused(redrive("x"), "InvalidArn");
  });

  it("runs by the definition that the execution began with, whatever its machine does by now", async () => {
    // Prepare
    const execution = await world.run(PREPARED);
    await fail();
    const { stateMachineArn } = await world.describe(execution);
    const definition = JSON.stringify({ StartAt: "New", States: { New: { Type: "Succeed" } } });
    await world.call("UpdateStateMachine", { stateMachineArn: stateMachineArn ?? "", definition });

    // Act
    await redrive(execution);
    await succeed();

    // Assess
    assert.equal(await outputOfExecution(world, execution), '"done"');
  });
});
