import assert from "node:assert/strict";
import type { Json, JsonObject } from "../../../../local/json.ts";
import { refused, START, WAITS, World } from "../support/world.ts";

const MACHINE: JsonObject = {
  StartAt: "Set",
  States: { Set: { Type: "Pass", Assign: { seen: 1 }, Next: "Pause" }, Pause: { Type: "Wait", Seconds: 5, Next: "W" }, W: WAITS },
};

/** Set, Pause and W, and the answer of W's worker. */
const EVENTS = 12;

describe("GetExecutionHistory", () => {
  let world: World;
  let executionArn: string;

  beforeEach(async () => {
    world = new World();
    executionArn = await world.run(MACHINE, { a: 1 });
    await world.advance(5_000);
    await world.call("SendTaskSuccess", { taskToken: await world.receive(), output: '"done"' });
  });

  afterEach(() => world.close());

  function page(input: JsonObject = {}) {
    return world.call("GetExecutionHistory", { executionArn, ...input });
  }

  async function idsOfPages(input: JsonObject): Promise<number[][]> {
    const pages: number[][] = [];
    let nextToken: Json | undefined;
    do {
      const answer = await page({ ...input, ...(nextToken === undefined ? {} : { nextToken }) });
      pages.push((answer.events as JsonObject[]).map((event) => Number(event.id)));
      nextToken = answer.nextToken;
    } while (nextToken !== undefined);
    return pages;
  }

  it("gives each event its moment, type, number and the event it followed", async () => {
    // Act
    const { events } = await page();

    // Assess
    const shapes = (events as JsonObject[]).map(
      (event) => `${event.id}←${event.previousEventId} ${event.type} +${Number(event.timestamp) - START / 1000}`,
    );
    assert.deepEqual(shapes, [
      "1←0 ExecutionStarted +0",
      "2←0 PassStateEntered +0",
      "3←2 PassStateExited +0",
      "4←3 WaitStateEntered +0",
      "5←4 WaitStateExited +5",
      "6←5 TaskStateEntered +5",
      "7←6 TaskScheduled +5",
      "8←7 TaskStarted +5",
      "9←8 TaskSubmitted +5",
      "10←9 TaskSucceeded +5",
      "11←10 TaskStateExited +5",
      "12←11 ExecutionSucceeded +5",
    ]);
  });

  it("names each event's details by its type", async () => {
    // Act
    const { events } = await page();

    // Assess
    const [started, entered, exited] = events as JsonObject[];
    assert.deepEqual(started?.executionStartedEventDetails, {
      input: '{"a":1}',
      inputDetails: { truncated: false },
      roleArn: "arn:aws:iam::000000000000:role/runner",
    });
    assert.deepEqual(entered?.stateEnteredEventDetails, { name: "Set", input: '{"a":1}', inputDetails: { truncated: false } });
    assert.deepEqual(exited?.stateExitedEventDetails, {
      name: "Set",
      output: '{"a":1}',
      outputDetails: { truncated: false },
      assignedVariables: { seen: "1" },
      assignedVariablesDetails: { truncated: false },
    });
  });

  it("comes page by page, each event once", async () => {
    assert.deepEqual(await idsOfPages({ maxResults: 5 }), [
      [1, 2, 3, 4, 5],
      [6, 7, 8, 9, 10],
      [11, 12],
    ]);
    assert.deepEqual(await idsOfPages({ maxResults: 6 }), [
      [1, 2, 3, 4, 5, 6],
      [7, 8, 9, 10, 11, 12],
    ]);
    assert.equal((await idsOfPages({ maxResults: 1 })).length, EVENTS);
    assert.equal((await idsOfPages({ maxResults: 0 })).length, 1);
  });

  it("comes backwards where asked to", async () => {
    assert.deepEqual(await idsOfPages({ maxResults: 5, reverseOrder: true }), [
      [12, 11, 10, 9, 8],
      [7, 6, 5, 4, 3],
      [2, 1],
    ]);
  });

  it("goes on with what is new since the last page", async () => {
    // Prepare
    const running = await world.start(String((await world.describe(executionArn)).stateMachineArn), {}, "second");
    const first = await world.call("GetExecutionHistory", { executionArn: running, maxResults: 3 });
    await world.advance(5_000);

    // Act
    const second = await world.call("GetExecutionHistory", { executionArn: running, nextToken: first.nextToken ?? null });

    // Assess
    assert.deepEqual(
      (second.events as JsonObject[]).map((event) => event.id),
      [4, 5, 6, 7, 8, 9],
    );
  });

  it("leaves out what the execution is about where asked to", async () => {
    // Act
    const { events } = await page({ includeExecutionData: false });

    // Assess
    const text = JSON.stringify(events);
    assert.equal((events as JsonObject[]).length, EVENTS);
    for (const part of ['"input', '"output', '"parameters', '"assignedVariables']) assert.equal(text.includes(part), false, part);
    assert.ok(text.includes('"name":"Pause"') && text.includes('"roleArn"') && text.includes('"resource":"sendMessage.waitForTaskToken"'));
  });

  it("refuses page tokens of other executions, of the other direction, and other texts", async () => {
    // Prepare
    const { nextToken } = await page({ maxResults: 5 });
    const other = await world.start(String((await world.describe(executionArn)).stateMachineArn), {}, "second");

    // Assess
    await refused(page({ nextToken: nextToken ?? null, reverseOrder: true }), "InvalidToken");
    await refused(world.call("GetExecutionHistory", { executionArn: other, nextToken: nextToken ?? null }), "InvalidToken");
    for (const wrong of ["x", "", "bnVsbA==", Buffer.from("{}").toString("base64")])
      await refused(page({ nextToken: wrong }), "InvalidToken");
  });

  it("refuses bounds out of range and members of the wrong type", async () => {
    await refused(page({ maxResults: 1001 }), "ValidationException", /'maxResults'.*less than or equal to 1000$/);
    await refused(page({ maxResults: -1 }), "ValidationException", /'maxResults'.*greater than or equal to 0$/);
    await refused(page({ maxResults: "5" }), "SerializationException");
    await refused(page({ reverseOrder: "true" }), "SerializationException");
    await refused(world.call("GetExecutionHistory", { executionArn: `${executionArn}x` }), "ExecutionDoesNotExist");
    await refused(world.call("GetExecutionHistory", {}), "ValidationException");
  });

  it("is the same after a restart", async () => {
    // Prepare
    const before = await page();

    // Act
    world.restart();

    // Assess
    assert.deepEqual(await page(), before);
  });
});
