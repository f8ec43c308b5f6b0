import assert from "node:assert/strict";
import type { OrderLedger } from "../../../../domain/order-runs.ts";
import { Counters } from "../../../../worker/counters.ts";
import { InvalidOrder, takeOrders } from "../../../../worker/orders/incoming.ts";
import { captureLog } from "../../../support/log.ts";

const NEVER = () => assert.fail("There is no execution for this.");
const item = { name: "Laptop", price: 200.99, quantity: 1 };

describe("An order that somebody put into the queue", () => {
  /** None of these gets as far as the table. */
  const take = takeOrders({} as OrderLedger, { start: NEVER, describe: NEVER });
  const context = { logger: captureLog().logger, counters: new Counters(), receives: 1, signal: new AbortController().signal };

  const wrong: readonly (readonly [unknown, string])[] = [
    [{ order_id: 7, items: [item] }, "order_id must be a text"],
    [{ items: [item] }, "order_id is missing"],
    [{ order_id: "ORD 1", items: [item] }, "order_id must be 1 to 48 of A–Z, a–z, 0–9, _ and -"],
    [{ order_id: "ORD-1", amount: -1 }, "amount is not known here"],
    [{ order_id: "ORD-1", items: "Laptop" }, "items must be a list"],
    [{ order_id: "ORD-1", items: [item, 7] }, "items.1 must be an object"],
    [
      { order_id: "ORD-1", items: [{ ...item, product_id: 7, color: "red" }] },
      "items.0.product_id must be a text; items.0.color is not known here",
    ],
    [["ORD-1"], "it must be an object"],
  ];
  for (const [sent, why] of wrong)
    it(`is refused in words of our own: ${why}`, async () => {
      const taking = take({ id: "m1", receiptHandle: "r1", receives: 1, body: JSON.stringify(sent) }, context);

      await assert.rejects(taking, (error) => error instanceof InvalidOrder && error.message === `The message is no order: ${why}`);
    });
});
