import assert from "node:assert/strict";
import { TestSystem } from "../support/system.ts";
import { chaosSeed, seededRandom } from "./support/random.ts";
import { ApiClients } from "./system/clients.ts";
import { makeTrouble } from "./system/faults.ts";
import { Records } from "./system/records.ts";
import { settleAndVerify } from "./system/verify.ts";

const SECONDS = Number(process.env.MILEPOST_CHAOS_SECONDS ?? 120);
const CLIENTS = 8;

/** The chaos stack hides a message for 5 seconds only, so that a dead worker's messages come again soon. */
const VARIABLES = { VISIBILITY_SECONDS: "5", EXTEND_SECONDS: "2", DRAIN_SECONDS: "5" };

describe("the whole system, its processes killed and held, its services refusing, its messages repeated", function () {
  this.timeout(SECONDS * 1_000 + 240_000);

  it("loses no acknowledged change, makes none twice or out of order, and brings every execution to its end", async () => {
    // Prepare
    const seed = chaosSeed();
    const records = new Records();
    const system = await TestSystem.start({ variables: VARIABLES, workers: 2 });
    try {
      const clients = new ApiClients(system, records, CLIENTS);

      // Act
      const { killed, stopped, refused } = await makeTrouble(system, seededRandom(seed), SECONDS * 1_000);
      await clients.finish();
      const { settledMs } = await settleAndVerify(system, records);

      // Assess
      console.log(`    ${records.report(`${SECONDS} s, seed ${seed}`)}`);
      console.log(`    ${killed} × kill -9, ${stopped} × SIGSTOP, ${refused} × refused; settled after ${(settledMs / 1_000).toFixed(1)} s`);
      assert.deepEqual(records.complaints(), []);
      assert.ok(records.acknowledged > 0 && records.repeated > 0, "No trouble reached a client.");
    } finally {
      await system.stop();
    }
  });
});
