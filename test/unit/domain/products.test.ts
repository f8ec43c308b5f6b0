import assert from "node:assert/strict";
import fc from "fast-check";
import { isStatus, legalChanges } from "../../../domain/kind.ts";
import { products } from "../../../domain/products.ts";

const STATUSES = ["ACTIVE", "DELETED"] as const;

describe("products", () => {
  it("are deleted by a caller, and by nobody a second time", () => {
    assert.deepEqual(legalChanges(products, "caller", "ACTIVE"), ["DELETED"]);
    assert.deepEqual(legalChanges(products, "caller", "DELETED"), []);
  });

  it("are changed by no step of their workflow", () => {
    for (const status of STATUSES) assert.deepEqual(legalChanges(products, "step", status), []);
  });

  it("never come back by any walk of legal changes", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(3), { maxLength: 6 }), (choices) => {
        let status: string = products.initial;
        let changes = 0;
        for (const choice of choices) {
          const legal = legalChanges(products, "caller", status);
          const next = legal[choice % Math.max(1, legal.length)];
          if (next === undefined) continue;
          status = next;
          changes++;
        }
        assert.equal(status, choices.length === 0 ? "ACTIVE" : "DELETED");
        assert.equal(changes, Math.min(1, choices.length));
      }),
    );
  });

  it("take no other text for a status", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.constantFrom("toString", "__proto__", "active", "")), (text) => {
        fc.pre(!STATUSES.some((status) => status === text));
        assert.equal(isStatus(products, text), false);
        assert.deepEqual(legalChanges(products, "caller", text), []);
      }),
    );
  });

  it("name the event of their creation and that of their deletion", () => {
    assert.equal(products.eventType(null, "ACTIVE"), "product.created");
    assert.equal(products.eventType("ACTIVE", "DELETED"), "product.deleted");
  });
});
