import assert from "node:assert/strict";
import { setImmediate as turnEnded } from "node:timers/promises";
import { Crowd } from "../../local/crowd.ts";

describe("the crowd of callers", () => {
  let crowd: Crowd;

  beforeEach(() => {
    crowd = new Crowd();
  });

  async function turnWith(groups: number): Promise<void> {
    for (let i = 0; i < groups; i++) crowd.groupCommitted(1);
    await turnEnded();
  }

  it("is not there while one or two come in a turn", async () => {
    for (let i = 0; i < 50; i++) {
      await turnWith(1);
      await turnWith(2);
    }
    assert.equal(crowd.isThere, false);
  });

  it("is there after a turn with three", async () => {
    await turnWith(3);
    assert.equal(crowd.isThere, true);
  });

  it("stays through some small groups, and goes after many in a row", async () => {
    // Prepare
    await turnWith(3);

    // Act
    for (let i = 0; i < 15; i++) crowd.groupCommitted(1);
    crowd.groupCommitted(3);
    for (let i = 0; i < 15; i++) crowd.groupCommitted(2);
    const before = crowd.isThere;
    crowd.groupCommitted(1);

    // Assess
    assert.deepEqual([before, crowd.isThere], [true, false]);
  });
});
