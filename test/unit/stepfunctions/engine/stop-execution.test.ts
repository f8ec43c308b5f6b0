import assert from "node:assert/strict";
import type { JsonObject } from "../../../../local/json.ts";
import { QUEUE, refused, SEND, START, WAITS, World } from "../support/world.ts";

const PARKED = { StartAt: "W", States: { W: WAITS } };
const PAUSES: JsonObject = { StartAt: "Pause", States: { Pause: { Type: "Wait", Seconds: 60, End: true } } };

describe("StopExecution", () => {
  let world: World;

  afterEach(() => world.close());

  /** Stops a machine's execution after a while and expects that nothing of it goes on. */
  async function stopped(definition: JsonObject, afterMs: number, input: JsonObject = {}): Promise<string[]> {
    const execution = await world.run(definition, input);
    await world.advance(afterMs);
    assert.equal(await world.statusOf(execution), "RUNNING");
    const answer = await world.call("StopExecution", { executionArn: execution, error: "Enough", cause: "said so" });
    assert.deepEqual(answer, { stopDate: (START + afterMs) / 1000 });
    const described = await world.describe(execution);
    assert.deepEqual(
      [described.status, described.error, described.cause, described.stopDate],
      ["ABORTED", "Enough", "said so", (START + afterMs) / 1000],
    );
    const history = await world.history(execution);
    const last = history.at(-1);
    assert.deepEqual([last?.type, last?.previous, last?.details], ["ExecutionAborted", 0, { error: "Enough", cause: "said so" }]);
    await world.advance(1_000_000);
    assert.equal((await world.history(execution)).length, history.length, "nothing happens after the end");
    return history.map((event) => event.type);
  }

  it("ends an execution that waits for a moment", async () => {
    world = new World();
    assert.deepEqual(await stopped(PAUSES, 10_000), ["ExecutionStarted", "WaitStateEntered", "ExecutionAborted"]);
  });

  it("ends an execution that waits for a token, which is good for nothing afterwards", async () => {
    world = new World();
    await stopped({ StartAt: "W", States: { W: { ...WAITS, TimeoutSeconds: 90, HeartbeatSeconds: 50 } } }, 10_000);
    await refused(world.call("SendTaskSuccess", { taskToken: await world.receive(), output: "1" }), "TaskTimedOut");
  });

  it("ends an execution that waits to try again", async () => {
    world = new World();
    const retried = { ...WAITS, TimeoutSeconds: 1, Retry: [{ ErrorEquals: ["States.ALL"], IntervalSeconds: 30 }] };
    const types = await stopped({ StartAt: "W", States: { W: retried } }, 10_000);
    assert.equal(types.at(-2), "TaskTimedOut");
  });

  it("ends all branches of a Parallel", async () => {
    world = new World();
    const both: JsonObject = { StartAt: "P", States: { P: { Type: "Parallel", Branches: [PARKED, PAUSES], End: true } } };
    await stopped(both, 10_000);
    await refused(world.call("SendTaskFailure", { taskToken: await world.receive() }), "TaskTimedOut");
  });

  it("ends all iterations of a Map, those that have not begun too", async () => {
    world = new World();
    const map = { Type: "Map", MaxConcurrency: 2, ItemsPath: "$.items", ItemProcessor: PARKED, End: true };
    await stopped({ StartAt: "M", States: { M: map } }, 10_000, { items: [1, 2, 3] });
    assert.equal(world.sent().length, 2);
  });

  it("answers for an execution that has ended when that was, and changes nothing", async () => {
    // Prepare
    world = new World();
    const executionArn = await world.run(PAUSES);
    await world.advance(70_000);
    const before = await world.describe(executionArn);

    // Act
    const answer = await world.call("StopExecution", { executionArn, error: "Late" });

    // Assess
    assert.deepEqual(answer, { stopDate: (START + 60_000) / 1000 });
    assert.deepEqual(await world.describe(executionArn), before);
  });

  it("needs neither error nor cause", async () => {
    // Prepare
    world = new World();
    const executionArn = await world.run(PAUSES);

    // Act
    await world.call("StopExecution", { executionArn });

    // Assess
    const described = await world.describe(executionArn);
    assert.deepEqual([described.status, "error" in described, "cause" in described], ["ABORTED", false, false]);
  });

  it("comes before anything has been done, where an execution was started in the same moment", async () => {
    // Prepare
    world = new World();
    const stateMachineArn = await world.create({
      StartAt: "S",
      States: {
        S: { Type: "Task", Resource: SEND, Parameters: { QueueUrl: QUEUE, MessageBody: "m" }, Next: "P" },
        P: { Type: "Wait", Seconds: 1, End: true },
      },
    });
    const executionArn = `${stateMachineArn.replace("stateMachine", "execution")}:run`;

    // Act
    await Promise.all([world.call("StartExecution", { stateMachineArn, name: "run" }), world.call("StopExecution", { executionArn })]);

    // Assess
    assert.equal(await world.statusOf(executionArn), "ABORTED");
    assert.equal(world.sent().length, 1, "the start was first, and it sent its message");
  });

  it("refuses an execution that is not there, what is no ARN of one, and overlong words", async () => {
    world = new World();
    const executionArn = await world.run(PAUSES);
    await refused(
      world.call("StopExecution", { executionArn: `${executionArn}x` }),
      "ExecutionDoesNotExist",
      `Execution Does Not Exist: '${executionArn}x'`,
    );
    await refused(world.call("StopExecution", { executionArn: "run" }), "InvalidArn");
    await refused(world.call("StopExecution", {}), "ValidationException");
    await refused(world.call("StopExecution", { executionArn, error: "e".repeat(257) }), "ValidationException");
    await refused(world.call("StopExecution", { executionArn, cause: "c".repeat(32_769) }), "ValidationException");
  });
});

describe("a machine's TimeoutSeconds", () => {
  let world: World;

  beforeEach(() => {
    world = new World();
  });

  afterEach(() => world.close());

  it("ends the execution wherever it stands", async () => {
    // Prepare
    const execution = await world.run({ ...PARKED, TimeoutSeconds: 30 });

    // Act
    await world.advance(29_999);
    const before = await world.statusOf(execution);
    await world.advance(1);

    // Assess
    assert.equal(before, "RUNNING");
    assert.equal(await world.statusOf(execution), "TIMED_OUT");
    assert.deepEqual((await world.history(execution)).at(-1)?.type, "ExecutionTimedOut");
  });

  it("counts on over the ends of tasks, failed ones too", async () => {
    // Prepare
    const definition = {
      TimeoutSeconds: 30,
      StartAt: "First",
      States: {
        First: { ...WAITS, End: false, Catch: [{ ErrorEquals: ["States.ALL"], Next: "Second" }], Next: "Second" },
        Second: { ...WAITS, End: false, Next: "Third" },
        Third: WAITS,
      },
    };
    const execution = await world.run(definition);
    await world.advance(10_000);
    await world.call("SendTaskFailure", { taskToken: await world.receive() });
    await world.call("SendTaskSuccess", { taskToken: await world.receive(), output: "2" });

    // Act
    await world.advance(20_000);

    // Assess
    assert.equal(await world.statusOf(execution), "TIMED_OUT");
  });
});
