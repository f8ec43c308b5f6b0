import assert from "node:assert/strict";
import type { Json, JsonObject } from "../../../../local/json.ts";
import { refused, START, WAITS, World } from "../support/world.ts";

const PARKED = { StartAt: "W", States: { W: WAITS } };

describe("ListExecutions", () => {
  let world: World;
  let stateMachineArn: string;

  beforeEach(async () => {
    world = new World();
    stateMachineArn = await world.create(PARKED);
  });

  afterEach(() => world.close());

  function list(input: JsonObject = {}) {
    return world.call("ListExecutions", { stateMachineArn, ...input });
  }

  async function names(input: JsonObject = {}): Promise<string[]> {
    const { executions } = await list(input);
    return (executions as JsonObject[]).map((execution) => String(execution.name));
  }

  /** Starts executions whose names say how they end. */
  async function startEach(...ends: string[]) {
    for (const name of ends) {
      const executionArn = await world.start(stateMachineArn, {}, name);
      const taskToken = await world.receive();
      if (name.startsWith("good")) await world.call("SendTaskSuccess", { taskToken, output: "1" });
      if (name.startsWith("bad") || name.startsWith("redriven")) await world.call("SendTaskFailure", { taskToken });
      if (name.startsWith("stopped")) await world.call("StopExecution", { executionArn });
      if (!name.startsWith("redriven")) continue;
      await world.call("RedriveExecution", { executionArn });
      await world.receive();
    }
  }

  it("gives the newest first, each with its times and status", async () => {
    // Prepare
    await startEach("good");
    await world.advance(1_000);
    await startEach("redriven");

    // Act
    const { executions, nextToken } = await list();

    // Assess
    const prefix = "arn:aws:states:us-east-1:000000000000:execution:machine:";
    const times = { startDate: START / 1000 + 1, redriveCount: 1, redriveDate: START / 1000 + 1 };
    assert.deepEqual(executions, [
      { executionArn: `${prefix}redriven`, stateMachineArn, name: "redriven", status: "RUNNING", ...times },
      {
        executionArn: `${prefix}good`,
        stateMachineArn,
        name: "good",
        status: "SUCCEEDED",
        startDate: START / 1000,
        stopDate: START / 1000,
        redriveCount: 0,
      },
    ]);
    assert.equal(nextToken, undefined);
  });

  it("filters by status and by redrive", async () => {
    // Prepare
    await startEach("good", "bad", "stopped", "redriven", "parked");

    // Assess
    assert.deepEqual(await names({ statusFilter: "SUCCEEDED" }), ["good"]);
    assert.deepEqual(await names({ statusFilter: "FAILED" }), ["bad"]);
    assert.deepEqual(await names({ statusFilter: "ABORTED" }), ["stopped"]);
    assert.deepEqual(await names({ statusFilter: "RUNNING" }), ["parked", "redriven"]);
    assert.deepEqual(await names({ statusFilter: "TIMED_OUT" }), []);
    assert.deepEqual(await names({ redriveFilter: "REDRIVEN" }), ["redriven"]);
    assert.deepEqual(await names({ redriveFilter: "NOT_REDRIVEN", statusFilter: "RUNNING" }), ["parked"]);
  });

  it("comes page by page, each execution once, however many are started meanwhile", async () => {
    // Prepare
    await startEach("a", "b", "c", "d", "e");

    // Act
    const pages: string[][] = [];
    let nextToken: Json | undefined;
    do {
      const answer = await list({ maxResults: 2, ...(nextToken === undefined ? {} : { nextToken }) });
      pages.push((answer.executions as JsonObject[]).map((execution) => String(execution.name)));
      nextToken = answer.nextToken;
      await startEach(`later-${pages.length}`);
    } while (nextToken !== undefined);

    // Assess
    assert.deepEqual(pages, [["e", "d"], ["c", "b"], ["a"]]);
  });

  it("gives no token after a last page that is full", async () => {
    // Prepare
    await startEach("a", "b");

    // Assess
    assert.equal((await list({ maxResults: 2 })).nextToken, undefined);
    assert.equal(typeof (await list({ maxResults: 1 })).nextToken, "string");
  });

  it("gives those of a version or an alias by their ARNs, and all of them by the machine's", async () => {
    // Prepare
    await startEach("plain");
    const { stateMachineVersionArn = "" } = await world.call("PublishStateMachineVersion", { stateMachineArn });
    const routingConfiguration = [{ stateMachineVersionArn, weight: 100 }];
    const { stateMachineAliasArn = "" } = await world.call("CreateStateMachineAlias", { name: "live", routingConfiguration });
    await world.call("StartExecution", { stateMachineArn: stateMachineVersionArn, name: "by-version" });
    await world.call("StartExecution", { stateMachineArn: stateMachineAliasArn, name: "by-alias" });

    // Assess
    assert.deepEqual(await names({ stateMachineArn: stateMachineAliasArn }), ["by-alias"]);
    assert.deepEqual(await names({ stateMachineArn: stateMachineVersionArn }), ["by-alias", "by-version"]);
    assert.deepEqual(await names(), ["by-alias", "by-version", "plain"]);
    const [first] = (await list()).executions as JsonObject[];
    assert.deepEqual([first?.stateMachineVersionArn, first?.stateMachineAliasArn], [stateMachineVersionArn, stateMachineAliasArn]);
  });

  it("refuses what is no filter, no bound, no token and no machine", async () => {
    await refused(list({ statusFilter: "DONE" }), "ValidationException", /'statusFilter'.*enum value set/);
    await refused(list({ redriveFilter: "MAYBE" }), "ValidationException");
    await refused(list({ maxResults: 1001 }), "ValidationException");
    await refused(list({ nextToken: "x" }), "InvalidToken", "Invalid Token: 'Invalid token'");
    await refused(list({ stateMachineArn: `${stateMachineArn}x` }), "StateMachineDoesNotExist");
    await refused(list({ stateMachineArn: "x" }), "InvalidArn");
    await refused(world.call("ListExecutions", {}), "ValidationException");
  });
});
