/** What the page of an order says beside what all such pages do: what was ordered, what it costs, and how far it has come. */
import { formatCents } from "../../domain/money.ts";
import { historyShown, type Order, reasonOf } from "../../domain/order.ts";
import type { ReadOrder } from "../../domain/order-runs.ts";
import { orders } from "../../domain/orders.ts";
import { type PricedOrder, priceOrder } from "../../domain/pricing.ts";
import { queryOf } from "../query.ts";
import { type Followed, HISTORY_SHOWN } from "./follow.ts";
import { type Html, html } from "./html.ts";
import { wordsOf } from "./status.ts";
import { moment } from "./time-line.ts";

export interface OrderShown {
  readonly id: string;
  readonly found: ReadOrder;
  /** The signature that the reader's address bears. */
  readonly sig: string | undefined;
}

export function orderPage({ id, found: { record, order }, sig }: OrderShown): Followed {
  const priced = priceOrder(order.wanted);
  const reason = reasonOf(record.status, record.attributes);
  const isInvoiced = order.marks.get("invoice")?.outcome === "stored";
  return {
    ...record,
    at: "/orders/{id}",
    noun: orders.noun,
    title: `Order ${id.slice(0, 8)}`,
    history: historyShown(record.history.slice(-HISTORY_SHOWN)),
    historyAddress: `${id}/history${queryOf({ sig })}`,
    facts: [
      ["Total", formatCents(order.totalCents)],
      ...(reason === undefined ? [] : [["Reason", reason] as const]),
      ...(isInvoiced ? [["Invoice", html`<a href="${id}/invoice${queryOf({ format: "html", sig })}">Show</a>`] as const] : []),
    ],
    more: html`${linesOf(priced)}${stepsOf(order)}`,
  };
}

function linesOf({ lines, discountCents, totalCents }: PricedOrder): Html {
  return html`<h2>What was ordered</h2>
<table>
<thead><tr><th scope="col">Item</th><th scope="col" class="number">Quantity</th><th scope="col" class="number">Amount</th></tr></thead>
<tbody>${lines.map(
    ({ name, quantity, grossCents }) =>
      html`<tr><td>${name}</td><td class="number">${quantity}</td><td class="number">${formatCents(grossCents)}</td></tr>`,
  )}
${discountCents > 0 && html`<tr><td>Discount</td><td></td><td class="number">−${formatCents(discountCents)}</td></tr>`}
<tr><th scope="row">Total</th><td></td><td class="number"><strong>${formatCents(totalCents)}</strong></td></tr></tbody>
</table>`;
}

function stepsOf({ marks }: Order): Html | undefined {
  if (marks.size === 0) return undefined;
  return html`<h2>Its steps</h2>
<div class="scroll"><table>
<thead><tr><th scope="col">Step</th><th scope="col">Outcome</th><th scope="col">When</th></tr></thead>
<tbody>${[...marks].map(
    ([step, { outcome, at, reason }]) =>
      html`<tr><td>${wordsOf(step)}</td><td>${wordsOf(outcome)}${reason !== undefined && `: ${reason}`}</td><td>${moment(at)}</td></tr>`,
  )}</tbody>
</table></div>`;
}
