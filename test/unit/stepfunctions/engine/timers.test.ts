import assert from "node:assert/strict";
import type { JsonObject } from "../../../../local/json.ts";
import { World } from "../support/world.ts";

const PAUSES: JsonObject = { StartAt: "Pause", States: { Pause: { Type: "Wait", Seconds: 60, End: true } } };

/** More timers than are served in one commit. */
const SPOILT = 120;

describe("due timers", () => {
  let world: World;
  let printed: typeof console.error;

  beforeEach(() => {
    printed = console.error;
  });

  afterEach(() => {
    console.error = printed;
    world.close();
  });

  it("are served although many before them belong to executions that cannot take them", async () => {
    // Prepare
    world = new World();
    const machine = await world.create(PAUSES);
    for (let i = 0; i < SPOILT; i++) await world.start(machine, {}, `spoilt-${i}`);
    world.store.sql("UPDATE sfn_executions SET root = 'no JSON'").run();
    world.restart();
    const good = await world.start(machine, {}, "good");
    let complaints = 0;
    console.error = () => complaints++;

    // Act
    await world.advance(61_000);

    // Assess
    assert.equal(await world.statusOf(good), "SUCCEEDED");
    assert.equal(complaints, SPOILT, "each is told of once");
  });

  it("of one moment are served each once", async () => {
    // Prepare
    world = new World();
    const machine = await world.create(PAUSES);
    const names = Array.from({ length: SPOILT }, (_, i) => `run-${i}`);
    const executions = await Promise.all(names.map((name) => world.start(machine, {}, name)));

    // Act
    await world.advance(60_000);

    // Assess
    for (const execution of executions)
      assert.equal((await world.typesOf(execution)).filter((type) => type === "WaitStateExited").length, 1);
  });
});
