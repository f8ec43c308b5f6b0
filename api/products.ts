/** Products: made and deleted by whoever may, each of which is an event that the worker tells of. */
import { optionalTextAt, optionalWholeAt, present, text, textAt, whole, wholeAt } from "../domain/attributes.ts";
import { readRecord } from "../domain/ledger.ts";
import type { RecordSummary } from "../domain/listing.ts";
import { centsOf, priceOf } from "../domain/money.ts";
import { type ProductStatus, products } from "../domain/products.ts";
import type { StoredRecord } from "../domain/record.ts";
import { eventPage } from "./events.ts";
import type { OwnCounter } from "./metrics.ts";
import { type Access, type Operation, operation } from "./operation.ts";
import { answers, creationBody, listQuery, pageQuery, withId } from "./products-form.ts";
import {
  type ApiKind,
  change,
  etag,
  historyPage,
  type KindParts,
  make,
  notThere,
  type Records,
  recordPage,
  recordsOf,
  writersOf,
} from "./records.ts";

type Products = Records<ProductStatus>;

/** What a list shows of each beside its status. */
const SHOWN = ["name", "description", "priceCents", "stock"];

/** What is counted of products beside what is of every kind. */
const COUNTERS: Readonly<Record<ProductStatus, OwnCounter>> = {
  ACTIVE: { name: "products_created_total", help: "Products made." },
  DELETED: { name: "products_deleted_total", help: "Products deleted." },
};

export function productsKind(parts: KindParts): ApiKind {
  const { outputs, settings } = parts;
  const stateMachineArn = outputs.products_state_machine_arn;
  const records = recordsOf(products, { table: outputs.products_table, stateMachineArn }, parts);
  parts.metrics.countOwn(products.name, COUNTERS);
  const writers = writersOf(settings);
  return {
    ledger: records.ledger,
    stateMachineArn,
    queues: [{ url: outputs.products_queue_url, deadLettersUrl: outputs.products_dlq_url }],
    operations: [
      createOperation(records, settings.api.publicBaseUrl, writers),
      listOperation(records),
      getOperation(records),
      eventsOperation(records),
      historyOperation(records),
      deleteOperation(records, writers),
    ],
  };
}

function createOperation(records: Products, publicBaseUrl: string, access: Access): Operation {
  return operation({
    name: "createProduct",
    method: "POST",
    at: "/products",
    summary: "Makes a product.",
    access,
    body: creationBody,
    answers: answers.create,
    handle: async (call) => {
      const { name, description, price, stock } = call.body;
      const attributes = present({
        name: text(name),
        // An empty description is none.
        description: description ? text(description) : undefined,
        priceCents: whole(centsOf(price) ?? 0),
        stock: stock === undefined ? undefined : whole(stock),
      });
      const { changedAt, version } = await make(records, call, { attributes });
      const id = call.mark.recordId;
      const made = { status: products.initial, attributes, createdAt: changedAt, updatedAt: changedAt };
      return { status: 201, body: view(id, made), headers: { location: `${publicBaseUrl}/products/${id}`, ...etag(version) } };
    },
  });
}

function listOperation(records: Products): Operation {
  return operation({
    name: "listProducts",
    method: "GET",
    at: "/products",
    summary: "Lists products, newest first; those that are deleted only where they are asked for.",
    access: "anyone",
    query: listQuery,
    answers: answers.list,
    handle: async ({ query }) => {
      const page = await recordPage(records, { status: query.status, attributes: SHOWN }, query);
      return { status: 200, body: { products: page.records.map((record) => view(record.id, record)), ...page.next } };
    },
  });
}

function getOperation(records: Products): Operation {
  return operation({
    name: "getProduct",
    method: "GET",
    at: "/products/{id}",
    summary: "Shows a product that is not deleted.",
    access: "anyone",
    path: withId,
    answers: answers.get,
    problems: [404],
    handle: async ({ path: { id } }) => {
      const record = await readProduct(records, id);
      if (record.status !== "ACTIVE") throw notThere(products.noun, " any more");
      return { status: 200, body: view(id, record), headers: etag(record.version) };
    },
  });
}

function eventsOperation(records: Products): Operation {
  return operation({
    name: "getProductEvents",
    method: "GET",
    at: "/products/{id}/events",
    summary: "Shows what has become of a product's events, oldest first, also of a deleted one's.",
    access: "anyone",
    path: withId,
    query: pageQuery,
    answers: answers.events,
    problems: [404],
    handle: async ({ path: { id }, query }) => {
      const record = await readProduct(records, id);
      return { status: 200, body: await eventPage(records, id, record, query) };
    },
  });
}

function historyOperation(records: Products): Operation {
  return operation({
    name: "getProductHistory",
    method: "GET",
    at: "/products/{id}/history",
    summary: "Pages through a product's whole history, oldest first, also of a deleted one's.",
    access: "anyone",
    path: withId,
    query: pageQuery,
    answers: answers.history,
    problems: [404],
    handle: async ({ path: { id }, query }) => {
      const record = await readProduct(records, id);
      return { status: 200, body: await historyPage(records, id, record, query) };
    },
  });
}

function deleteOperation(records: Products, access: Access): Operation {
  return operation({
    name: "deleteProduct",
    method: "DELETE",
    at: "/products/{id}",
    summary: "Deletes a product.",
    access,
    path: withId,
    answers: answers.remove,
    problems: [404, 412],
    handle: async (call) => {
      // A product that is deleted already is one there is not any more.
      await change(records, call, { id: call.path.id, to: "DELETED", illegal: () => notThere(products.noun, " any more") });
      return { status: 204, body: undefined };
    },
  });
}

async function readProduct({ ledger }: Products, id: string): Promise<StoredRecord> {
  const record = await readRecord(ledger, id);
  if (record === undefined) throw notThere(products.noun);
  ledger.heads?.see(id, record.status, record.version);
  return record;
}

type Shown = Pick<RecordSummary, "status" | "attributes" | "createdAt" | "updatedAt">;

/** What is shown of a product, in a list and alone. */
function view(id: string, { status, attributes, createdAt, updatedAt }: Shown) {
  const stock = optionalWholeAt(attributes, "stock");
  return {
    id,
    name: textAt(attributes, "name"),
    description: optionalTextAt(attributes, "description") ?? null,
    price: priceOf(wholeAt(attributes, "priceCents")),
    ...(stock !== undefined && { stock }),
    status,
    created_at: createdAt,
    updated_at: updatedAt,
  };
}
