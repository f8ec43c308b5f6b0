/**
 * Stock, held for an order's run. A product's stock is an attribute of its record; a product without it has no end.
 *
 * - Nothing is sold twice: all of an order's stock and the reservation itself are one transaction, over enough of each.
 * - A run holds its stock once, however often it asks, and gives it back once; whoever asks again is told the same.
 * - Giving back what was never held leaves a tombstone, so a reservation that comes later, from a step that was given up,
 *   holds nothing.
 *
 * An item of an order means a product by its id, or else by its name: the oldest active one of that name that has a stock.
 */
import { randomUUID } from "node:crypto";
import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  paginateQuery,
  TransactionCanceledException,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from "@aws-sdk/client-dynamodb";
import { CorruptItem, type Item, maps, mapsAt, optionalTextAt, optionalWholeAt, text, textAt, whole, wholeAt } from "./attributes.ts";
import { recordKey } from "./ids.ts";
import { namesIn } from "./ledger.ts";
import type { OrderItem } from "./order.ts";
import { products } from "./products.ts";

export interface StockStore {
  readonly client: DynamoDBClient;
  readonly productsTable: string;
  /** Where reservations are kept. */
  readonly table: string;
  readonly random: () => number;
}

export type Reserved =
  /** How many of the order's items had a stock to be held. */
  | { readonly outcome: "reserved"; readonly held: number }
  | { readonly outcome: "declined"; readonly reason: string }
  /** The run's stock was given back, or is never to be held. */
  | { readonly outcome: "closed" };

/** So much of a product. */
interface Share {
  readonly productId: string;
  readonly name: string;
  readonly quantity: number;
}

export const NAME_INDEX = "ByName";
const CONFLICT_TRIES_MAX = 8;
const CONFLICT_MS = 25;

export async function reserve(store: StockStore, run: string, items: readonly OrderItem[]): Promise<Reserved> {
  const found = new Map<string, Share>();
  for (const wanted of byProduct(items)) {
    const product = await findProduct(store, wanted);
    if (product === "unknown") return { outcome: "declined", reason: `There is no product ${wanted.productId}.` };
    if (product === "endless") continue;
    // One line may name a product and another give its id: a transaction takes from it once, for both.
    const quantity = wanted.quantity + (found.get(product)?.quantity ?? 0);
    found.set(product, { productId: product, name: wanted.name, quantity });
  }
  const shares = [...found.values()];
  if (shares.length === 0) return { outcome: "reserved", held: 0 };
  const reservation = { PK: text(reservationKey(run)), state: text("held"), shares: maps(shares.map(formatShare)) };
  const result = await transact(store, [
    { Put: { TableName: store.table, Item: reservation, ConditionExpression: "attribute_not_exists(PK)" } },
    ...shares.map((share) => takeFrom(store, share)),
  ]);
  if (result === "done") return { outcome: "reserved", held: shares.length };
  if (result[0]) return whatIsHeld(store, run, shares.length);
  const short = shares.find((_, index) => result[index + 1]);
  return { outcome: "declined", reason: `There is not enough of ${short?.name ?? "a product"} left.` };
}

/** Gives back what the run holds, once; what it does not hold yet, it never will. */
export async function release(store: StockStore, run: string): Promise<"released" | "nothing"> {
  for (let tries = 0; tries < CONFLICT_TRIES_MAX; tries++) {
    const reservation = await readReservation(store, run);
    if (reservation === undefined) {
      if (await putTombstone(store, run)) return "nothing";
      continue;
    }
    const state = textAt(reservation, "state");
    if (state !== "held") return state === "released" ? "released" : "nothing";
    const result = await transact(store, [
      { Update: setState(store, run) },
      ...mapsAt(reservation, "shares").map((share) => giveBack(store, parseShare(share))),
    ]);
    if (result === "done") return "released";
  }
  throw new CorruptItem("shares", `possible to give back: the run ${run} keeps them`);
}

async function whatIsHeld(store: StockStore, run: string, held: number): Promise<Reserved> {
  const reservation = await readReservation(store, run);
  const isHeld = reservation !== undefined && textAt(reservation, "state") === "held";
  return isHeld ? { outcome: "reserved", held } : { outcome: "closed" };
}

async function readReservation({ client, table }: StockStore, run: string): Promise<Item | undefined> {
  const Key = { PK: text(reservationKey(run)) };
  return (await client.send(new GetItemCommand({ TableName: table, Key, ConsistentRead: true }))).Item;
}

async function putTombstone({ client, table }: StockStore, run: string): Promise<boolean> {
  const Item = { PK: text(reservationKey(run)), state: text("void"), shares: maps([]) };
  try {
    await client.send(new PutItemCommand({ TableName: table, Item, ConditionExpression: "attribute_not_exists(PK)" }));
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}

/** The id of the product whose stock is meant. */
async function findProduct({ client, productsTable }: StockStore, { name, productId }: OrderItem): Promise<string | "endless" | "unknown"> {
  if (productId !== undefined) {
    const Key = { PK: text(recordKey(products, productId)) };
    const { Item: item } = await client.send(new GetItemCommand({ TableName: productsTable, Key, ConsistentRead: true }));
    if (item === undefined || optionalTextAt(item, "status") !== "ACTIVE") return "unknown";
    return optionalWholeAt(item, "stock") === undefined ? "endless" : productId;
  }
  const condition = "#name = :name";
  const filter = "#status = :active AND attribute_exists(#stock)";
  const query = {
    TableName: productsTable,
    IndexName: NAME_INDEX,
    KeyConditionExpression: condition,
    FilterExpression: filter,
    ExpressionAttributeNames: namesIn(`${condition} ${filter}`),
    ExpressionAttributeValues: { ":name": text(name), ":active": text("ACTIVE") },
  };
  // A page is what was read before the filter: behind thousands of deleted ones there may be one with a stock.
  for await (const { Items: [oldest] = [] } of paginateQuery({ client }, query))
    if (oldest !== undefined) return textAt(oldest, "PK").slice(products.idPrefix.length);
  return "endless";
}

/** What an order has of one product in several lines is one share of its stock. */
function byProduct(items: readonly OrderItem[]): OrderItem[] {
  const wanted = new Map<string, OrderItem>();
  for (const item of items) {
    const key = JSON.stringify(item.productId ?? [item.name]);
    wanted.set(key, { ...item, quantity: item.quantity + (wanted.get(key)?.quantity ?? 0) });
  }
  return [...wanted.values()];
}

function takeFrom({ productsTable }: StockStore, { productId, quantity }: Share): TransactWriteItem {
  const [update, condition] = ["SET #stock = #stock - :quantity", "#stock >= :quantity AND #status = :active"];
  return {
    Update: {
      TableName: productsTable,
      Key: { PK: text(recordKey(products, productId)) },
      UpdateExpression: update,
      ConditionExpression: condition,
      ExpressionAttributeNames: namesIn(`${update} ${condition}`),
      ExpressionAttributeValues: { ":quantity": whole(quantity), ":active": text("ACTIVE") },
    },
  };
}

function giveBack({ productsTable }: StockStore, { productId, quantity }: Share): TransactWriteItem {
  return {
    Update: {
      TableName: productsTable,
      Key: { PK: text(recordKey(products, productId)) },
      UpdateExpression: "SET #stock = #stock + :quantity",
      ConditionExpression: "attribute_exists(#stock)",
      ExpressionAttributeNames: { "#stock": "stock" },
      ExpressionAttributeValues: { ":quantity": whole(quantity) },
    },
  };
}

function setState({ table }: StockStore, run: string) {
  return {
    TableName: table,
    Key: { PK: text(reservationKey(run)) },
    UpdateExpression: "SET #state = :released",
    ConditionExpression: "#state = :held",
    ExpressionAttributeNames: { "#state": "state" },
    ExpressionAttributeValues: { ":released": text("released"), ":held": text("held") },
  };
}

/** Done, or for each of the items whether its condition failed. Two that want the same item at once take turns. */
async function transact({ client, random }: StockStore, items: readonly TransactWriteItem[]): Promise<"done" | boolean[]> {
  for (let tries = 1; ; tries++) {
    try {
      // The token makes one of all that a client sends of this try, however often and by whichever way.
      await client.send(new TransactWriteItemsCommand({ TransactItems: [...items], ClientRequestToken: randomUUID() }));
      return "done";
    } catch (error) {
      if (!(error instanceof TransactionCanceledException)) throw error;
      const codes = (error.CancellationReasons ?? []).map(({ Code }) => Code);
      if (codes.includes("ConditionalCheckFailed")) return codes.map((code) => code === "ConditionalCheckFailed");
      if (!codes.includes("TransactionConflict") || tries === CONFLICT_TRIES_MAX) throw error;
      await new Promise((resolve) => setTimeout(resolve, random() * CONFLICT_MS * 2 ** tries));
    }
  }
}

function reservationKey(run: string): string {
  return `RESERVATION#${run}`;
}

function formatShare({ productId, name, quantity }: Share): Item {
  return { productId: text(productId), name: text(name), quantity: whole(quantity) };
}

function parseShare(item: Item): Share {
  return { productId: textAt(item, "productId"), name: textAt(item, "name"), quantity: wholeAt(item, "quantity") };
}
