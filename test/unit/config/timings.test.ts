import assert from "node:assert/strict";
import { readTimings } from "../../../config/timings.ts";

describe("readTimings", () => {
  it("has a default for every span, in an order that holds", () => {
    const timings = readTimings({});

    assert.equal(timings.visibilitySeconds, 30);
    assert.equal(timings.pollSeconds, 10);
    assert.equal(timings.heartbeatSeconds, 900);
  });

  it("takes each from its variable", () => {
    const timings = readTimings({ VISIBILITY_SECONDS: "5", EXTEND_SECONDS: "2", TASK_TIMEOUT_SECONDS: "1000" });

    assert.deepEqual([timings.visibilitySeconds, timings.extendSeconds, timings.taskTimeoutSeconds], [5, 2, 1_000]);
  });

  it("names both variables and the reason where one span must be shorter than another", () => {
    const wrong: [Record<string, string>, RegExp][] = [
      [{ EXTEND_SECONDS: "30" }, /^EXTEND_SECONDS \(30\) must be less than VISIBILITY_SECONDS \(30\): a message at work/],
      [{ BEAT_SECONDS: "900" }, /^BEAT_SECONDS \(900\) must be less than HEARTBEAT_SECONDS \(900\)/],
      [{ VISIBILITY_SECONDS: "1000" }, /^VISIBILITY_SECONDS \(1000\) must be less than HEARTBEAT_SECONDS \(900\)/],
      [{ HEARTBEAT_SECONDS: "3600" }, /^HEARTBEAT_SECONDS \(3600\) must be less than TASK_TIMEOUT_SECONDS \(3600\)/],
      [{ EXECUTION_TIMEOUT_SECONDS: "3600" }, /^TASK_TIMEOUT_SECONDS \(3600\) must be less than EXECUTION_TIMEOUT_SECONDS/],
      [{ RETENTION_SECONDS: "14400" }, /^EXECUTION_TIMEOUT_SECONDS \(14400\) must be less than RETENTION_SECONDS/],
      [{ BEAT_SECONDS: "300" }, /^BEAT_SECONDS \(300\) must be less than ORDER_HEARTBEAT_SECONDS \(300\)/],
      [{ ORDER_HEARTBEAT_SECONDS: "600" }, /^ORDER_HEARTBEAT_SECONDS \(600\) must be less than ORDER_STEP_SECONDS \(600\)/],
      [{ ORDER_STEP_SECONDS: "700" }, /^21 × ORDER_STEP_SECONDS \(14700\) must be less than EXECUTION_TIMEOUT_SECONDS \(14400\)/],
    ];
    for (const [environment, message] of wrong) assert.throws(() => readTimings(environment), { name: "ConfigError", message });
  });

  it("refuses what AWS would refuse", () => {
    assert.throws(() => readTimings({ POLL_SECONDS: "21" }), { message: 'POLL_SECONDS must be a whole number from 1 to 20, not "21".' });
    assert.throws(() => readTimings({ VISIBILITY_SECONDS: "0.5" }), /VISIBILITY_SECONDS must be a whole number/);
  });
});
