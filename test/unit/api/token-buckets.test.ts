import assert from "node:assert/strict";
import fc from "fast-check";
import { TokenBuckets } from "../../../api/token-buckets.ts";

const MINUTE_MS = 60_000;

describe("Buckets", () => {
  let now: number;
  const clock = () => now;

  beforeEach(() => {
    now = 1_000;
  });

  const takeAll = (buckets: TokenBuckets, who: string, times: number) => {
    for (let time = 0; time < times; time++) buckets.take(who);
  };

  it("hold a minute's worth for each, and fill up again evenly", () => {
    // Prepare
    const buckets = new TokenBuckets(6, clock);

    // Act
    takeAll(buckets, "ann", 5);
    const before = buckets.secondsUntil("ann");
    buckets.take("ann");

    // Assess
    assert.deepEqual([before, buckets.secondsUntil("ann"), buckets.secondsUntil("bob")], [0, 10, 0]);
    now += 9_999;
    assert.equal(buckets.secondsUntil("ann"), 1);
    now += 1;
    assert.equal(buckets.secondsUntil("ann"), 0);
    buckets.take("ann");
    assert.equal(buckets.secondsUntil("ann"), 10);
  });

  it("let what was too much be waited for, a minute and one more at most", () => {
    const buckets = new TokenBuckets(6, clock);

    takeAll(buckets, "ann", 8);
    const little = buckets.secondsUntil("ann");
    takeAll(buckets, "ann", 1_000);

    assert.deepEqual([little, buckets.secondsUntil("ann")], [30, 70]);
  });

  it("never let more through than a full one and what has come since, however it is asked", () => {
    const waits = fc.array(fc.integer({ min: 0, max: 20_000 }), { maxLength: 60 });
    fc.assert(
      fc.property(waits, fc.integer({ min: 1, max: 20 }), (pauses, perMinute) => {
        // Prepare
        const buckets = new TokenBuckets(perMinute, clock);
        const began = now;
        let taken = 0;
        for (const pause of pauses) {
          // Act
          now += pause;
          if (buckets.secondsUntil("ann") === 0) {
            buckets.take("ann");
            taken++;
          }
          // Assess
          assert.ok(taken <= perMinute + ((now - began) * perMinute) / MINUTE_MS + 1e-6);
        }
      }),
    );
  });

  it("are kept for so many, and of these the one that has been quiet longest is forgotten first", () => {
    const buckets = new TokenBuckets(1, clock, 3);

    for (const who of ["ann", "bob", "carl", "ann", "dora"]) buckets.take(who);

    assert.equal(buckets.size, 3);
    assert.deepEqual(
      ["ann", "bob", "carl", "dora"].map((who) => buckets.secondsUntil(who) > 0),
      [true, false, true, true],
    );
    for (let who = 0; who < 1_000; who++) buckets.take(String(who));
    assert.equal(buckets.size, 3);
  });
});
