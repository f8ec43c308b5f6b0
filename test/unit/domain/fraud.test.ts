import assert from "node:assert/strict";
import fc from "fast-check";
import { FRAUD_RULES, FRAUD_THRESHOLD, scoreOrder } from "../../../domain/fraud.ts";
import type { Wanted } from "../../../domain/order.ts";
import { priceOrder } from "../../../domain/pricing.ts";
import { PROMO_CODES } from "../../../domain/promo-codes.ts";

const score = (wanted: Wanted) => scoreOrder(priceOrder(wanted));

describe("The fraud score", () => {
  it("lets ordinary orders pass, far from the threshold", () => {
    const items = [
      { name: "Laptop", priceCents: 99_999, quantity: 1 },
      { name: "Mouse", priceCents: 2_999, quantity: 2 },
    ];
    for (const wanted of [{ amountCents: 99_900 }, { items, promoCode: "SAVE10" }, { amountCents: 1 }])
      assert.deepEqual(score(wanted), { score: 0, threshold: FRAUD_THRESHOLD, passed: true, rules: [] });
  });

  it("declines a total of 50,000.00, and lets a cent less pass", () => {
    assert.equal(score({ amountCents: 5_000_000 }).passed, false);
    assert.equal(score({ amountCents: 4_999_999 }).passed, true);
  });

  it("declines every order from its threshold on, whatever else is in it, and no order by rules that it does not name", () => {
    const item = fc.record({
      name: fc.constant("Card"),
      priceCents: fc.integer({ min: 1, max: 1_000_000 }),
      quantity: fc.integer({ min: 1, max: 200 }),
    });
    const wanted = fc.record({ items: fc.array(item, { minLength: 1, maxLength: 60 }) });
    fc.assert(
      fc.property(wanted, fc.constantFrom(undefined, ...PROMO_CODES), (order, promoCode) => {
        // Prepare
        const priced = priceOrder({ ...order, ...(promoCode !== undefined && { promoCode }) });
        // Act
        const { score: points, threshold, passed, rules } = scoreOrder(priced);
        // Assess
        assert.equal(passed, points < threshold);
        if (priced.totalCents >= 5_000_000) assert.equal(passed, false);
        if (priced.totalCents < 1_000_000) assert.equal(passed, true);
        const named = FRAUD_RULES.filter(({ name }) => rules.includes(name));
        assert.deepEqual([named.length, named.reduce((sum, rule) => sum + rule.points, 0)], [rules.length, points]);
      }),
    );
  });

  it("adds up what is suspicious on its own but not enough, and names it", () => {
    // Prepare: many of one thing, with a promotion, at 12,600.00.
    const items = [{ name: "Card", priceCents: 10_000, quantity: 180 }];
    // Act
    const plain = score({ items });
    const { passed, rules } = score({ items, promoCode: "SAVE30" });
    // Assess
    assert.deepEqual([plain.passed, passed, rules.length], [true, false, 3]);
  });
});
