/** Orders: placed by a user, followed by whoever has the poll address, cancelled by their owner. */
import type { S3Client } from "@aws-sdk/client-s3";
import { optionalTextAt, wholeAt } from "../domain/attributes.ts";
import { eventIdOf } from "../domain/ids.ts";
import { invoiceKey } from "../domain/invoice.ts";
import type { RecordSummary } from "../domain/listing.ts";
import { priceOf } from "../domain/money.ts";
import { formatOrder, historyShown, type Order, reasonOf } from "../domain/order.ts";
import { wantedOf } from "../domain/order-form.ts";
import { type ReadOrder, readOrder } from "../domain/order-runs.ts";
import { type OrderStatus, orders } from "../domain/orders.ts";
import { priceOrder } from "../domain/pricing.ts";
import { type Keys, keyFor, keysFor } from "../domain/sealing.ts";
import { sign, verify } from "../domain/tokens.ts";
import type { Caller, User } from "./caller.ts";
import { follow, followHistory } from "./following.ts";
import type { Live } from "./live.ts";
import { type Call, type Operation, operation } from "./operation.ts";
import { answers, cancelBody, historyQuery, invoiceQuery, listQuery, placeBody, pollQuery, withId } from "./orders-form.ts";
import { HISTORY_SHOWN } from "./pages/follow.ts";
import { orderPage } from "./pages/order.ts";
import { invalid, Problem } from "./problem.ts";
import { type RateLimit, rateLimit } from "./rate-limit.ts";
import { type ApiKind, change, etag, historyPage, type KindParts, make, notThere, type Records, recordPage, recordsOf } from "./records.ts";

interface Orders extends Records<OrderStatus> {
  readonly publicBaseUrl: string;
  readonly pollKeys: Keys;
  /** Counts an order of a user against their limit. */
  readonly rateLimit: RateLimit;
  readonly live: Live;
  readonly s3: () => S3Client;
  readonly bucket: string;
}

/** For how long a poll address shows its order. */
const POLL_MS = 24 * 3_600_000;
export const USER_INDEX = "ByUser";

export function ordersKind(parts: KindParts): ApiKind {
  const { clients, outputs, settings, secrets } = parts;
  const stateMachineArn = outputs.orders_state_machine_arn;
  const all: Orders = {
    ...recordsOf(orders, { table: outputs.dynamodb_table, stateMachineArn }, parts),
    publicBaseUrl: settings.api.publicBaseUrl,
    pollKeys: keysFor(secrets.appSecrets, "poll addresses"),
    rateLimit: rateLimit(
      { table: outputs.idempotency_table, client: clients.dynamodb, clock: Date.now, key: keyFor(secrets.appSecrets[0], "rate limits") },
      { name: "orders", perMinute: settings.api.ordersPerMinute },
    ),
    live: parts.live,
    s3: () => clients.s3,
    bucket: outputs.results_bucket,
  };
  const deadLettersUrl = outputs.task_dlq_url;
  const urls = [outputs.sqs_queue_url, outputs.task_queue_url, outputs.notification_queue_url];
  return {
    ledger: all.ledger,
    stateMachineArn,
    queues: urls.map((url) => ({ url, deadLettersUrl })),
    operations: [
      placeOperation(all),
      listOperation(all),
      showOperation(all),
      historyOperation(all),
      invoiceOperation(all),
      cancelOperation(all),
    ],
  };
}

function placeOperation(all: Orders): Operation {
  return operation({
    name: "placeOrder",
    method: "POST",
    at: "/orders",
    summary: "Takes an order, which is then carried out, and gives the address to follow it by.",
    access: "user",
    body: placeBody,
    answers: answers.place,
    problems: [429],
    handle: async (call) => {
      const { user_id: named, ...fields } = call.body;
      const user = ownerOf(call.caller, named);
      const headers = await all.rateLimit(user.id);
      const wanted = wantedOf(fields);
      const { totalCents } = priceOrder(wanted);
      const id = call.mark.recordId;
      const order = { userId: user.id, ...(user.email !== undefined && { email: user.email }), wanted, totalCents };
      const made = await make(all, call, { attributes: formatOrder(order, eventIdOf(id, 1)) });
      const location = `${all.publicBaseUrl}/orders/${id}`;
      const signature = sign(all.pollKeys, `order ${id}`, "", Date.parse(made.changedAt) + POLL_MS);
      return {
        status: 202,
        body: { order_id: id, status: made.to, poll_url: `${location}?sig=${signature}` },
        headers: { location, ...headers },
      };
    },
  });
}

function showOperation(all: Orders): Operation {
  return operation({
    name: "getOrder",
    method: "GET",
    at: "/orders/{id}",
    summary: "Shows an order with its steps to its owner, or to whoever has its poll address.",
    access: "anyone",
    path: withId,
    query: pollQuery,
    answers: answers.show,
    problems: [404],
    handle: async (call) => {
      const { id } = call.path;
      return follow(call, {
        live: all.live,
        key: `order ${id}`,
        found: await readFor(all, call, call.query.sig),
        again: () => readOrder(all.ledger, id),
        view: (found) => fullView(id, found),
        page: (found) => orderPage({ id, found, sig: call.query.sig }),
      });
    },
  });
}

function historyOperation(all: Orders): Operation {
  return operation({
    name: "getOrderHistory",
    method: "GET",
    at: "/orders/{id}/history",
    summary: "Pages through an order's whole history, oldest first.",
    access: "anyone",
    path: withId,
    query: historyQuery,
    answers: answers.history,
    problems: [404],
    handle: async (call) => {
      const { record } = await readFor(all, call, call.query.sig);
      const page = await historyPage(all, call.path.id, record, call.query);
      const body = { ...page, history: historyShown(page.history) };
      return followHistory(call, { at: "/orders/{id}/history", noun: orders.noun, id: call.path.id, body, shown: { sig: call.query.sig } });
    },
  });
}

function listOperation(all: Orders): Operation {
  return operation({
    name: "listOrders",
    method: "GET",
    at: "/orders",
    summary: "Lists a user's orders, and all of them for the administrator, newest first.",
    access: "user",
    query: listQuery,
    answers: answers.list,
    handle: async ({ caller, query }) => {
      const owned = caller.is === "user" ? { owner: { index: USER_INDEX, attribute: "userId", is: caller.user.id } } : {};
      const page = await recordPage(all, { status: query.status, attributes: ["userId", "totalCents", "reason"], ...owned }, query);
      return { status: 200, body: { orders: page.records.map((record) => view(record.id, record)), ...page.next } };
    },
  });
}

function invoiceOperation(all: Orders): Operation {
  return operation({
    name: "getInvoice",
    method: "GET",
    at: "/orders/{id}/invoice",
    summary: "Shows the invoice of an order that was paid.",
    access: "anyone",
    path: withId,
    query: invoiceQuery,
    answers: answers.invoice,
    problems: [404],
    handle: async (call) => {
      const { id } = call.path;
      const { order } = await readFor(all, call, call.query.sig);
      if (order.marks.get("invoice")?.outcome !== "stored") throw notThere("invoice", " yet");
      const { format } = call.query;
      const text = await readInvoice(all, invoiceKey(id, format));
      return format === "json" ? { status: 200, body: JSON.parse(text) } : { status: 200, body: text, headers: PAGE };
    },
  });
}

/** The page has its style within it, and nothing else that a browser would load or run. */
const PAGE = {
  "content-type": "text/html; charset=utf-8",
  "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
};

function cancelOperation(all: Orders): Operation {
  return operation({
    name: "cancelOrder",
    method: "POST",
    at: "/orders/{id}/cancel",
    summary: "Cancels an order, which gives back its stock and what was paid.",
    access: "user",
    path: withId,
    body: cancelBody,
    answers: answers.cancel,
    problems: [404, 412],
    handle: async (call) => {
      const { id } = call.path;
      await readFor(all, call);
      const { note } = call.body;
      const made = await change(all, call, { id, to: "CANCELLING", ...(note !== undefined && { note }) });
      return {
        status: 202,
        body: { order_id: id, status: made.to, event_id: made.eventId, execution_arn: all.arnOf(made.eventId) },
        headers: etag(made.version),
      };
    },
  });
}

/** Whose order it becomes: the user who calls, or the one the administrator names. */
function ownerOf(caller: Caller, named: string | undefined): User {
  const user = caller.is === "user" ? caller.user : named === undefined ? undefined : { id: named, email: undefined };
  if (user === undefined)
    throw invalid([{ field: "/user_id", rule: "required", message: "is missing: the administrator orders for a user" }]);
  if (named !== undefined && named !== user.id)
    throw invalid([{ field: "/user_id", rule: "user", message: "must be the user of the token, or be left out" }]);
  return user;
}

type Asking = Pick<Call<{ id: string }, unknown, unknown>, "caller" | "path">;

/** The order, for its owner, the administrator, or whoever shows its signature. To all others it is as if there were none. */
async function readFor({ ledger, pollKeys }: Orders, call: Asking, sig = ""): Promise<ReadOrder> {
  const { id } = call.path;
  const found = await readOrder(ledger, id);
  const { caller } = call;
  const isTheirs = caller.is === "user" && found?.order.userId === caller.user.id;
  const isSigned = verify(pollKeys, `order ${id}`, sig, Date.now()) !== undefined;
  if (found === undefined || !(isTheirs || isSigned || caller.is === "admin"))
    throw notThere(orders.noun, ", or it is not yours to see, or the address has expired");
  return found;
}

async function readInvoice({ s3, bucket }: Orders, key: string): Promise<string> {
  // Loaded when the first invoice is looked at: most processes never need it.
  const { GetObjectCommand, NoSuchKey } = await import("@aws-sdk/client-s3");
  try {
    const { Body: body } = await s3().send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    return (await body?.transformToString("utf8")) ?? "";
  } catch (error) {
    if (error instanceof NoSuchKey) throw new Problem(404, "The invoice is not there any more.");
    throw error;
  }
}

/** What is shown of an order, in a list and alone. */
function view(id: string, record: Omit<RecordSummary, "id">) {
  return {
    order_id: id,
    user_id: optionalTextAt(record.attributes, "userId"),
    status: record.status,
    version: record.version,
    created_at: record.createdAt,
    updated_at: record.updatedAt,
    total: priceOf(wholeAt(record.attributes, "totalCents")),
    reason: reasonOf(record.status, record.attributes),
  };
}

function fullView(id: string, { record, order }: ReadOrder) {
  const { subtotalCents, discountCents } = priceOrder(order.wanted);
  const priced = { subtotal: priceOf(subtotalCents), discount: priceOf(discountCents) };
  const history = historyShown(record.history.slice(-HISTORY_SHOWN));
  return { ...view(id, record), ...wantedView(order), ...priced, steps: stepsView(order), history };
}

function wantedView({ wanted }: Order) {
  if (!("items" in wanted)) return { amount: priceOf(wanted.amountCents) };
  const items = wanted.items.map(({ name, priceCents, quantity, productId }) => {
    return { name, price: priceOf(priceCents), quantity, ...(productId !== undefined && { product_id: productId }) };
  });
  return { items, ...(wanted.promoCode !== undefined && { promo_code: wanted.promoCode }) };
}

function stepsView({ marks }: Order) {
  return [...marks].map(([step, { outcome, at, attempt, run, reason }]) => {
    return { step, outcome, at, attempt, run, ...(reason !== undefined && { reason }) };
  });
}
