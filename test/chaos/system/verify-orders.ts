import { GetItemCommand, paginateScan } from "@aws-sdk/client-dynamodb";
import { type Item, mapsAt, optionalTextAt, text, textAt, wholeAt } from "../../../domain/attributes.ts";
import { type Order, parseOrder } from "../../../domain/order.ts";
import { orders } from "../../../domain/orders.ts";
import { parseRecord, type StoredRecord } from "../../../domain/record.ts";
import type { TestSystem } from "../../support/system.ts";
import { type PlacedOrders, PRODUCT, STOCK } from "./orders.ts";

const ENDS = new Set(["COMPLETED", "REJECTED", "CANCELLED", "FAILED"]);

/** What lies in the table: the orders, and the books of payments and stock beside them. */
interface Books {
  readonly orders: { readonly id: string; readonly record: StoredRecord; readonly order: Order }[];
  /** The states of what was taken for a run, by its name. */
  readonly payments: Map<string, string>;
  readonly held: Map<string, number>;
}

/**
 * Holds every order, once none is on its way, against the books: what it took, and what it gave back. Tells how many came to
 * each end.
 */
export async function verifyOrders(system: TestSystem, placed: PlacedOrders): Promise<Readonly<Record<string, number>>> {
  const books = await readBooks(system, system.outputs.dynamodb_table);
  const there = new Set(books.orders.map(({ id }) => id));
  for (const id of placed.known) if (!there.has(id)) placed.lost.push(`${id}, which was acknowledged`);
  const ends: Record<string, number> = {};
  for (const one of books.orders) {
    const end = isGivenUp(one.record) ? `${one.record.status}, given up` : one.record.status;
    ends[end] = (ends[end] ?? 0) + 1;
    verifyOrder(placed, books, one);
  }
  await verifyStock(system, placed, books);
  return ends;
}

/** Workers died at its undoing to the end, which is open for a person: a redrive gives back what it holds still. */
function isGivenUp({ status, failed, pending }: StoredRecord): boolean {
  return !ENDS.has(status) && failed.size > 0 && pending.size === 0;
}

function verifyOrder(placed: PlacedOrders, { payments, held }: Books, { id, record, order }: Books["orders"][number]): void {
  const { status, history } = record;
  if (!ENDS.has(status) && !isGivenUp(record)) placed.notEnded.push(`${id} is ${status}`);
  const isInOrder = history.every(({ version, from }, index) => version === index + 1 && from === (history[index - 1]?.to ?? null));
  if (!isInOrder) placed.outOfOrder.push(`${id}: ${history.map(({ to }) => to).join(" ")}`);
  const charged = order.runs.filter((run) => payments.get(run) === "charged");
  const holding = order.runs.filter((run) => held.has(run));
  if (charged.length > 1) placed.duplicated.push(`${id} was charged for ${charged.join(" and ")}`);
  if (holding.length > 1) placed.duplicated.push(`${id} holds stock for ${holding.join(" and ")}`);
  if (isGivenUp(record)) return;
  const isComplete = status === "COMPLETED";
  const hasStock = "items" in order.wanted;
  if (isComplete && charged.length === 0) placed.unexpected.push(`${id} is complete and was not charged`);
  if (isComplete && hasStock && holding.length === 0) placed.unexpected.push(`${id} is complete and holds no stock`);
  if (!isComplete && charged.length > 0) placed.unexpected.push(`${id} is ${status} and was not refunded`);
  if (!isComplete && holding.length > 0) placed.unexpected.push(`${id} is ${status} and holds stock`);
}

/** Every piece is in the stock or held for one run, none in both. */
async function verifyStock({ clients, outputs }: TestSystem, placed: PlacedOrders, { held }: Books): Promise<void> {
  const Key = { PK: text(`PRODUCT#${PRODUCT.id}`) };
  const { Item: item = {} } = await clients.dynamodb.send(
    new GetItemCommand({ TableName: outputs.products_table, Key, ConsistentRead: true }),
  );
  const sold = [...held.values()].reduce((sum, quantity) => sum + quantity, 0);
  const left = wholeAt(item, "stock");
  if (left + sold !== STOCK) placed.unexpected.push(`of ${STOCK} pieces ${left} are left and ${sold} are held`);
}

async function readBooks({ clients }: TestSystem, table: string): Promise<Books> {
  const books: Books = { orders: [], payments: new Map(), held: new Map() };
  for await (const { Items: items = [] } of paginateScan({ client: clients.dynamodb }, { TableName: table, ConsistentRead: true }))
    for (const item of items) enter(books, item);
  return books;
}

function enter(books: Books, item: Item): void {
  const [, kind, name = ""] = /^(ORDER|PAYMENT|RESERVATION)#([^#]+)$/.exec(textAt(item, "PK")) ?? [];
  if (kind === "PAYMENT") books.payments.set(name, textAt(item, "state"));
  if (kind === "RESERVATION" && optionalTextAt(item, "state") === "held")
    books.held.set(
      name,
      mapsAt(item, "shares").reduce((sum, share) => sum + wholeAt(share, "quantity"), 0),
    );
  if (`${kind}#` !== orders.idPrefix) return;
  const record = parseRecord(item);
  books.orders.push({ id: name, record, order: parseOrder(record.attributes) });
}
