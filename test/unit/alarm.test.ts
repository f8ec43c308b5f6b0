import assert from "node:assert/strict";
import { mock } from "node:test";
import { Alarm } from "../../local/alarm.ts";

describe("Alarm", () => {
  beforeEach(() => mock.timers.enable({ apis: ["setTimeout", "Date"], now: 1_000 }));
  afterEach(() => mock.restoreAll());
  afterEach(() => mock.timers.reset());

  it("rings once, at the earliest moment asked for", () => {
    // Prepare
    const rung: number[] = [];
    const alarm = new Alarm(() => rung.push(Date.now()));
    // Act
    alarm.at(5_000);
    alarm.at(3_000);
    alarm.at(4_000);
    mock.timers.tick(2_000);
    mock.timers.tick(10_000);
    // Assess
    assert.deepEqual(rung, [3_000]);
  });

  it("rings again a second after it could not do what was due, and ends nothing but that", () => {
    // Prepare
    const rung: number[] = [];
    mock.method(console, "error", () => undefined);
    const alarm = new Alarm(() => {
      rung.push(Date.now());
      if (rung.length === 1) throw new Error("disk I/O error");
    });
    // Act
    alarm.at(2_000);
    mock.timers.tick(1_000);
    mock.timers.tick(1_000);
    mock.timers.tick(10_000);
    // Assess
    assert.deepEqual(rung, [2_000, 3_000]);
  });
});
