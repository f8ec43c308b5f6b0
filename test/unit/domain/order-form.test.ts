import assert from "node:assert/strict";
import fc from "fast-check";
import { placeBody } from "../../../api/orders-form.ts";
import { priceOf } from "../../../domain/money.ts";
import { conflictIn, ORDER_ITEMS_MAX, wantedOf } from "../../../domain/order-form.ts";
import { priceOrder } from "../../../domain/pricing.ts";
import { PROMO_CODES } from "../../../domain/promo-codes.ts";

const item = fc.record(
  {
    name: fc.constantFrom("Laptop", "Mouse", " Söhne & Co "),
    price: fc.integer({ min: 1, max: 10_000_000 }).map(priceOf),
    quantity: fc.integer({ min: 1, max: 100 }),
    product_id: fc.constantFrom("p-1", "p_2"),
  },
  { requiredKeys: ["name", "price", "quantity"] },
);
const things = fc.record(
  { items: fc.array(item, { minLength: 1, maxLength: ORDER_ITEMS_MAX }), promo_code: fc.constantFrom(...PROMO_CODES) },
  { requiredKeys: ["items"] },
);
const sum = fc.record({ amount: fc.integer({ min: 1, max: 100_000_000_000 }).map(priceOf) });

/** Anything a caller may send: orders with one part or another replaced by whatever it is. */
const odd = fc.oneof(fc.constantFrom(-100, 0, -0, 1.005, 1e300, 1e-9, Number.MAX_SAFE_INTEGER, "1", "", null, true), fc.jsonValue());
const mangled = fc.oneof(
  fc.jsonValue(),
  fc.record({ items: odd, amount: odd, promo_code: odd, user_id: odd }, { requiredKeys: [] }),
  fc.record({ items: fc.array(fc.record({ name: odd, price: odd, quantity: odd, product_id: odd }, { requiredKeys: [] })) }),
  fc.tuple(things, fc.constantFrom("name", "price", "quantity", "product_id", "more"), odd).map(([order, field, value]) => ({
    ...order,
    items: order.items.map((one, index) => (index === 0 ? { ...one, [field]: value } : one)),
  })),
);

describe("What is wanted of an order", () => {
  it("is the same in cents as it was in currency units, to the last of them", () => {
    fc.assert(
      fc.property(fc.oneof(things, sum), (sent) => {
        // Act
        const wanted = wantedOf(placeBody.parse(sent));

        // Assess
        const { subtotalCents } = priceOrder(wanted);
        const cents = (price: number) => Math.round(price * 100);
        if ("amount" in sent) assert.deepEqual(wanted, { amountCents: cents(sent.amount) });
        else {
          assert.equal(
            subtotalCents,
            sent.items.reduce((total, { price, quantity }) => total + cents(price) * quantity, 0),
          );
          assert.ok("items" in wanted);
          assert.deepEqual([wanted.items.length, wanted.promoCode], [sent.items.length, sent.promo_code]);
          assert.deepEqual(
            wanted.items.map(({ name, productId }) => [name, productId]),
            sent.items.map(({ name, product_id }) => [name.trim(), product_id]),
          );
        }
      }),
    );
  });

  it("is taken or refused, whatever is sent, and what is taken can be priced", () => {
    let taken = 0;
    fc.assert(
      fc.property(fc.oneof({ arbitrary: mangled, weight: 4 }, { arbitrary: things, weight: 1 }), (sent) => {
        const result = placeBody.safeParse(sent);
        if (!result.success) return assert.ok(result.error.issues.length > 0);
        taken++;
        const { totalCents } = priceOrder(wantedOf(result.data));
        assert.ok(Number.isSafeInteger(totalCents) && totalCents > 0 && totalCents <= 100_000_000_000);
      }),
      { numRuns: 2_000 },
    );
    assert.ok(taken > 100);
  });

  it("is items or an amount, not both, and a promotion takes something off items alone", () => {
    const items = [{ name: "Laptop", price: 1, quantity: 1 }];
    assert.equal(conflictIn({})?.field, "items");
    assert.equal(conflictIn({ items, amount: 1 })?.field, "amount");
    assert.equal(conflictIn({ amount: 1, promo_code: "SAVE10" })?.field, "promo_code");
    assert.equal(conflictIn({ items: [{ name: "Yacht", price: 500_000_000, quantity: 3 }] })?.field, "items");
    assert.equal(conflictIn({ items: [{ name: "Yacht", price: 500_000_000, quantity: 2 }], promo_code: "SAVE10" }), undefined);
    assert.equal(conflictIn({ amount: 1 }), undefined);
  });
});
