import assert from "node:assert/strict";
import { formatOrder } from "../../../../domain/order.ts";
import { orderIn, type ReadOrder } from "../../../../domain/order-runs.ts";
import { recordAsMade } from "../../../../domain/record.ts";
import { SeenOrders } from "../../../../worker/orders/seen.ts";

const event = {
  ...{ v: 1, kind: "orders", id: "o1", eventId: "o1-1", version: 1, from: null, to: "PENDING" },
  ...{ changedAt: "2026-01-01T00:00:00.000Z", changeId: "c", type: "order.placed" },
};
const attributes = formatOrder({ wanted: { amountCents: 100 }, totalCents: 100 }, "o1-1");
const order: ReadOrder = orderIn({ ...recordAsMade(event), attributes });

describe("Orders as a worker has seen them", () => {
  let seen: SeenOrders;

  beforeEach(() => {
    seen = new SeenOrders();
  });

  it("are read once for all who ask at once", async () => {
    // Prepare
    const reading = Promise.withResolvers<ReadOrder | undefined>();
    const first = seen.read("o1", () => reading.promise);

    // Act
    const other = seen.get("o1");
    reading.resolve(order);

    // Assess
    assert.deepEqual([await first, await other], [order, order]);
    assert.equal(seen.get("o2"), undefined);
  });

  it("are what was last seen of them", async () => {
    seen.see("o1", orderIn({ ...order.record, status: "PAID" }));
    seen.see("o1", order);

    assert.equal(await seen.get("o1"), order);
  });

  it("are forgotten where they were closed, and where reading them has failed", async () => {
    seen.see("o1", order);
    seen.forget("o1");
    assert.equal(seen.get("o1"), undefined);

    await assert.rejects(
      seen.read("o1", () => Promise.reject(new Error("no table"))),
      /no table/,
    );
    assert.equal(seen.get("o1"), undefined);
  });

  it("are so many and no more, those seen last", async () => {
    for (let number = 0; number <= 512; number++) seen.see(`o${number}`, order);

    assert.equal(seen.get("o0"), undefined);
    assert.equal(await seen.get("o1"), order);
    assert.equal(await seen.get("o512"), order);
  });
});
