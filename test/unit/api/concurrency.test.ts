import assert from "node:assert/strict";
import fc from "fast-check";
import { Concurrency } from "../../../api/concurrency.ts";

const LEAST = 4;
const MOST = 64;
const WINDOW_MS = 100;

describe("How many calls are taken on at once", () => {
  let now: number;

  beforeEach(() => {
    now = 0;
  });

  const concurrency = (first = 16) => new Concurrency({ least: LEAST, most: MOST, first, targetMs: 10, clock: () => now });
  /** A tenth of a second in which as many as can be are under way, each for so long. */
  const busy = (limit: Concurrency, ms: number, wanted = 1_000): number => {
    let taken = 0;
    while (taken < wanted && limit.take()) taken += 1;
    now += WINDOW_MS;
    for (let given = 0; given < taken; given++) limit.giveBack(ms);
    return taken;
  };

  it("is no more than the limit, and as many again as were given back", () => {
    const limit = concurrency();

    assert.equal(busy(limit, 10), 16);
    assert.ok(limit.take());
  });

  it("grows while calls are quick and there is no room for more, to what it may be at most", () => {
    // Prepare
    const limit = concurrency();
    // Act
    const taken = Array.from({ length: 30 }, () => busy(limit, 5));
    // Assess
    assert.ok(
      taken.every((count, at) => at === 0 || count >= (taken[at - 1] ?? 0)),
      String(taken),
    );
    assert.equal(limit.limit, MOST);
  });

  it("does not grow where there is room enough", () => {
    const limit = concurrency();

    for (let window = 0; window < 30; window++) busy(limit, 5, 8);

    assert.equal(limit.limit, 16);
  });

  it("comes down to where calls take as long as they should, but not at once, and not below the least", () => {
    // Prepare
    const limit = concurrency(MOST);
    // Act & Assess: every call takes a millisecond for each that is under way.
    busy(limit, MOST);
    assert.equal(limit.limit, MOST / 2);
    for (let window = 0; window < 40; window++) busy(limit, limit.limit);
    assert.ok(limit.limit >= 9 && limit.limit <= 11, String(limit.limit));
    for (let window = 0; window < 40; window++) busy(limit, 1_000);
    assert.equal(limit.limit, LEAST);
  });

  it("comes down from what was used, where that was less", () => {
    const limit = concurrency(MOST);

    busy(limit, 20, 10);

    assert.equal(limit.limit, 5);
  });

  it("is as it was soon after calls are quick again", () => {
    // Prepare
    const limit = concurrency(MOST);
    for (let window = 0; window < 40; window++) busy(limit, 1_000);
    // Act
    for (let window = 0; window < 50; window++) busy(limit, 1);
    // Assess
    assert.equal(limit.limit, MOST);
  });

  it("stays between its bounds, whatever happens", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(200), fc.nat(500), fc.nat(300))), (steps) => {
        const limit = concurrency();
        let underWay = 0;
        for (const [wanted, ms, later] of steps) {
          for (let tries = 0; tries < wanted; tries++) if (limit.take()) underWay += 1;
          assert.ok(underWay <= MOST);
          now += later;
          for (; underWay > wanted / 2; underWay--) limit.giveBack(ms);
          assert.ok(limit.limit >= LEAST && limit.limit <= MOST, String(limit.limit));
        }
      }),
    );
  });
});
