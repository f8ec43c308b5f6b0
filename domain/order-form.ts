/** What an order may look like, by whichever way it comes: through the API, or as a message somebody put into the queue. */
import { z } from "zod";
import { line, recordId } from "./forms.ts";
import { centsOf } from "./money.ts";
import type { OrderItem, Wanted } from "./order.ts";
import { PROMO_CODES } from "./promo-codes.ts";

/** All of an order's stock and its reservation are one transaction, which has 100 actions at the most. */
export const ORDER_ITEMS_MAX = 99;
const QUANTITY_MAX = 10_000;
const NAME_LENGTH_MAX = 200;
/** Above this an order is no order. */
const TOTAL_CENTS_MAX = 100_000_000_000;

/**
 * An amount of money above nothing, in whole cents once it is read. One that is wrong ends the check of what it stands in:
 * nothing can be summed up with it.
 */
const money = z
  .number({ error: "must be a number" })
  .refine((amount) => centsOf(amount) !== undefined && amount > 0, {
    error: "must be more than 0, at most 1000000000, with at most two decimals",
    params: { rule: "money" },
    abort: true,
  })
  .meta({ exclusiveMinimum: 0, maximum: 1_000_000_000, multipleOf: 0.01 });

const item = z.strictObject({
  name: line(1, NAME_LENGTH_MAX),
  price: money,
  quantity: z.int("must be a whole number").min(1, "must be at least 1").max(QUANTITY_MAX, `must be at most ${QUANTITY_MAX}`),
  product_id: recordId.optional(),
});

const promoCode = z.enum(PROMO_CODES, { error: `must be one of ${PROMO_CODES.join(", ")}` });

export const wantedItems = z
  .array(item, { error: "must be a list" })
  .min(1, "must have at least one item")
  .max(ORDER_ITEMS_MAX, `must have at most ${ORDER_ITEMS_MAX} items`);

/** The fields that say what is wanted; which of them go together, `wantedOf` tells. */
export const wantedFields = { items: wantedItems.optional(), promo_code: promoCode.optional(), amount: money.optional() };

export type WantedFields = z.infer<z.ZodObject<typeof wantedFields>>;

/** What is wrong with the fields taken together; undefined where nothing is. */
export function conflictIn({ items, promo_code, amount }: WantedFields): { field: keyof WantedFields; message: string } | undefined {
  if (items === undefined && amount === undefined)
    return { field: "items", message: "is missing, and so is amount: one of them must be there" };
  if (items !== undefined && amount !== undefined) return { field: "amount", message: "must not be there beside items" };
  if (items === undefined && promo_code !== undefined) return { field: "promo_code", message: "goes with items, not with an amount" };
  if (items !== undefined && items.reduce((sum, { price, quantity }) => sum + toCents(price) * quantity, 0) > TOTAL_CENTS_MAX)
    return { field: "items", message: "must not come to more than 1000000000" };
  return undefined;
}

/** What is wanted, of fields that are right and do not conflict. */
export function wantedOf({ items, promo_code: promoCode, amount }: WantedFields): Wanted {
  if (items === undefined) return { amountCents: toCents(amount ?? 0) };
  return { items: items.map(itemOf), ...(promoCode !== undefined && { promoCode }) };
}

function itemOf({ name, price, quantity, product_id: productId }: z.infer<typeof item>): OrderItem {
  return { name, priceCents: toCents(price), quantity, ...(productId !== undefined && { productId }) };
}

function toCents(amount: number): number {
  const cents = centsOf(amount);
  if (cents === undefined) throw new RangeError("An amount that was checked is one of whole cents.");
  return cents;
}
