import assert from "node:assert/strict";
import { shownAs } from "../../../../api/console/kinds.ts";
import { type Item, text, whole } from "../../../../domain/attributes.ts";
import { orders } from "../../../../domain/orders.ts";
import { tasks } from "../../../../domain/tasks.ts";

const REASON = { reason: text("the provider is down") };

describe("The console's facts", () => {
  const reasonsOf = (kind: typeof orders | typeof tasks, attributes: Item, statuses: readonly string[]) =>
    statuses.map((status) => new Map(shownAs(kind).facts({ ...attributes, ...REASON }, status)).get("Reason"));

  it("have an order's reason where it has ended for one, and none of an earlier run's", () => {
    const reasons = reasonsOf(orders, { totalCents: whole(100) }, ["FAILED", "PAID", "COMPLETED"]);

    assert.deepEqual(reasons, ["the provider is down", undefined, undefined]);
  });

  it("have a task's reason as long as it is failed, and not once a redrive has carried it on", () => {
    const reasons = reasonsOf(tasks, { title: text("Print") }, ["failed", "processing", "completed"]);

    assert.deepEqual(reasons, ["the provider is down", undefined, undefined]);
  });
});
