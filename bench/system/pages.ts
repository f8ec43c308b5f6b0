/**
 * A page of 50 products among 1,000 and among 100,000: the first page, and one from the middle. The rows are written into the
 * table as the API would have left them, and the pages are asked of the API.
 */
import { BatchWriteItemCommand, type DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { z } from "zod";
import { makeClients, WORKER_LIMITS } from "../../config/clients.ts";
import { readSettings } from "../../config/settings.ts";
import { type Item, text, whole } from "../../domain/attributes.ts";
import { formatEntry } from "../../domain/event.ts";
import { recordKey } from "../../domain/ids.ts";
import { products } from "../../domain/products.ts";
import { median, quantile } from "../support/measures.ts";
import { ROUNDS, wholeFrom } from "../support/rounds.ts";
import { table } from "../support/table.ts";
import { Caller } from "./caller.ts";
import { startMilepost } from "./milepost.ts";

const TABLE = "Products";
const FEW = 1_000;
const MANY = wholeFrom("MILEPOST_BENCH_PRODUCTS", 100_000);
const CALLS = 200;
const PAGE = 50;
const ROWS_OF_A_CALL = 25;
const CALLS_AT_ONCE = 8;
/** After so many calls the pages begin anew: few products have no more. */
const PAGES_ON = 20;
const GOAL = 2;
const page = z.object({ products: z.array(z.object({ id: z.string() })).length(PAGE), next_page_token: z.string() });

interface Shop {
  readonly count: number;
  readonly url: string;
  readonly caller: Caller;
  readonly first: number[];
  readonly later: number[];
  stop(): Promise<void>;
}

export async function benchPages(): Promise<void> {
  const shops: Shop[] = [];
  try {
    for (const count of [FEW, MANY]) shops.push(await open(count));
    for (const shop of shops) await ask(shop, CALLS);
    for (const shop of shops) shop.first.length = shop.later.length = 0;
    for (let round = 1; round <= ROUNDS; round++) for (const shop of shops) await ask(shop, CALLS);
    report(shops);
  } finally {
    for (const shop of shops) await shop.stop();
  }
}

/** A Milepost of its own with so many products. */
async function open(count: number): Promise<Shop> {
  const milepost = await startMilepost();
  const { dynamodb } = makeClients(readSettings({ AWS_ENDPOINT_URL: milepost.endpointUrl }), WORKER_LIMITS);
  await fill(dynamodb, count);
  dynamodb.destroy();
  const caller = new Caller(milepost.adminToken);
  const stop = async () => {
    caller.close();
    await milepost.stop();
  };
  return { count, url: milepost.url, caller, first: [], later: [], stop };
}

async function fill(client: DynamoDBClient, count: number): Promise<void> {
  const starts = Array.from({ length: Math.ceil(count / ROWS_OF_A_CALL) }, (_, call) => call * ROWS_OF_A_CALL);
  const one = async () => {
    for (let first = starts.pop(); first !== undefined; first = starts.pop()) {
      const rows = Array.from({ length: Math.min(ROWS_OF_A_CALL, count - first) }, (_, row) => rowOf((first ?? 0) + row));
      await client.send(new BatchWriteItemCommand({ RequestItems: { [TABLE]: rows.map((Item) => ({ PutRequest: { Item } })) } }));
    }
  };
  await Promise.all(Array.from({ length: CALLS_AT_ONCE }, one));
}

/** A product whose creation has been told of. */
function rowOf(number: number): Item {
  const id = `bench-${number}`;
  const at = new Date(Date.UTC(2026, 0, 1) + number * 1_000).toISOString();
  const entry = {
    eventId: `${id}-1`,
    version: 1,
    from: null,
    to: "ACTIVE",
    changedAt: at,
    changeId: id,
    type: "product.created",
    notifiedAt: at,
  };
  return {
    PK: text(recordKey(products, id)),
    v: whole(1),
    status: text("ACTIVE"),
    createdKey: text(`${at}#${id}`),
    version: whole(1),
    historyVersion: whole(1),
    archivedVersion: whole(0),
    statusHistory: { L: [{ M: formatEntry(entry) }] },
    pending: { M: {} },
    failed: { M: {} },
    createdAt: text(at),
    updatedAt: text(at),
    notifiedAt: text(at),
    lastEventId: text(entry.eventId),
    name: text(`Product ${number}`),
    description: text("One of many"),
    priceCents: whole(1_999),
  };
}

/** The first page, and in turn with it those that follow one another behind it. */
async function ask({ url, caller, first, later }: Shop, calls: number): Promise<void> {
  let token: string | undefined;
  for (let call = 0; call < calls; call++) {
    const isFirst = call % 2 === 0;
    const from = isFirst || token === undefined ? "" : `&token=${encodeURIComponent(token)}`;
    const began = performance.now();
    const answer = page.parse(await caller.call("GET", `${url}/products?limit=${PAGE}${from}`));
    (isFirst ? first : later).push(performance.now() - began);
    if (call % PAGES_ON === 0 || !isFirst) token = answer.next_page_token;
  }
}

function report(shops: readonly Shop[]): void {
  const [few, many] = shops;
  const rows = (["first", "later"] as const).map((which) => [
    which === "first" ? "the first" : "one behind it",
    ...shops.flatMap((shop) => [median(shop[which]).toFixed(1), quantile(shop[which], 0.99).toFixed(1)]),
    `${(median(many?.[which] ?? []) / median(few?.[which] ?? [])).toFixed(2)} ×`,
  ]);
  console.log(`\nA page of ${PAGE} products, ${ROUNDS} alternating rounds of ${CALLS} calls, ms\n`);
  const heads = shops.flatMap(({ count }) => [`among ${count}: p50`, "p99"]);
  console.log(table(["page", ...heads, "ratio of p50"], rows));
  console.log(`\nThe goal: at most ${GOAL} ×.`);
}
