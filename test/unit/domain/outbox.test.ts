import assert from "node:assert/strict";
import fc from "fast-check";
import { namesIn } from "../../../domain/ledger.ts";
import { backoff } from "../../../domain/outbox.ts";

describe("backoff", () => {
  it("is somewhere between nothing and the time waited, and never over half a minute", () => {
    const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(fc.integer({ min: -10_000, max: 10 ** 9 }), random, (waitedMs, random) => {
        const ms = backoff(waitedMs, random);
        assert.ok(Number.isInteger(ms) && ms >= 0 && ms <= Math.max(0, waitedMs) && ms < 30_000);
      }),
    );
    assert.deepEqual([backoff(4_000, 0.5), backoff(40_000, 0.5), backoff(400_000, 0.5), backoff(-1, 0.5)], [2_000, 15_000, 15_000, 0]);
  });
});

describe("namesIn", () => {
  it("gives every placeholder its name once, and those that are given theirs", () => {
    assert.deepEqual(namesIn("SET #a.#n = :x, #b = #a", { "#n": "7" }), { "#a": "a", "#n": "7", "#b": "b" });
    assert.deepEqual(namesIn("attribute_exists(PK)"), {});
  });
});
