/**
 * What an order comes to, line by line, in whole cents. Every column adds up: the lines' amounts to the subtotal, their
 * discounts to the discount, what is left of them to the total.
 */
import type { Wanted } from "./order.ts";
import { percentOff } from "./promo-codes.ts";

export interface PricedLine {
  readonly name: string;
  readonly unitCents: number;
  readonly quantity: number;
  readonly grossCents: number;
  readonly discountCents: number;
  readonly netCents: number;
}

export interface PricedOrder {
  readonly lines: readonly PricedLine[];
  readonly subtotalCents: number;
  readonly discountCents: number;
  readonly totalCents: number;
  readonly promoCode?: string;
}

/** An order of an amount has one line, by this name. */
const AMOUNT_LINE = "Order";

export function priceOrder(wanted: Wanted): PricedOrder {
  if (!("items" in wanted)) return priceItems([{ name: AMOUNT_LINE, priceCents: wanted.amountCents, quantity: 1 }], undefined);
  return priceItems(wanted.items, wanted.promoCode);
}

interface Item {
  readonly name: string;
  readonly priceCents: number;
  readonly quantity: number;
}

function priceItems(items: readonly Item[], promoCode: string | undefined): PricedOrder {
  const gross = items.map(({ priceCents, quantity }) => priceCents * quantity);
  const subtotalCents = sum(gross);
  // Half a cent is rounded in the customer's favour.
  const discountCents = Math.floor((subtotalCents * percentOff(promoCode) + 50) / 100);
  const shares = share(discountCents, gross);
  const lines = items.map(({ name, priceCents: unitCents, quantity }, index) => {
    const [grossCents = 0, lineDiscount = 0] = [gross[index], shares[index]];
    return { name, unitCents, quantity, grossCents, discountCents: lineDiscount, netCents: grossCents - lineDiscount };
  });
  const totalCents = subtotalCents - discountCents;
  return { lines, subtotalCents, discountCents, totalCents, ...(promoCode !== undefined && { promoCode }) };
}

/**
 * Spreads cents over lines by what each comes to: whole cents each, and those that are left over one by one to the lines
 * whose parts of a cent were largest. BigInt, since a discount times a line goes beyond what a number holds exactly.
 */
function share(cents: number, weights: readonly number[]): number[] {
  const total = BigInt(Math.max(1, sum(weights)));
  const parts = weights.map((weight, index) => {
    const exact = BigInt(cents) * BigInt(weight);
    return { index, whole: Number(exact / total), rest: exact % total };
  });
  const left = cents - sum(parts.map(({ whole }) => whole));
  const lucky = parts.toSorted((one, other) => (one.rest < other.rest ? 1 : one.rest > other.rest ? -1 : one.index - other.index));
  const extra = new Set(lucky.slice(0, left).map(({ index }) => index));
  return parts.map(({ index, whole }) => whole + (extra.has(index) ? 1 : 0));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
