/** What calls about orders look like, and their answers: checked on the way in, described for the way out. */
import { z } from "zod";
import { STEPS } from "../domain/order.ts";
import { conflictIn, wantedFields } from "../domain/order-form.ts";
import { type OrderStatus, orders } from "../domain/orders.ts";
import { FOLLOWED_AS } from "./following.ts";
import { PAGE_TYPE } from "./operation.ts";
import { historyEntry, limit, line, moment, note, pageToken, parameter, recordId } from "./schemas.ts";

const USER_LENGTH_MAX = 128;
const SIGNATURE_LENGTH_MAX = 256;
const PAGE = { most: 100, usual: 20 };
/** The record that the examples speak of. */
const ID = "9d1f6a52-3c0b-4e17-8a44-6b2f0c5d7e81";

const statuses = Object.keys(orders.transitions) as [OrderStatus, ...OrderStatus[]];
const status = z.enum(statuses, { error: `must be one of ${statuses.join(", ")}` });

export const withId = z.strictObject({ id: recordId.meta({ examples: [ID] }) });
const SIGNATURE = "mfz2k8p4..kS0hT7qHk1m3wX8uYb5vCq2nRz9dLe4fGj6aPo0iMtE";
const signed = {
  sig: parameter
    .max(SIGNATURE_LENGTH_MAX, "is no signature of a poll address")
    .meta({ description: "The signature of the poll address", examples: [SIGNATURE] })
    .optional(),
};
export const pollQuery = z.strictObject(signed);
export const invoiceQuery = z.strictObject({
  ...signed,
  format: z.enum(["json", "html"], { error: "must be json or html" }).default("json"),
});
export const historyQuery = z.strictObject({ ...signed, limit: limit(PAGE.most, PAGE.usual), token: pageToken.optional() });
export const listQuery = z.strictObject({ status: status.optional(), limit: limit(PAGE.most, PAGE.usual), token: pageToken.optional() });

const user = { user_id: line(1, USER_LENGTH_MAX).optional() };
const { items, promo_code, amount: wantedAmount } = wantedFields;
/** The two ways to order, each as a form of its own: `conflictIn` says the same of one that has all fields. */
const WAYS = [
  z.strictObject({ ...user, items: items.unwrap(), promo_code }),
  z.strictObject({ ...user, amount: wantedAmount.unwrap() }),
].map((way) => z.toJSONSchema(way, { io: "input" }));
const AS_WAYS = { type: undefined, properties: undefined, additionalProperties: undefined };

export const placeBody = z
  .strictObject({ ...user, ...wantedFields })
  .superRefine((fields, context) => {
    const conflict = conflictIn(fields);
    if (conflict !== undefined)
      context.addIssue({ code: "custom", path: [conflict.field], message: conflict.message, params: { rule: "together" } });
  })
  .meta({
    description: "Either items, perhaps with a promo code, or an amount; at most 1,000,000,000 in all",
    ...AS_WAYS,
    oneOf: WAYS.map(({ $schema: _, ...way }) => way),
    examples: [{ items: [{ name: "Laptop", price: 999.99, quantity: 1 }], promo_code: "SAVE10" }, { amount: 25 }],
  });

export const cancelBody = z.strictObject({ note: note.optional() }).meta({ examples: [{ note: "Ordered twice." }] });

const placed = z.strictObject({ order_id: recordId, status, poll_url: z.url() });
const cancelled = z.strictObject({ order_id: recordId, status, event_id: z.string(), execution_arn: z.string() });
const amount = z.number();
const item = z.strictObject({ name: z.string(), price: amount, quantity: z.int(), product_id: z.string().optional() });
const step = z.strictObject({
  step: z.enum(STEPS),
  outcome: z.string(),
  at: moment,
  attempt: z.int(),
  run: z.string(),
  reason: z.string().optional(),
});
const listed = z.strictObject({
  order_id: recordId,
  user_id: z.string().optional(),
  status,
  version: z.int(),
  created_at: moment,
  updated_at: moment,
  total: amount,
  reason: z.string().optional(),
});
const summary = listed.meta({ id: "OrderSummary" });
const shown = listed
  .extend({
    items: z.array(item).optional(),
    amount: amount.optional(),
    promo_code: z.string().optional(),
    subtotal: amount,
    discount: amount,
    steps: z.array(step),
    history: z.array(historyEntry),
  })
  .meta({ id: "Order" });
const invoice = z
  .strictObject({
    order_id: recordId,
    user_id: z.string().optional(),
    ordered_at: moment,
    lines: z.array(z.strictObject({ name: z.string(), unit_price: amount, quantity: z.int(), amount, discount: amount, total: amount })),
    promo_code: z.string().optional(),
    subtotal: amount,
    discount: amount,
    total: amount,
    payment_reference: z.string().optional(),
  })
  .meta({ id: "Invoice" });
const nextPage = { next_page_token: z.string().optional() };

const PLACED_AT = "2026-11-21T08:30:00.000Z";
const DONE_AT = "2026-11-21T08:30:00.062Z";
const LISTED = {
  order_id: ID,
  user_id: "test-user",
  status: "COMPLETED",
  version: 3,
  created_at: PLACED_AT,
  updated_at: DONE_AT,
  total: 953.97,
};
const ITEMS = [
  { name: "Laptop", price: 999.99, quantity: 1 },
  { name: "Mouse", price: 29.99, quantity: 2 },
];
const ENTRY = {
  eventId: `${ID}-1`,
  version: 1,
  from: null,
  to: "PENDING",
  changedAt: PLACED_AT,
  changeId: "0b8a47f2-6c1e-4b39-8f50-d9e2c3a61b74",
  type: "order.placed",
  notifiedAt: "2026-11-21T08:30:00.031Z",
};
const STEP = { step: "inventory", outcome: "reserved", at: "2026-11-21T08:30:00.018Z", attempt: 1, run: `${ID}-1` };
const PRICED = { subtotal: 1059.97, discount: 106 };
const INVOICE = {
  order_id: ID,
  user_id: "test-user",
  ordered_at: PLACED_AT,
  lines: [{ name: "Laptop", unit_price: 999.99, quantity: 1, amount: 999.99, discount: 100, total: 899.99 }],
  promo_code: "SAVE10",
  subtotal: 999.99,
  discount: 100,
  total: 899.99,
  payment_reference: `sandbox-${ID}-1`,
};
const ETAG = { etag: 'The record\'s version in quotes, for If-Match: "2"' };
const LIMITS = {
  "ratelimit-limit": "How many orders a minute are taken from one user",
  "ratelimit-remaining": "How many more this minute",
  "ratelimit-reset": "In how many seconds the next minute begins",
};

export const answers = {
  place: {
    202: {
      description: "The order is taken, and on its way.",
      schema: placed,
      example: {
        order_id: ID,
        status: "PENDING",
        poll_url: `http://localhost:8080/orders/${ID}?sig=${SIGNATURE}`,
      },
      headers: { location: "Where the order is, for its owner's token", ...LIMITS },
    },
  },
  show: {
    200: {
      description: "The order; a page of it in a browser, and as a stream the order anew each time it has changed.",
      schema: shown,
      views: FOLLOWED_AS,
      example: { ...LISTED, items: ITEMS, promo_code: "SAVE10", ...PRICED, steps: [STEP], history: [ENTRY] },
      headers: ETAG,
    },
  },
  history: {
    200: {
      description: "A page.",
      schema: z.strictObject({ history: z.array(historyEntry), ...nextPage }),
      views: [PAGE_TYPE],
      example: { history: [ENTRY] },
    },
  },
  list: {
    200: { description: "A page.", schema: z.strictObject({ orders: z.array(summary), ...nextPage }), example: { orders: [LISTED] } },
  },
  invoice: {
    200: { description: "The invoice, as JSON or as a page of HTML.", schema: invoice, example: INVOICE, texts: ["text/html"] },
  },
  cancel: {
    202: {
      description: "The cancellation is on its way; what was paid is refunded.",
      schema: cancelled,
      example: {
        order_id: ID,
        status: "CANCELLING",
        event_id: `${ID}-4`,
        execution_arn: `arn:aws:states:us-east-1:000000000000:execution:orders:${ID}-4`,
      },
      headers: ETAG,
    },
  },
};
