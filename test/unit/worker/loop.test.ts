import assert from "node:assert/strict";
import { Loop, type LoopOptions } from "../../../worker/loop.ts";
import { type CapturedLog, captureLog } from "../../support/log.ts";
import { pass, passUntil, withFakeTime } from "./support/time.ts";

describe("Loop", () => {
  withFakeTime();
  let log: CapturedLog;
  beforeEach(() => {
    log = captureLog();
  });
  const start = (options: Pick<LoopOptions, "round"> & Partial<LoopOptions>): Loop => {
    const loop = new Loop({ name: "relay", firstPauseMs: 0, logger: log.logger, random: () => 0.5, ...options });
    loop.start();
    return loop;
  };

  it("makes a round, and the next after the pause that round has told", async () => {
    // Prepare
    const rounds: number[] = [];
    start({
      round: async () => {
        rounds.push(Date.now() - 1_000_000);
        return rounds.length === 1 ? 0 : 2_000;
      },
    });
    // Act
    await pass(4_500);
    // Assess
    assert.equal(rounds.length, 4);
    assert.ok((rounds[3] ?? 0) >= 4_000);
  });

  it("never makes two at once, however long one takes", async () => {
    // Prepare
    let atWork = 0;
    let most = 0;
    start({
      round: async () => {
        most = Math.max(most, ++atWork);
        await new Promise((resolve) => setTimeout(resolve, 5_000));
        atWork--;
        return 100;
      },
    });
    // Act
    await pass(30_000, 50);
    // Assess
    assert.equal(most, 1);
  });

  it("waits ever longer while rounds fail, and says so once, and once when they work again", async () => {
    // Prepare
    const rounds: number[] = [];
    let isDown = true;
    start({
      round: async () => {
        rounds.push(Date.now());
        if (isDown) throw new Error("Step Functions is down.");
        return 60_000;
      },
    });
    // Act
    await pass(90_000, 50);
    isDown = false;
    await pass(20_000, 50);
    // Assess
    const pauses = rounds.slice(1).map((at, index) => at - (rounds[index] ?? 0));
    assert.deepEqual(
      pauses.slice(0, 5).map((pause) => Math.round(pause / 500) * 500),
      [1_500, 2_500, 4_500, 8_500, 15_500],
    );
    assert.deepEqual(log.messages, ["relay fails; it is tried until it works", "relay works again"]);
  });

  it("ends at once while it pauses, and makes no further round", async () => {
    // Prepare
    let rounds = 0;
    const loop = start({
      round: async () => {
        rounds++;
        return 60_000;
      },
    });
    await pass(1_000);
    // Act
    const end = await passUntil(loop.stop(5_000));
    await pass(120_000, 1_000);
    // Assess
    assert.deepEqual([end, rounds], ["done", 1]);
  });

  it("waits for a round under way no longer than it is given", async () => {
    // Prepare
    const loop = start({ round: () => new Promise(() => {}) });
    await pass(100);
    // Act
    const end = await passUntil(loop.stop(5_000));
    // Assess
    assert.equal(end, "late");
  });
});
