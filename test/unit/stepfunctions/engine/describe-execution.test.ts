import assert from "node:assert/strict";
import { ROLE, refused, START, WAITS, World } from "../support/world.ts";

const PARKED = { StartAt: "W", States: { W: WAITS } };

describe("DescribeExecution", () => {
  let world: World;

  beforeEach(() => {
    world = new World();
  });

  afterEach(() => world.close());

  it("tells all of an execution that runs", async () => {
    // Act
    const executionArn = await world.run(PARKED, { a: 1 });

    // Assess
    assert.deepEqual(await world.describe(executionArn), {
      executionArn,
      stateMachineArn: "arn:aws:states:us-east-1:000000000000:stateMachine:machine",
      name: "run",
      status: "RUNNING",
      startDate: START / 1000,
      input: '{"a":1}',
      inputDetails: { included: true },
      redriveCount: 0,
      redriveStatus: "NOT_REDRIVABLE",
      redriveStatusReason: "Execution is RUNNING and cannot be redriven",
    });
  });

  it("tells the output of one that succeeded", async () => {
    // Prepare
    const execution = await world.run(PARKED);
    await world.advance(1_500);

    // Act
    await world.call("SendTaskSuccess", { taskToken: await world.receive(), output: '"done"' });

    // Assess
    const described = await world.describe(execution);
    assert.deepEqual(
      [described.status, described.output, described.outputDetails, described.stopDate],
      ["SUCCEEDED", '"done"', { included: true }, START / 1000 + 1.5],
    );
  });

  it("tells the error of one that failed, and that it may be redriven", async () => {
    // Prepare
    const execution = await world.run(PARKED);

    // Act
    await world.call("SendTaskFailure", { taskToken: await world.receive(), error: "Broken", cause: "so" });

    // Assess
    const described = await world.describe(execution);
    assert.deepEqual(
      [
        described.status,
        described.error,
        described.cause,
        described.redriveStatus,
        "output" in described,
        "redriveStatusReason" in described,
      ],
      ["FAILED", "Broken", "so", "REDRIVABLE", false, false],
    );
  });

  it("leaves out input and output where asked for the metadata only", async () => {
    // Prepare
    const executionArn = await world.run(PARKED, { a: 1 });
    await world.call("SendTaskSuccess", { taskToken: await world.receive(), output: '"done"' });

    // Act
    const described = await world.call("DescribeExecution", { executionArn, includedData: "METADATA_ONLY" });

    // Assess
    assert.deepEqual(["input" in described, "output" in described], [false, false]);
    assert.deepEqual([described.inputDetails, described.outputDetails], [{ included: false }, { included: false }]);
    await refused(world.call("DescribeExecution", { executionArn, includedData: "SOME" }), "ValidationException");
  });

  it("refuses an execution that is not there, and what is no ARN of one", async () => {
    const executionArn = await world.run(PARKED);
    await refused(world.describe(`${executionArn}x`), "ExecutionDoesNotExist", `Execution Does Not Exist: '${executionArn}x'`);
    for (const wrong of ["", "x"]) await refused(world.describe(wrong), "InvalidArn", `Invalid Arn: 'Invalid ARN prefix: ${wrong}'`);
    const machine = "arn:aws:states:us-east-1:000000000000:stateMachine:machine";
    await refused(world.describe(machine), "InvalidArn", "Invalid Arn: 'Resource type not valid in this context: stateMachine'");
    await refused(world.call("DescribeExecution", {}), "ValidationException");
    await refused(world.describe("x".repeat(257)), "ValidationException");
  });
});

describe("a machine that is changed while its executions run", () => {
  let world: World;
  let stateMachineArn: string;
  let executionArn: string;

  beforeEach(async () => {
    world = new World();
    const { End: _, ...waits } = WAITS;
    stateMachineArn = await world.create({
      StartAt: "W",
      States: { W: { ...waits, Next: "Old" }, Old: { Type: "Pass", Result: "old", End: true } },
    });
    executionArn = await world.start(stateMachineArn);
    const definition = JSON.stringify({ StartAt: "New", States: { New: { Type: "Pass", Result: "new", End: true } } });
    await world.call("UpdateStateMachine", { stateMachineArn, definition, roleArn: `${ROLE}-2` });
  });

  afterEach(() => world.close());

  it("lets them go on by the old definition, also after a restart, and runs new ones by the new", async () => {
    // Act
    world.restart();
    await world.call("SendTaskSuccess", { taskToken: await world.receive(), output: "1" });
    const second = await world.start(stateMachineArn, {}, "second");

    // Assess
    assert.equal((await world.describe(executionArn)).output, '"old"');
    assert.equal((await world.describe(second)).output, '"new"');
  });

  it("is described for each execution as that one knows it", async () => {
    // Prepare
    const second = await world.start(stateMachineArn, {}, "second");

    // Act
    const old = await world.call("DescribeStateMachineForExecution", { executionArn });
    const fresh = await world.call("DescribeStateMachineForExecution", { executionArn: second });

    // Assess
    assert.deepEqual([old.name, old.stateMachineArn, old.roleArn], ["machine", stateMachineArn, ROLE]);
    assert.match(String(old.definition), /"StartAt":"W"/);
    assert.equal(fresh.roleArn, `${ROLE}-2`);
    assert.match(String(fresh.definition), /"StartAt":"New"/);
    assert.equal(typeof fresh.revisionId, "string");
  });

  it("is described without its definition where asked for the metadata only", async () => {
    const described = await world.call("DescribeStateMachineForExecution", { executionArn, includedData: "METADATA_ONLY" });
    assert.equal("definition" in described, false);
    await refused(world.call("DescribeStateMachineForExecution", { executionArn: `${executionArn}x` }), "ExecutionDoesNotExist");
  });

  it("is deleted when the last of them has ended, and is described for them still", async () => {
    // Act
    await world.call("DeleteStateMachine", { stateMachineArn });
    await refused(world.call("StartExecution", { stateMachineArn }), "StateMachineDeleting");
    await world.call("SendTaskSuccess", { taskToken: await world.receive(), output: "1" });

    // Assess
    await refused(world.call("DescribeStateMachine", { stateMachineArn }), "StateMachineDoesNotExist");
    assert.equal((await world.describe(executionArn)).status, "SUCCEEDED");
    assert.match(String((await world.call("DescribeStateMachineForExecution", { executionArn })).definition), /"StartAt":"W"/);
  });
});
