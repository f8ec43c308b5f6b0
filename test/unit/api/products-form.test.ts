import assert from "node:assert/strict";
import fc from "fast-check";
import { creationBody, listQuery } from "../../../api/products-form.ts";
import { centsOf, priceOf } from "../../../domain/money.ts";

const accepts = (fields: object): boolean => creationBody.safeParse({ name: "Laptop", price: 1299.99, ...fields }).success;

describe("A product as it is asked for", () => {
  it("has every price of whole cents above nothing, and gets it back to the digit", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100_000_000_000 }), (cents) => {
        const written = `${Math.trunc(cents / 100)}.${String(cents % 100).padStart(2, "0")}`;
        const { price } = creationBody.parse(JSON.parse(`{"name":"x","price":${written}}`));
        assert.equal(centsOf(price), cents);
        assert.equal(Number(JSON.stringify(priceOf(cents))).toFixed(2), written);
      }),
      { numRuns: 2_000 },
    );
  });

  it("has no price with a third decimal", () => {
    fc.assert(
      fc.property(fc.nat(1_000_000_000), fc.integer({ min: 1, max: 9 }), (cents, third) => {
        const price = Number(`${Math.trunc(cents / 100)}.${String(cents % 100).padStart(2, "0")}${third}`);
        assert.equal(accepts({ price }), false);
      }),
      { numRuns: 2_000 },
    );
  });

  it("has no price of nothing, below it, beyond a thousand million, or that is no number", () => {
    for (const price of [0, -0, -1, 0.001, 0.004, 1e-9, 1_000_000_000.01, 1e300, Number.NaN, Number.POSITIVE_INFINITY, "12", null, [1]])
      assert.equal(accepts({ price }), false, String(price));
    for (const price of [0.01, 1, 1.1, 0.29, 4.35, 999_999_999.99, 1_000_000_000]) assert.equal(accepts({ price }), true, String(price));
  });

  it("has a stock that is whole and not negative, or none", () => {
    for (const stock of [-1, 0.5, 1_000_000_001, "7", null]) assert.equal(accepts({ stock }), false, String(stock));
    for (const stock of [undefined, 0, 25, 1_000_000_000]) assert.equal(accepts({ stock }), true, String(stock));
  });

  it("has a name in one line, and a description in lines, both bounded", () => {
    for (const fields of [
      { name: "" },
      { name: " " },
      { name: "x".repeat(201) },
      { name: "a\nb" },
      { description: "y".repeat(2_001) },
      { description: "\u0007" },
    ])
      assert.equal(accepts(fields), false, JSON.stringify(fields));
    for (const fields of [{ name: "x".repeat(200) }, { description: "a\nb" }, { description: null }, { description: "" }])
      assert.equal(accepts(fields), true, JSON.stringify(fields));
  });
});

describe("A list of products as it is asked for", () => {
  it("is of active ones where nothing is said", () => {
    assert.deepEqual(listQuery.parse({}), { status: "ACTIVE", limit: 20 });
    assert.equal(listQuery.safeParse({ status: "active" }).success, false);
  });
});
