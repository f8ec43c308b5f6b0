import assert from "node:assert/strict";
import { Tokens } from "../../../../local/stepfunctions/tokens.ts";
import { outputOfExecution, refused, WAITS, World } from "../support/world.ts";

const PARKED = { StartAt: "W", States: { W: WAITS } };

describe("a task token", () => {
  let world: World;

  beforeEach(() => {
    world = new World();
  });

  afterEach(() => world.close());

  function succeed(taskToken: string, output = '"done"') {
    return world.call("SendTaskSuccess", { taskToken, output });
  }

  it("hands the worker's output to the state, spelt as it came", async () => {
    // Prepare
    const execution = await world.run(PARKED);

    // Act
    const answer = await succeed(await world.receive(), '{"n": 1.0}');

    // Assess
    assert.deepEqual(answer, {});
    assert.equal(await outputOfExecution(world, execution), '{"n": 1.0}');
  });

  it("fails the state with the worker's error and cause, which may both be left out", async () => {
    // Prepare
    const execution = await world.run(PARKED);
    const silent = await world.start(String((await world.describe(execution)).stateMachineArn), {}, "silent");
    const [token, other] = [await world.receive(), await world.receive()];

    // Act
    await world.call("SendTaskFailure", { taskToken: token, error: "Broken", cause: "as it does" });
    await world.call("SendTaskFailure", { taskToken: other });

    // Assess
    const described = await world.describe(execution);
    assert.deepEqual([described.status, described.error, described.cause], ["FAILED", "Broken", "as it does"]);
    const second = await world.describe(silent);
    assert.deepEqual([second.status, second.error, second.cause], ["FAILED", undefined, undefined]);
  });

  it("that was used is refused for whatever is said by it", async () => {
    // Prepare
    const execution = await world.run({ StartAt: "W", States: { W: { ...WAITS, End: false, Next: "Then" }, Then: { ...WAITS } } });
    const taskToken = await world.receive();
    await succeed(taskToken);
    const before = await world.typesOf(execution);

    // Assess
    const message = "Task Timed Out: 'Provided task does not exist anymore'";
    await refused(succeed(taskToken), "TaskTimedOut", message);
    await refused(world.call("SendTaskFailure", { taskToken }), "TaskTimedOut", message);
    await refused(world.call("SendTaskHeartbeat", { taskToken }), "TaskTimedOut", message);
    assert.deepEqual(await world.typesOf(execution), before, "the task that waits now is untouched");
  });

  it("is refused once its execution has failed by another", async () => {
    // Prepare
    const definition = {
      StartAt: "P",
      States: { P: { Type: "Parallel", Branches: [PARKED, { StartAt: "V", States: { V: WAITS } }], End: true } },
    };
    const execution = await world.run(definition);
    const [first, second] = [await world.receive(), await world.receive()];

    // Act
    await world.call("SendTaskFailure", { taskToken: first, error: "Broken" });

    // Assess
    assert.equal(await world.statusOf(execution), "FAILED");
    await refused(succeed(second), "TaskTimedOut");
  });

  it("is refused after its task's time is over", async () => {
    // Prepare
    const definition = {
      StartAt: "W",
      States: { W: { ...WAITS, TimeoutSeconds: 10, Catch: [{ ErrorEquals: ["States.Timeout"], Next: "X" }] }, X: WAITS },
    };
    const execution = await world.run(definition);
    const taskToken = await world.receive();

    // Act
    await world.advance(10_000);

    // Assess
    await refused(succeed(taskToken), "TaskTimedOut");
    await succeed(await world.receive(), '"by the second"');
    assert.equal(await outputOfExecution(world, execution), '"by the second"');
  });

  it("of an attempt before a retry is refused, and the new attempt's is taken", async () => {
    // Prepare
    const Retry = [{ ErrorEquals: ["Broken"], IntervalSeconds: 1 }];
    const execution = await world.run({ StartAt: "W", States: { W: { ...WAITS, Retry } } });
    const first = await world.receive();
    await world.call("SendTaskFailure", { taskToken: first, error: "Broken" });
    await refused(succeed(first), "TaskTimedOut");

    // Act
    await world.advance(1_000);
    const second = await world.receive();
    await refused(succeed(first), "TaskTimedOut");
    await succeed(second);

    // Assess
    assert.notEqual(second, first);
    assert.equal(await world.statusOf(execution), "SUCCEEDED");
  });

  it("that was never one of ours is invalid", async () => {
    // Prepare
    await world.run(PARKED);
    const token = await world.receive();
    const bytes = Buffer.from(token, "base64");
    bytes[5] = (bytes[5] ?? 0) ^ 1;

    // Assess
    for (const taskToken of ["x", "", bytes.toString("base64"), token.slice(0, -4), `${token}AAAA`, "é".repeat(60)])
      await refused(succeed(taskToken), "InvalidToken", "Invalid Token: 'Invalid token'");
    await refused(succeed("x".repeat(2049)), "ValidationException");
    await refused(world.call("SendTaskSuccess", { output: "1" }), "ValidationException", /'taskToken'.*must not be null/);
  });

  it("that names the same task but is not the one given out ends nothing", async () => {
    // Prepare
    const execution = await world.run(PARKED);
    await world.receive();
    const guessed = await world.store.write(() => new Tokens(world.store).make(1, 0, 3));

    // Act, Assess
    await refused(succeed(guessed), "TaskTimedOut");
    assert.equal(await world.statusOf(execution), "RUNNING");
  });

  it("that an earlier version gave out, with another ending, is taken while its task waits", async () => {
    // Prepare
    const execution = await world.run(PARKED);
    const token = await world.receive();
    const bytes = Buffer.from(token, "base64");
    bytes[45] = (bytes[45] ?? 0) ^ 1;
    const earlier = bytes.toString("base64");
    world.store.sql("UPDATE sfn_executions SET root = replace(root, ?, ?)").run(token, earlier);
    world.restart();

    // Act
    await succeed(earlier);

    // Assess
    assert.equal(await world.statusOf(execution), "SUCCEEDED");
  });

  it("of another data directory is invalid", async () => {
    // Prepare
    await world.run(PARKED);
    const token = await world.receive();
    world.close();
    world = new World();
    await world.run(PARKED);

    // Assess
    await refused(succeed(token), "InvalidToken");
  });

  it("of an execution that is no longer kept is of a task that does not exist", async () => {
    // Prepare
    await world.run(PARKED);
    const taskToken = await world.receive();
    await succeed(taskToken);

    // Act
    await world.advance(31 * 24 * 3600 * 1000);

    // Assess
    await refused(succeed(taskToken), "TaskDoesNotExist", "Task does not exist: 'Provided task does not exist anymore'");
  });

  it("outlives the process", async () => {
    // Prepare
    const execution = await world.run(PARKED);
    const taskToken = await world.receive();

    // Act
    world.restart();
    await succeed(taskToken);

    // Assess
    assert.equal(await world.statusOf(execution), "SUCCEEDED");
    world.restart();
    await refused(succeed(taskToken), "TaskTimedOut");
  });
});

describe("SendTaskSuccess", () => {
  let world: World;

  beforeEach(() => {
    world = new World();
  });

  afterEach(() => world.close());

  it("refuses an output that is no JSON, and the task goes on waiting", async () => {
    // Prepare
    const execution = await world.run(PARKED);
    const taskToken = await world.receive();
    const before = await world.typesOf(execution);

    // Act
    for (const output of ["", "{", "done", "'done'"])
      await refused(world.call("SendTaskSuccess", { taskToken, output }), "InvalidOutput", "Invalid Output: 'Invalid JSON'");

    // Assess
    assert.deepEqual(await world.typesOf(execution), before);
    await world.call("SendTaskSuccess", { taskToken, output: '"done"' });
    assert.equal(await outputOfExecution(world, execution), '"done"');
  });

  it("refuses an output of more than 262,144 bytes, and the task goes on waiting", async () => {
    // Prepare
    const execution = await world.run(PARKED);
    const taskToken = await world.receive();
    const largest = `"${"é".repeat(131_071)}"`;

    // Act
    await refused(world.call("SendTaskSuccess", { taskToken, output: `${largest} ` }), "ValidationException", /'output'.*262144$/);
    await world.call("SendTaskSuccess", { taskToken, output: largest });

    // Assess
    assert.equal(await outputOfExecution(world, execution), largest);
  });

  it("needs an output", async () => {
    // Prepare
    await world.run(PARKED);
    const taskToken = await world.receive();

    // Assess
    await refused(world.call("SendTaskSuccess", { taskToken }), "ValidationException", /'output'.*must not be null/);
  });
});

describe("SendTaskHeartbeat", () => {
  let world: World;

  beforeEach(() => {
    world = new World();
  });

  afterEach(() => world.close());

  it("puts off the missed heartbeat, as often as it comes, but not the timeout", async () => {
    // Prepare
    const execution = await world.run({ StartAt: "W", States: { W: { ...WAITS, HeartbeatSeconds: 10, TimeoutSeconds: 35 } } });
    const taskToken = await world.receive();

    // Act
    for (let beat = 0; beat < 3; beat++) {
      await world.advance(9_000);
      assert.deepEqual(await world.call("SendTaskHeartbeat", { taskToken }), {});
    }
    await world.advance(7_999);
    assert.equal(await world.statusOf(execution), "RUNNING");
    await world.advance(1);

    // Assess
    assert.equal((await world.describe(execution)).error, "States.Timeout");
  });

  it("that does not come in time ends the task", async () => {
    // Prepare
    const execution = await world.run({ StartAt: "W", States: { W: { ...WAITS, HeartbeatSeconds: 10, TimeoutSeconds: 35 } } });
    const taskToken = await world.receive();
    await world.advance(5_000);
    await world.call("SendTaskHeartbeat", { taskToken });

    // Act
    await world.advance(9_999);
    const before = await world.statusOf(execution);
    await world.advance(1);

    // Assess
    assert.equal(before, "RUNNING");
    assert.equal(await world.statusOf(execution), "FAILED");
    await refused(world.call("SendTaskHeartbeat", { taskToken }), "TaskTimedOut");
  });

  it("is taken for a task without a heartbeat, and leaves no trace", async () => {
    // Prepare
    const execution = await world.run(PARKED);
    const taskToken = await world.receive();
    const before = await world.typesOf(execution);

    // Act
    await world.call("SendTaskHeartbeat", { taskToken });

    // Assess
    assert.deepEqual(await world.typesOf(execution), before);
  });
});
