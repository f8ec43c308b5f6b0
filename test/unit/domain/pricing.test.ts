import assert from "node:assert/strict";
import fc from "fast-check";
import { priceOrder } from "../../../domain/pricing.ts";
import { PROMO_CODES, percentOff } from "../../../domain/promo-codes.ts";

const item = fc.record({
  name: fc.string({ minLength: 1, maxLength: 10 }),
  priceCents: fc.integer({ min: 1, max: 100_000_000 }),
  quantity: fc.integer({ min: 1, max: 10_000 }),
});
const wanted = fc.record({ items: fc.array(item, { minLength: 1, maxLength: 100 }), promoCode: fc.constantFrom(...PROMO_CODES) });

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

describe("An order's price", () => {
  it("adds up in every column, whatever is ordered", () => {
    fc.assert(
      fc.property(wanted, (order) => {
        // Act
        const { lines, subtotalCents, discountCents, totalCents } = priceOrder(order);
        // Assess
        assert.equal(sum(lines.map(({ grossCents }) => grossCents)), subtotalCents);
        assert.equal(sum(lines.map((line) => line.discountCents)), discountCents);
        assert.equal(sum(lines.map(({ netCents }) => netCents)), totalCents);
        for (const line of lines) {
          assert.equal(line.unitCents * line.quantity, line.grossCents);
          assert.equal(line.grossCents - line.discountCents, line.netCents);
          assert.ok(line.discountCents >= 0 && line.netCents >= 0);
        }
      }),
    );
  });

  it("has the promotion's share taken off, to the nearest cent", () => {
    fc.assert(
      fc.property(wanted, (order) => {
        // Act
        const { subtotalCents, discountCents } = priceOrder(order);
        // Assess
        assert.ok(Math.abs(discountCents * 100 - subtotalCents * percentOff(order.promoCode)) <= 50);
      }),
    );
  });

  it("gives no line more or less than a cent beside its exact share", () => {
    fc.assert(
      fc.property(wanted, (order) => {
        // Act
        const { lines, subtotalCents, discountCents } = priceOrder(order);
        // Assess
        for (const line of lines) {
          const off = BigInt(line.discountCents) * BigInt(subtotalCents) - BigInt(discountCents) * BigInt(line.grossCents);
          assert.ok((off < 0n ? -off : off) < BigInt(subtotalCents));
        }
      }),
    );
  });

  it("is that of the examples it was asked for with", () => {
    const laptop = { name: "Laptop", priceCents: 99_999, quantity: 1 };
    const mouse = { name: "Mouse", priceCents: 2_999, quantity: 2 };
    const { subtotalCents, discountCents, totalCents } = priceOrder({ items: [laptop, mouse], promoCode: "SAVE10" });
    assert.deepEqual([subtotalCents, discountCents, totalCents], [105_997, 10_600, 95_397]);
    assert.equal(priceOrder({ amountCents: 99_900 }).totalCents, 99_900);
    const codes = { SAVE10: 10, SAVE20: 20, SAVE30: 30, FREESHIP: 5 };
    assert.deepEqual(Object.fromEntries(PROMO_CODES.map((code) => [code, percentOff(code)])), codes);
    assert.deepEqual([percentOff("NOPE"), percentOff(undefined)], [0, 0]);
  });
});
