import assert from "node:assert/strict";
import type { JsonObject } from "../../../../local/json.ts";
import { outputOfExecution, QUEUE, SEND_AND_WAIT, WAITS, World } from "../support/world.ts";

const TELLS = { Type: "Task", Resource: "arn:aws:states:::sqs:sendMessage", Parameters: { QueueUrl: QUEUE, "MessageBody.$": "$.token" } };

describe("The token of a task that waits for the execution it starts", () => {
  let world: World;

  beforeEach(() => {
    world = new World();
  });

  afterEach(() => world.close());

  /** Starts a child that is given the task's token and then waits for one of its own. */
  async function runParent(after: JsonObject): Promise<string> {
    const child = await world.create({ StartAt: "Tell", States: { Tell: { ...TELLS, Next: "W" }, W: WAITS } }, "child");
    const parameters = { StateMachineArn: child, Name: "child", Input: { "token.$": "$$.Task.Token" } };
    const start = { Type: "Task", Resource: "arn:aws:states:::states:startExecution.sync", Parameters: parameters, Next: "After" };
    const execution = await world.start(await world.create({ StartAt: "Start", States: { Start: start, After: after } }, "parent"));
    await world.settle();
    return execution;
  }

  it("ends the task before the execution has ended", async () => {
    // Prepare
    const parent = await runParent({ Type: "Pass", End: true });
    const taskToken = await world.receive();

    // Act
    await world.call("SendTaskSuccess", { taskToken, output: '"early"' });

    // Assess
    assert.equal(await outputOfExecution(world, parent), '"early"');
  });

  it("leaves the started execution to go on, which then answers to no one", async () => {
    // Prepare
    const parent = await runParent({ Type: "Task", Resource: SEND_AND_WAIT, Parameters: WAITS.Parameters ?? {}, End: true });
    const [first, ofChild] = [await world.receive(), await world.receive()];
    await world.call("SendTaskSuccess", { taskToken: first, output: '"early"' });

    // Act
    await world.call("SendTaskSuccess", { taskToken: ofChild, output: '"late"' });
    await world.settle();

    // Assess
    const child = parent.replace(/:parent:.*$/, ":child:child");
    assert.equal(await world.statusOf(child), "SUCCEEDED");
    assert.equal(await world.statusOf(parent), "RUNNING");
    await world.call("SendTaskSuccess", { taskToken: await world.receive(), output: '"own"' });
    assert.equal(await outputOfExecution(world, parent), '"own"');
  });
});
