import assert from "node:assert/strict";
import fc from "fast-check";
import { Concurrency } from "../../../api/concurrency.ts";

const [LEAST, FIRST, MOST] = [4, 16, 64];
const WINDOW_MS = 50;
const QUIET_MS = 10;

describe("How many calls are taken on at once", () => {
  let now: number;
  let concurrency: Concurrency;

  beforeEach(() => {
    now = 0;
    concurrency = new Concurrency({ least: LEAST, first: FIRST, most: MOST, clock: () => now });
  });

  /** A moment in which some call at once, as many as there is room for are taken on, and each takes so long. */
  const moment = (wanted: number, ms: number | ((taken: number) => number)): number => {
    let taken = 0;
    for (let call = 0; call < wanted; call++) if (concurrency.take()) taken += 1;
    now += WINDOW_MS;
    for (let given = 0; given < taken; given++) concurrency.giveBack(typeof ms === "number" ? ms : ms(taken));
    return taken;
  };
  const moments = (count: number, wanted: number, ms: number | ((taken: number) => number)) =>
    Array.from({ length: count }, () => moment(wanted, ms));

  it("is what it begins with while nobody is turned away, however long calls take", () => {
    const taken = [...moments(10, FIRST, 10), ...moments(10, FIRST, 10_000)];

    assert.deepEqual(new Set(taken), new Set([FIRST]));
  });

  it("is less at once when the first is turned away, and comes down to where calls are nearly as quick as when there are few", () => {
    // Prepare: alone a call takes 10 ms, and 2 more for each that is under way.
    const together = (taken: number) => QUIET_MS + 2 * (taken - 1);
    moments(50, 1, together);
    // Act
    const [first, second, ...later] = moments(60, 1_000, together);
    // Assess
    assert.deepEqual([first, second], [FIRST, FIRST / 4]);
    const settled = later.slice(-20);
    for (const taken of settled) assert.ok(together(taken) <= 2.3 * QUIET_MS, String(settled));
    assert.ok(settled.some((taken) => taken > LEAST));
  });

  it("is never less than the least, whatever calls take, and never more than the most", () => {
    moments(50, 1, QUIET_MS);
    assert.equal(moments(50, 1_000, 10_000).at(-1), LEAST);
    assert.equal(moments(200, 1_000, QUIET_MS).at(-1), MOST);
  });

  it("grows beyond what it began with where there is need of more and calls are quick all the same", () => {
    moments(50, 1, QUIET_MS);

    const taken = moments(100, 40, QUIET_MS);

    assert.equal(taken.at(-1), 40);
  });

  it("is soon as before when nobody is turned away any more", () => {
    // Prepare
    moments(50, 1, QUIET_MS);
    moments(50, 1_000, 10_000);
    // Act
    moments(8, 2, QUIET_MS);
    // Assess
    assert.equal(moment(FIRST, QUIET_MS), FIRST);
  });

  it("goes by what the services can do, so that slow ones are not taken for overload", () => {
    // Prepare: alone a call takes 80 ms, and with many others as long.
    moments(50, 1, 80);
    // Act & Assess
    assert.equal(moments(200, 1_000, 81).at(-1), MOST);
  });

  it("stays between its bounds, whatever happens", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(200), fc.nat(500), fc.nat(300))), (steps) => {
        concurrency = new Concurrency({ least: LEAST, first: FIRST, most: MOST, clock: () => now });
        let underWay = 0;
        for (const [wanted, ms, later] of steps) {
          for (let tries = 0; tries < wanted; tries++) if (concurrency.take()) underWay += 1;
          assert.ok(underWay <= MOST);
          now += later;
          for (; underWay > wanted / 2; underWay--) concurrency.giveBack(ms);
          assert.ok(concurrency.limit >= LEAST && concurrency.limit <= MOST, String(concurrency.limit));
        }
      }),
    );
  });
});
