import assert from "node:assert/strict";
import fc from "fast-check";
import { isStatus, legalChanges } from "../../../domain/kind.ts";
import { requests } from "../../../domain/requests.ts";

const STATUSES = ["PENDING", "IN_PROGRESS", "ON_HOLD", "COMPLETED", "REJECTED", "CANCELLED"] as const;

describe("requests", () => {
  it("go from each status where the rules say, and nowhere else", () => {
    const legal = Object.fromEntries(STATUSES.map((status) => [status, legalChanges(requests, "caller", status)]));
    assert.deepEqual(legal, {
      PENDING: ["IN_PROGRESS", "REJECTED", "CANCELLED"],
      IN_PROGRESS: ["ON_HOLD", "COMPLETED", "REJECTED", "CANCELLED"],
      ON_HOLD: ["IN_PROGRESS", "CANCELLED"],
      COMPLETED: [],
      REJECTED: [],
      CANCELLED: [],
    });
  });

  it("are changed by no step of their workflow", () => {
    for (const status of STATUSES) assert.deepEqual(legalChanges(requests, "step", status), []);
  });

  it("never leave an end by any walk of legal changes, and reach each status by one", () => {
    const reached = new Set<string>();
    fc.assert(
      fc.property(fc.array(fc.nat(5), { maxLength: 12 }), (choices) => {
        let status: (typeof STATUSES)[number] = requests.initial;
        reached.add(status);
        for (const choice of choices) {
          const legal = legalChanges(requests, "caller", status);
          const next = legal[choice % Math.max(1, legal.length)];
          if (next === undefined) return assert.ok(["COMPLETED", "REJECTED", "CANCELLED"].includes(status));
          assert.notEqual(next, status);
          status = next;
          reached.add(status);
        }
      }),
      { numRuns: 1_000 },
    );
    assert.deepEqual(reached, new Set(STATUSES));
  });

  it("take no other text for a status, and lead nowhere from one that a newer version has written", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.constantFrom("toString", "__proto__", "constructor", "pending", "")), (text) => {
        fc.pre(!STATUSES.some((status) => status === text));
        assert.equal(isStatus(requests, text), false);
        assert.deepEqual(legalChanges(requests, "caller", text), []);
      }),
    );
    for (const status of STATUSES) assert.ok(isStatus(requests, status));
  });

  it("name the events of their creation and of their changes differently", () => {
    assert.equal(requests.eventType(null, "PENDING"), "request.created");
    assert.equal(requests.eventType("PENDING", "IN_PROGRESS"), "request.status-changed");
  });
});
