import assert from "node:assert/strict";
import { refused, WAITS, World } from "../support/world.ts";

const DAY_MS = 24 * 3600 * 1000;
/** More than are looked at in one commit. */
const PARKED = 4_500;
const TABLES = ["sfn_executions", "sfn_history", "sfn_threads"];

describe("retention", () => {
  let world: World;
  let stateMachineArn: string;

  beforeEach(async () => {
    world = new World({ retentionDays: 7 });
    stateMachineArn = await world.create({ StartAt: "W", States: { W: { ...WAITS, TimeoutSeconds: 3600 * 24 * 300 } } });
  });

  afterEach(() => world.close());

  /** Starts executions and ends them by `operation`. */
  async function ended(count: number, operation: string, prefix: string, input = ""): Promise<string[]> {
    const started = await Promise.all(
      Array.from({ length: count }, (_, index) => world.start(stateMachineArn, input, `${prefix}-${index}`)),
    );
    for (let index = 0; index < count; index++) {
      const taskToken = await world.receive();
      await world.call(operation, operation === "SendTaskSuccess" ? { taskToken, output: "1" } : { taskToken });
    }
    return started;
  }

  function rows(): number[] {
    return TABLES.map((table) => world.store.get<{ n: number }>(`SELECT count(*) AS n FROM ${table}`)?.n ?? -1);
  }

  it("removes what ended longer ago than it is kept, with all its rows, and nothing else", async () => {
    // Prepare
    const parked = await world.start(stateMachineArn, {}, "parked");
    await world.receive();
    const before = rows();
    const old = [...(await ended(3, "SendTaskSuccess", "good")), ...(await ended(3, "SendTaskFailure", "bad"))];
    await world.advance(3 * DAY_MS);
    const [recent = ""] = await ended(1, "SendTaskFailure", "recent");

    // Act
    await world.advance(4 * DAY_MS + 3600 * 1000);

    // Assess
    for (const executionArn of old) await refused(world.describe(executionArn), "ExecutionDoesNotExist");
    assert.deepEqual([await world.statusOf(parked), await world.statusOf(recent)], ["RUNNING", "FAILED"]);
    assert.equal((await world.typesOf(recent)).at(-1), "ExecutionFailed");
    await world.advance(4 * DAY_MS);
    assert.deepEqual(rows(), before);
  });

  it("goes past those that are running still, however many they are", async () => {
    // Prepare
    await world.start(stateMachineArn, {}, "parked");
    await world.receive();
    world.store
      .sql(
        `WITH RECURSIVE numbers(n) AS (VALUES (100) UNION ALL SELECT n + 1 FROM numbers WHERE n < ${100 + PARKED})
         INSERT INTO sfn_executions (id, arn, name, machine_arn, definition_id, status, started_at, input)
         SELECT n, arn || n, name || n, machine_arn, definition_id, status, started_at, input FROM sfn_executions, numbers`,
      )
      .run();
    world.restart();
    const old = await ended(1, "SendTaskSuccess", "behind-them");

    // Act
    await world.advance(8 * DAY_MS);
    for (let batch = 0; batch < 5; batch++) await world.advance(20);

    // Assess
    await refused(world.describe(old[0] ?? ""), "ExecutionDoesNotExist");
    assert.ok((rows()[0] ?? 0) > PARKED);
  });

  it("lets names be used again", async () => {
    // Prepare
    await ended(1, "SendTaskSuccess", "name");
    await refused(world.start(stateMachineArn, {}, "name-0"), "ExecutionAlreadyExists");

    // Act
    await world.advance(8 * DAY_MS);

    // Assess
    await world.start(stateMachineArn, {}, "name-0");
  });

  it("counts from the end, and from the last one where an execution was redriven", async () => {
    // Prepare
    const [executionArn = ""] = await ended(1, "SendTaskFailure", "redriven");
    await world.advance(6 * DAY_MS);
    await world.call("RedriveExecution", { executionArn });
    await world.advance(10 * DAY_MS);
    assert.equal(await world.statusOf(executionArn), "RUNNING");

    // Act
    await world.call("SendTaskFailure", { taskToken: await world.receive() });
    await world.advance(6 * DAY_MS);

    // Assess
    assert.equal(await world.statusOf(executionArn), "FAILED");
    await world.advance(2 * DAY_MS);
    await refused(world.describe(executionArn), "ExecutionDoesNotExist");
  });

  it("gives the room back: the file shrinks", async () => {
    // Prepare
    const empty = world.fileSize();
    await ended(500, "SendTaskFailure", "large", "x".repeat(5_000));
    const full = world.fileSize();

    // Act
    await world.advance(8 * DAY_MS);
    // Batches follow each other in short intervals, so that other calls find room between them.
    for (let batch = 0; batch < 20; batch++) await world.advance(20);

    // Assess
    const after = world.fileSizeNow();
    assert.ok(full > empty + 5_000_000, `${empty} → ${full}`);
    assert.ok(after < empty + (full - empty) / 10, `${empty} → ${full} → ${after}`);
  }).timeout(60_000);

  it("also removes what became old while nobody was there", async () => {
    // Prepare
    const [executionArn = ""] = await ended(1, "SendTaskSuccess", "old");

    // Act
    world.restart(8 * DAY_MS);
    await world.advance(1_000);

    // Assess
    await refused(world.describe(executionArn), "ExecutionDoesNotExist");
  });
});
