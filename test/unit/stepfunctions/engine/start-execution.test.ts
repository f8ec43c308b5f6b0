import assert from "node:assert/strict";
import { refused, START, WAITS, World } from "../support/world.ts";

function nested(levels: number): string {
  return `${"[".repeat(levels)}1${"]".repeat(levels)}`;
}

const PARKED = { StartAt: "W", States: { W: WAITS } };

describe("StartExecution", () => {
  let world: World;
  let stateMachineArn: string;

  beforeEach(async () => {
    world = new World();
    stateMachineArn = await world.create(PARKED);
  });

  afterEach(() => world.close());

  function start(input: { name?: string; input?: string; traceHeader?: string }) {
    return world.call("StartExecution", { stateMachineArn, ...input });
  }

  it("answers the execution's ARN and when it started, in seconds", async () => {
    // Act
    const answer = await start({ name: "first" });

    // Assess
    assert.deepEqual(answer, {
      executionArn: "arn:aws:states:us-east-1:000000000000:execution:machine:first",
      startDate: START / 1000,
    });
  });

  it("gives an execution without a name one of its own, and {} for an input", async () => {
    // Act
    const [one, other] = [await start({}), await start({})];

    // Assess
    assert.match(String(one.executionArn), /:execution:machine:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    assert.notEqual(one.executionArn, other.executionArn);
    assert.equal((await world.describe(String(one.executionArn))).input, "{}");
  });

  it("repeated while the execution runs is answered as the first time, and starts nothing", async () => {
    // Prepare
    const first = await start({ name: "once", input: '{"a": 1}' });
    await world.advance(5_000);

    // Act
    const second = await start({ name: "once", input: '{"a": 1}' });

    // Assess
    assert.deepEqual(second, first);
    assert.equal(world.sent().length, 1);
  });

  it("is refused for a name in use with another input, were it the same JSON in another spelling", async () => {
    // Prepare
    const { executionArn } = await start({ name: "once", input: '{"a": 1}' });

    // Assess
    await refused(start({ name: "once", input: '{"a":1}' }), "ExecutionAlreadyExists", `Execution Already Exists: '${executionArn}'`);
    await refused(start({ name: "once" }), "ExecutionAlreadyExists");
  });

  it("is refused for the name of an execution that has ended, even with its input", async () => {
    // Prepare
    await start({ name: "once" });
    await world.call("SendTaskSuccess", { taskToken: await world.receive(), output: "1" });

    // Assess
    await refused(start({ name: "once" }), "ExecutionAlreadyExists");
  });

  it("takes the same name for another machine", async () => {
    // Prepare
    await start({ name: "same" });
    const other = await world.create(PARKED, "other");

    // Act
    const answer = await world.call("StartExecution", { stateMachineArn: other, name: "same" });

    // Assess
    assert.equal(answer.executionArn, "arn:aws:states:us-east-1:000000000000:execution:other:same");
  });

  it("takes names of up to 80 characters, letters of any script among them", async () => {
    for (const name of ["a", "x".repeat(80), "Zürich_1-2.3", "注文", "a'b!c(d)=e@f+g"]) await start({ name });
  });

  it("refuses names with white space, brackets, wildcards, control characters and what means something in an address", async () => {
    for (const character of ' \t\n<>{}[]?*"#%\\^|~`$&,;:/\u0000\u001f\u007f\u009f\ufffe\uffff')
      await refused(start({ name: `a${character}b` }), "InvalidName", `Invalid Name: 'a${character}b'`);
  });

  it("refuses an empty name and one of more than 80 characters", async () => {
    await refused(start({ name: "" }), "ValidationException", /at 'name' failed to satisfy constraint: .*greater than or equal to 1$/);
    await refused(
      start({ name: "x".repeat(81) }),
      "ValidationException",
      /at 'name' failed to satisfy constraint: .*less than or equal to 80$/,
    );
  });

  it("takes an input of 262,144 bytes and refuses one byte more", async () => {
    // Prepare
    const largest = `"${"é".repeat(131_071)}"`;
    assert.equal(Buffer.byteLength(largest), 262_144);

    // Act
    const answer = await start({ input: largest });

    // Assess
    assert.equal((await world.describe(String(answer.executionArn))).input, largest);
    await refused(start({ input: `${largest} ` }), "ValidationException", /'input' failed to satisfy constraint: .*equal to 262144$/);
  });

  it("refuses an input that is no JSON, or nested deeper than a thousand levels", async () => {
    await refused(start({ input: "{" }), "InvalidExecutionInput", /^Invalid State Machine Execution Input: '/);
    await refused(start({ input: "" }), "InvalidExecutionInput", /^Invalid State Machine Execution Input: 'Invalid execution input\.'$/);
    await refused(start({ input: nested(1001) }), "InvalidExecutionInput");
    await start({ input: nested(1000) });
  });

  it("refuses a machine that is not there, and what is no ARN of one", async () => {
    await refused(world.call("StartExecution", { stateMachineArn: `${stateMachineArn}x` }), "StateMachineDoesNotExist");
    await refused(world.call("StartExecution", { stateMachineArn: "machine" }), "InvalidArn");
    await refused(world.call("StartExecution", {}), "ValidationException", /'stateMachineArn'.*must not be null/);
  });

  it("refuses members of the wrong type", async () => {
    await refused(world.call("StartExecution", { stateMachineArn, input: { a: 1 } }), "SerializationException");
    await refused(world.call("StartExecution", { stateMachineArn, name: 7 }), "SerializationException");
  });

  it("keeps the trace header for DescribeExecution", async () => {
    // Act
    const { executionArn } = await start({ traceHeader: "Root=1-5759e988-bd862e3fe1be46a994272793" });

    // Assess
    assert.equal((await world.describe(String(executionArn))).traceHeader, "Root=1-5759e988-bd862e3fe1be46a994272793");
  });

  it("leaves nothing behind where it is refused", async () => {
    // Act
    await refused(start({ name: "bad", input: "{" }), "InvalidExecutionInput");

    // Assess
    assert.deepEqual(await world.call("ListExecutions", { stateMachineArn }), { executions: [] });
    await start({ name: "bad" });
  });
});
