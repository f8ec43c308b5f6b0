import assert from "node:assert/strict";
import fc from "fast-check";
import { RecentlyUsed } from "../../local/recently-used.ts";

describe("what was used lately", () => {
  it("is kept while others that are not used come and go", () => {
    // Prepare
    const cache = new RecentlyUsed<string, number>(10);
    cache.set("used", 1);

    // Act
    const found = Array.from({ length: 100 }, (_, index) => {
      cache.set(`passing ${index}`, index);
      return cache.get("used");
    });

    // Assess
    assert.deepEqual(new Set(found), new Set([1]));
    assert.equal(cache.get("passing 50"), undefined);
    assert.equal(cache.get("passing 99"), 99);
  });

  it("is dropped when it is not used for long", () => {
    // Prepare
    const cache = new RecentlyUsed<string, number>(10);
    cache.set("once", 1);

    // Act
    for (let index = 0; index < 10; index++) cache.set(`other ${index}`, index);

    // Assess
    assert.equal(cache.get("once"), undefined);
  });

  it("is kept although it weighs more than all may, until the next ones come", () => {
    // Prepare
    const cache = new RecentlyUsed<string, number>(10, (weight) => weight);

    // Act
    cache.set("heavy", 100);

    // Assess
    assert.equal(cache.get("heavy"), 100);
    for (const name of ["a", "b", "c"]) cache.set(name, 5);
    assert.equal(cache.get("heavy"), undefined);
  });

  it("is forgotten by its key, by a test of keys, and all at once", () => {
    // Prepare
    const cache = new RecentlyUsed<number, string>(10);
    for (let key = 0; key < 8; key++) cache.set(key, "value");

    // Act, Assess
    cache.delete(7);
    assert.equal(cache.get(7), undefined);
    cache.deleteWhere((key) => key >= 4);
    const left = Array.from({ length: 8 }, (_, key) => cache.get(key) !== undefined);
    assert.deepEqual(left, [true, true, true, true, false, false, false, false]);
    cache.clear();
    assert.equal(cache.get(0), undefined);
  });

  it("is what was set last under its key, and weighs in all no more than it may, whatever is done", () => {
    const MAX = 20;
    const key = fc.integer({ min: 0, max: 12 });
    const act = fc.oneof(
      fc.record({ set: key, weight: fc.integer({ min: 1, max: MAX / 2 }) }),
      fc.record({ get: key }),
      fc.record({ delete: key }),
    );
    fc.assert(
      fc.property(fc.array(act, { maxLength: 60 }), (acts) => {
        // Prepare
        const cache = new RecentlyUsed<number, { weight: number }>(MAX, ({ weight }) => weight);
        const model = new Map<number, { weight: number }>();

        // Act
        for (const each of acts) {
          if ("set" in each) {
            const value = { weight: each.weight };
            cache.set(each.set, value);
            model.set(each.set, value);
            assert.equal(cache.get(each.set), value);
          } else if ("delete" in each) {
            cache.delete(each.delete);
            model.delete(each.delete);
          } else {
            const found = cache.get(each.get);
            if (found !== undefined) assert.equal(found, model.get(each.get));
          }
        }

        // Assess: looking at one may drop others, never the other way round.
        const found = [...model.keys()].map((each) => cache.get(each)).filter((value) => value !== undefined);
        assert.ok(found.reduce((sum, { weight }) => sum + weight, 0) <= MAX);
      }),
    );
  });
});
