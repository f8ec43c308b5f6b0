import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { type Trouble, underTrouble } from "./support/run.ts";

const KILLS = Number(process.env.MILEPOST_CHAOS_KILLS ?? 20);

describe("an endpoint that is killed under load", function () {
  this.timeout(120_000 + KILLS * 5_000);

  it("loses nothing it acknowledged and does nothing twice", async () => {
    // Prepare
    const restarts: number[] = [];

    // Act
    const ledger = await underTrouble(`${KILLS} × kill -9`, async ({ endpoint, random }: Trouble) => {
      for (let kill = 1; kill <= KILLS; kill++) {
        await sleep(20 + random() * 700);
        await endpoint.kill();
        // Every tenth time also in the middle of the start.
        if (kill % 10 === 0) {
          const starting = endpoint.start().catch(() => undefined);
          await sleep(random() * 200);
          await endpoint.kill();
          await starting;
        }
        restarts.push(await endpoint.start());
      }
    });

    // Assess
    const slowest = Math.max(...restarts);
    console.log(`    slowest restart ${slowest.toFixed(0)} ms`);
    assert.ok(ledger.unanswered > 0, "No call was under way when the endpoint was killed.");
  });
});
