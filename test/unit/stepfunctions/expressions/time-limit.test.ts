import assert from "node:assert/strict";
import { runInNewContext } from "node:vm";
import { isTimeout, TIME_LIMIT_MS, withinTime } from "../../../../local/stepfunctions/expressions/time-limit.ts";

/** As it is cut off in a process that was held: with nothing computed. */
function cutOff(): Error {
  return Object.assign(new Error("Script execution timed out."), { code: "ERR_SCRIPT_EXECUTION_TIMEOUT" });
}

/** Work that fails so many times before it succeeds, and how often it was begun. */
function failing(times: number, failure: () => Error) {
  const work = {
    begun: 0,
    run: () => {
      work.begun++;
      if (work.begun <= times) throw failure();
      return "done";
    },
  };
  return work;
}

describe("The time limit of what a definition has us evaluate", () => {
  it("ends what computes too long, at once", () => {
    // Prepare
    let begun = 0;
    // Act
    const act = () =>
      withinTime(() => {
        begun++;
        return runInNewContext("for (;;);", {}, { timeout: TIME_LIMIT_MS });
      });
    // Assess
    assert.throws(act, isTimeout);
    assert.equal(begun, 1);
  });

  it("begins anew what was cut off before it had computed", () => {
    // Prepare
    const work = failing(2, cutOff);
    // Act
    const result = withinTime(work.run);
    // Assess
    assert.deepEqual([result, work.begun], ["done", 3]);
  });

  it("gives up what never gets to compute", () => {
    // Prepare
    const work = failing(100, cutOff);
    // Act, Assess
    assert.throws(() => withinTime(work.run), isTimeout);
    assert.equal(work.begun, 3);
  });

  it("repeats no other failure", () => {
    // Prepare
    const work = failing(1, () => new TypeError("wrong"));
    // Act, Assess
    assert.throws(() => withinTime(work.run), TypeError);
    assert.equal(work.begun, 1);
  });
});
