import assert from "node:assert/strict";
import { type InvoiceFacts, invoiceOf, renderInvoice } from "../../../domain/invoice.ts";
import { priceOrder } from "../../../domain/pricing.ts";

const priced = priceOrder({
  items: [
    { name: "Laptop", priceCents: 20_099, quantity: 1 },
    { name: '<script>alert("x")</script> & Söhne', priceCents: 333, quantity: 3 },
  ],
  promoCode: "SAVE10",
});
const facts: InvoiceFacts = {
  orderId: "o1",
  userId: "ann",
  createdAt: "2026-11-21T08:30:00.000Z",
  priced,
  paymentReference: "sandbox-o1-1",
};

describe("An invoice", () => {
  it("says what was ordered and what it came to, in currency units", () => {
    assert.deepEqual(invoiceOf(facts), {
      order_id: "o1",
      user_id: "ann",
      ordered_at: "2026-11-21T08:30:00.000Z",
      lines: [
        { name: "Laptop", unit_price: 200.99, quantity: 1, amount: 200.99, discount: 20.1, total: 180.89 },
        { name: '<script>alert("x")</script> & Söhne', unit_price: 3.33, quantity: 3, amount: 9.99, discount: 1, total: 8.99 },
      ],
      promo_code: "SAVE10",
      subtotal: 210.98,
      discount: 21.1,
      total: 189.88,
      payment_reference: "sandbox-o1-1",
    });
  });

  it("is a page with the same figures", () => {
    // Act
    const page = renderInvoice(invoiceOf(facts));
    // Assess
    for (const shown of ["200.99", "−20.10", "180.89", "9.99", "−1.00", "8.99", "210.98", "−21.10", "189.88", "sandbox-o1-1", "SAVE10"])
      assert.ok(page.includes(shown), shown);
  });

  it("shows what a person wrote as text, and asks nothing of anybody", () => {
    // Act
    const page = renderInvoice(invoiceOf({ ...facts, orderId: '"><img src=x>', userId: "<b>ann</b>" }));
    // Assess
    assert.doesNotMatch(page, /<script|<img|<b>|https?:|url\(/i);
    assert.ok(page.includes("&#60;script&#62;"));
  });

  it("is the same to the byte however often it is made", () => {
    assert.equal(renderInvoice(invoiceOf(facts)), renderInvoice(invoiceOf({ ...facts })));
  });
});
