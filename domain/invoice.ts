/**
 * An order's invoice: as data, and as a page that a customer can read and print. Both follow from the order alone, to the
 * byte. The page asks nothing of anybody: no script, no picture, no font from elsewhere; whatever a person wrote is escaped.
 */
import { formatCents, priceOf } from "./money.ts";
import type { PricedLine, PricedOrder } from "./pricing.ts";

/** Where it lies in the bucket. */
export function invoiceKey(orderId: string, form: "json" | "html"): string {
  return `invoices/${orderId}.${form}`;
}

export interface InvoiceFacts {
  readonly orderId: string;
  readonly userId?: string;
  readonly createdAt: string;
  readonly priced: PricedOrder;
  readonly paymentReference?: string;
}

export interface Invoice {
  readonly order_id: string;
  readonly user_id?: string;
  readonly ordered_at: string;
  readonly lines: readonly InvoiceLine[];
  readonly promo_code?: string;
  readonly subtotal: number;
  readonly discount: number;
  readonly total: number;
  readonly payment_reference?: string;
}

export interface InvoiceLine {
  readonly name: string;
  readonly unit_price: number;
  readonly quantity: number;
  readonly amount: number;
  readonly discount: number;
  readonly total: number;
}

export function invoiceOf({ orderId, userId, createdAt, priced, paymentReference }: InvoiceFacts): Invoice {
  const { lines, promoCode, subtotalCents, discountCents, totalCents } = priced;
  return {
    order_id: orderId,
    ...(userId !== undefined && { user_id: userId }),
    ordered_at: createdAt,
    lines: lines.map(lineOf),
    ...(promoCode !== undefined && { promo_code: promoCode }),
    subtotal: priceOf(subtotalCents),
    discount: priceOf(discountCents),
    total: priceOf(totalCents),
    ...(paymentReference !== undefined && { payment_reference: paymentReference }),
  };
}

function lineOf({ name, unitCents, quantity, grossCents, discountCents, netCents }: PricedLine): InvoiceLine {
  return {
    name,
    unit_price: priceOf(unitCents),
    quantity,
    amount: priceOf(grossCents),
    discount: priceOf(discountCents),
    total: priceOf(netCents),
  };
}

export function renderInvoice(invoice: Invoice): string {
  const { order_id, user_id, ordered_at, lines, promo_code, subtotal, discount, total, payment_reference } = invoice;
  const facts: [string, string | undefined][] = [
    ["Order", order_id],
    ["Customer", user_id],
    ["Ordered", `${ordered_at.slice(0, 10)}, ${ordered_at.slice(11, 16)} UTC`],
    ["Payment", payment_reference],
  ];
  const discountName = promo_code === undefined ? "Discount" : `Discount (${escapeHtml(promo_code)})`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>Invoice ${escapeHtml(order_id)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>Invoice</h1>
<dl>
${facts.map(([name, value]) => (value === undefined ? "" : `<div><dt>${name}</dt><dd>${escapeHtml(value)}</dd></div>`)).join("\n")}
</dl>
<table>
<thead><tr><th scope="col">Item</th><th scope="col">Price</th><th scope="col">Quantity</th><th scope="col">Amount</th><th scope="col">Discount</th><th scope="col">Total</th></tr></thead>
<tbody>
${lines.map(row).join("\n")}
</tbody>
<tfoot>
<tr><th scope="row" colspan="5">Subtotal</th><td>${money(subtotal)}</td></tr>
<tr><th scope="row" colspan="5">${discountName}</th><td>${money(-discount)}</td></tr>
<tr class="total"><th scope="row" colspan="5">Total</th><td>${money(total)}</td></tr>
</tfoot>
</table>
</main>
</body>
</html>
`;
}

function row({ name, unit_price, quantity, amount, discount, total }: InvoiceLine): string {
  const cells = [money(unit_price), String(quantity), money(amount), money(-discount), money(total)];
  return `<tr><th scope="row">${escapeHtml(name)}</th>${cells.map((cell) => `<td>${cell}</td>`).join("")}</tr>`;
}

/** A discount stands with a minus, nothing with none. */
function money(amount: number): string {
  const cents = formatCents(Math.round(Math.abs(amount) * 100));
  return amount < 0 ? `−${cents}` : cents;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

const STYLE = [
  "body{margin:0;background:#f4f4f1;color:#1d1d1b;font:16px/1.5 system-ui,sans-serif}",
  "main{max-width:46rem;margin:2rem auto;padding:2.5rem;background:#fff;box-shadow:0 1px 4px #0002}",
  "h1{margin:0 0 1.5rem;font-size:1.8rem;letter-spacing:-.02em}",
  "dl{display:grid;gap:.25rem;margin:0 0 2rem}dl div{display:flex;gap:1rem}dt{width:6rem;color:#5c5c57}dd{margin:0;overflow-wrap:anywhere}",
  "table{width:100%;border-collapse:collapse;font-variant-numeric:tabular-nums}",
  "th,td{padding:.5rem .6rem;text-align:right;font-weight:400;vertical-align:top}",
  "thead th{color:#5c5c57;font-size:.85rem;border-bottom:1px solid #b9b9b2}",
  "tbody th,thead th:first-child{text-align:left;overflow-wrap:anywhere}tbody tr{border-bottom:1px solid #e4e4de}",
  ".total th,.total td{font-weight:700;font-size:1.15rem;border-top:2px solid #1d1d1b}",
  // A foot of a table is printed on every page, where each would seem to have that total.
  "@media print{body{background:#fff}main{max-width:none;margin:0;padding:0;box-shadow:none}tfoot{display:table-row-group}tr{break-inside:avoid}}",
  "@media (max-width:34rem){main{margin:0;padding:1rem}th,td{padding:.4rem .3rem;font-size:.85rem}}",
].join("");
