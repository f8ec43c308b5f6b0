import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { underTrouble } from "./support/run.ts";

const PAUSES = Number(process.env.MILEPOST_CHAOS_PAUSES ?? 5);

describe("an endpoint that stands still under load", function () {
  this.timeout(120_000 + PAUSES * 10_000);

  it("loses nothing and does nothing twice, though its callers give up and send again", async () => {
    // Act
    const ledger = await underTrouble(
      `${PAUSES} × SIGSTOP for 2 s`,
      async ({ endpoint, random }) => {
        for (let pause = 1; pause <= PAUSES; pause++) {
          await sleep(200 + random() * 800);
          endpoint.signal("SIGSTOP");
          await sleep(2_000);
          endpoint.signal("SIGCONT");
        }
      },
      // Shorter than the pause and longer than a poll: calls are given up that the endpoint then does.
      { requestTimeoutMs: 1_500 },
    );

    // Assess
    assert.ok(ledger.unanswered > 0, "No caller gave up.");
  });
});
