/** Reads many of a kind's records by one call for each hundred of them, as they are at that moment. */
import { setTimeout as sleep } from "node:timers/promises";
import { BatchGetItemCommand } from "@aws-sdk/client-dynamodb";
import { type Item, text, textAt } from "./attributes.ts";
import { recordIdOf, recordKey } from "./ids.ts";
import type { Ledger } from "./ledger.ts";

const BATCH_MAX = 100;
const BATCH_TRIES_MAX = 5;
const BATCH_WAIT_MS = 25;

/** The table takes fewer reads than were asked of it, for longer than anybody should wait. */
export class Throttled extends Error {
  override readonly name = "ThrottlingException";
}

/** The attributes that are wanted, and what the placeholders among them stand for. */
export interface Projection {
  readonly expression: string;
  readonly names: Readonly<Record<string, string>>;
}

/** The items by their records' ids, which are all different; those that are not there are left out. */
export async function readItems(ledger: Ledger, ids: readonly string[], projection?: Projection): Promise<Map<string, Item>> {
  const chunks = Array.from({ length: Math.ceil(ids.length / BATCH_MAX) }, (_, chunk) =>
    ids.slice(chunk * BATCH_MAX, (chunk + 1) * BATCH_MAX),
  );
  const items = (await Promise.all(chunks.map((chunk) => readChunk(ledger, chunk, projection)))).flat();
  return new Map(items.map((item) => [recordIdOf(ledger.kind, textAt(item, "PK")), item]));
}

/** What the table has no room for at this moment, it leaves undone, and is asked for again. */
async function readChunk(ledger: Ledger, ids: readonly string[], projection: Projection | undefined): Promise<Item[]> {
  const wanted = projection && { ProjectionExpression: projection.expression, ExpressionAttributeNames: { ...projection.names } };
  const items: Item[] = [];
  let keys: Item[] = ids.map((id) => ({ PK: text(recordKey(ledger.kind, id)) }));
  for (let tries = 1; ; tries++) {
    const request = { Keys: keys.map((key) => ({ ...key })), ConsistentRead: true, ...wanted };
    const { Responses: responses, UnprocessedKeys: left } = await ledger.client.send(
      new BatchGetItemCommand({ RequestItems: { [ledger.table]: request } }),
    );
    items.push(...(responses?.[ledger.table] ?? []));
    keys = left?.[ledger.table]?.Keys ?? [];
    if (keys.length === 0) return items;
    if (tries === BATCH_TRIES_MAX) throw new Throttled(`The table left ${keys.length} of ${ids.length} records unread ${tries} times.`);
    await sleep(ledger.random() * BATCH_WAIT_MS * 2 ** tries);
  }
}
