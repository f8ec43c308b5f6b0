import assert from "node:assert/strict";
import { parsePlan } from "../../../config/crash-points.ts";

describe("Crash points", () => {
  const passesOf = (text: string | undefined) => {
    const { isLast } = parsePlan({ MILEPOST_CRASH_AT: text });
    return [1, 2, 3, 4].filter(isLast);
  };

  it("are nowhere unless one is named", () => {
    assert.equal(parsePlan({}).point, undefined);
    assert.deepEqual(passesOf(undefined), []);
  });

  it("are passed until the one that is named, the first without a number", () => {
    assert.equal(parsePlan({ MILEPOST_CRASH_AT: "worker:after-history" }).point, "worker:after-history");
    assert.deepEqual(passesOf("worker:after-history"), [1]);
    assert.deepEqual(passesOf("worker:after-history:3"), [3]);
  });

  it("are the last with a probability", () => {
    assert.deepEqual(passesOf("relay:after-start%1"), [1, 2, 3, 4]);
    assert.deepEqual(passesOf("relay:after-start%0"), []);
    const { isLast } = parsePlan({ MILEPOST_CRASH_AT: "relay:after-start%0.5" });
    const share = Array.from({ length: 2_000 }, (_, pass) => isLast(pass)).filter(Boolean).length / 2_000;
    assert.ok(share > 0.4 && share < 0.6, String(share));
  });

  for (const text of ["worker:after-histroy", "worker:after-history:0", "worker:after-history%2", "after-history"]) {
    it(`are not named by ${text}, which is told`, () => {
      assert.throws(() => parsePlan({ MILEPOST_CRASH_AT: text }), {
        name: "ConfigError",
        message: /MILEPOST_CRASH_AT must be a crash point/,
      });
    });
  }
});
