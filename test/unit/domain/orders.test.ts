import assert from "node:assert/strict";
import fc from "fast-check";
import { isStatus, legalChanges } from "../../../domain/kind.ts";
import { type OrderStatus, orders } from "../../../domain/orders.ts";

const STATUSES = Object.keys(orders.transitions) as OrderStatus[];

describe("orders", () => {
  it("are only cancelled by their callers, and not once they are over", () => {
    const cancellable = STATUSES.filter((status) => legalChanges(orders, "caller", status).length > 0);

    assert.deepEqual(cancellable, ["PENDING", "PAID", "COMPLETED", "FAILED"]);
    for (const status of cancellable) assert.deepEqual(legalChanges(orders, "caller", status), ["CANCELLING"]);
  });

  it("are completed only once they are paid, and paid only from the beginning, whatever way they go", () => {
    const reached = new Set<string>();
    fc.assert(
      fc.property(fc.array(fc.nat(11), { maxLength: 16 }), (choices) => {
        let status: OrderStatus = orders.initial;
        for (const choice of choices) {
          reached.add(status);
          const legal = [...legalChanges(orders, "caller", status), ...legalChanges(orders, "step", status)];
          const next = legal[choice % Math.max(1, legal.length)];
          if (next === undefined) return assert.ok(["REJECTED", "CANCELLED"].includes(status));
          if (next === "COMPLETED") assert.equal(status, "PAID");
          if (next === "PAID") assert.equal(status, "PENDING");
          if (status === "CANCELLING") assert.equal(next, "CANCELLED");
          status = next;
        }
      }),
      { numRuns: 2_000 },
    );
    assert.deepEqual(reached, new Set(STATUSES));
  });

  it("take no other text for a status", () => {
    for (const text of ["pending", "toString", "__proto__", ""]) {
      assert.equal(isStatus(orders, text), false);
      assert.deepEqual(legalChanges(orders, "step", text), []);
    }
  });

  it("name each event after where it leads, and a later run after what it does", () => {
    assert.equal(orders.eventType(null, "PENDING"), "order.placed");
    assert.equal(orders.eventType("PENDING", "PAID"), "order.paid");
    assert.equal(orders.eventType("PAID", "COMPLETED"), "order.completed");
    assert.equal(orders.eventType("FAILED", "PENDING"), "order.reopened");
    assert.equal(orders.eventType("COMPLETED", "CANCELLING"), "order.cancelling");
  });

  it("are tried twice at each step, and as a whole once", () => {
    assert.deepEqual([orders.receivesMax, orders.executionsMax], [2, 1]);
  });
});
