import assert from "node:assert/strict";
import fc from "fast-check";
import { centsOf, formatCents, priceOf } from "../../../domain/money.ts";

const cents = fc.integer({ min: 0, max: 100_000_000_000 });

describe("money", () => {
  it("comes out of JSON as it went in, to the cent", () => {
    fc.assert(
      fc.property(cents, (amount) => {
        // Act
        const read = centsOf(JSON.parse(JSON.stringify(priceOf(amount))));
        // Assess
        assert.equal(read, amount);
      }),
    );
  });

  it("is written with two decimals for a person, and read from that as the same", () => {
    fc.assert(
      fc.property(cents, (amount) => {
        // Act
        const written = formatCents(amount);
        // Assess
        assert.match(written, /^\d+\.\d\d$/);
        assert.equal(centsOf(Number(written)), amount);
      }),
    );
  });

  it("is refused with parts of a cent", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1_000_000_000 }), fc.integer({ min: 1, max: 9 }), (amount, part) => {
        // Prepare: n cents and some tenths of one.
        const written = `${formatCents(amount)}${part}`;
        // Act and assess
        assert.equal(centsOf(Number(written)), undefined);
      }),
    );
  });

  for (const amount of [-1, -0.01, -0, 1e9 + 0.01, Number.NaN, Number.POSITIVE_INFINITY, 1e300]) {
    it(`is refused as ${amount}`, () => {
      assert.equal(centsOf(amount), undefined);
    });
  }
});
