/**
 * Many changes of one record, one at a time: whether the later ones cost more than the first, and how large the item becomes
 * while its oldest entries go to pages.
 */
import { GetItemCommand } from "@aws-sdk/client-dynamodb";
import { recordKey } from "../../domain/ids.ts";
import { requests } from "../../domain/requests.ts";
import { itemSize } from "../../local/dynamodb/size.ts";
import type { Item } from "../../local/dynamodb/value.ts";
import { makeClients } from "../../test/support/clients.ts";
import { median, quantile } from "../support/measures.ts";
import { wholeFrom } from "../support/rounds.ts";
import { table } from "../support/table.ts";
import { startMilepost } from "./milepost.ts";
import { changeUntilReadable, type Tracked, Tracker, untilReadable } from "./tracker.ts";

const CHANGES = wholeFrom("MILEPOST_BENCH_LONG", 10_000);
/** On another record, since the first changes of young processes are slow and would make the others look good. */
const WARM_UP = Math.min(1_000, CHANGES);
const PARTS = 10;
const SIZE_EVERY = 10;
const GOAL = { ratio: 2, bytes: 100 * 1024 };

export async function benchLongRecord(): Promise<void> {
  const milepost = await startMilepost();
  const clients = makeClients(milepost.endpointUrl);
  const tracker = new Tracker(milepost.url, milepost.adminToken);
  const times: number[] = [];
  let largest = 0;
  try {
    await changeMany(tracker, await tracker.create(), WARM_UP);
    const record = await tracker.create();
    const read = new GetItemCommand({ TableName: "Requests", Key: { PK: { S: recordKey(requests, record.id) } } });
    await changeMany(tracker, record, CHANGES, async (ms, change) => {
      times.push(ms);
      if (change % SIZE_EVERY === 0) largest = Math.max(largest, sizeOf((await clients.dynamodb.send(read)).Item));
    });
    const found = (await tracker.history(record)).length;
    if (found !== CHANGES + 1) throw new Error(`The history has ${found} entries after ${CHANGES} changes and the creation.`);
  } finally {
    tracker.close();
    clients.destroy();
    await milepost.stop();
  }
  report(times, largest);
}

async function changeMany(
  tracker: Tracker,
  record: Tracked,
  changes: number,
  after: (ms: number, change: number) => Promise<void> = async () => {},
): Promise<void> {
  await untilReadable(tracker, record, 1);
  for (let change = 1; change <= changes; change++) await after(await changeUntilReadable(tracker, record, change + 1), change);
}

/** What the endpoint answers is what it counts: the SDK's type knows more kinds of values than there are. */
function sizeOf(item: object | undefined): number {
  return item === undefined ? 0 : itemSize(item as Item);
}

function report(times: readonly number[], largest: number): void {
  const each = Math.ceil(CHANGES / PARTS);
  const parts = Array.from({ length: PARTS }, (_, part) => times.slice(part * each, (part + 1) * each));
  const first = median(parts[0] ?? []);
  const rows = parts.map((part, index) => [
    `${index * each + 1}–${index * each + part.length}`,
    median(part).toFixed(1),
    quantile(part, 0.99).toFixed(1),
    `${(median(part) / first).toFixed(2)} ×`,
  ]);
  console.log(`\nLong record: ${CHANGES} changes of one record, one at a time, PATCH to readable history\n`);
  console.log(table(["changes", "p50 ms", "p99 ms", "p50 against the first"], rows));
  console.log(`\nThe largest item was ${(largest / 1024).toFixed(1)} KB.`);
  console.log(`The goals: no later part above ${GOAL.ratio} × the first; the item under ${GOAL.bytes / 1024} KB.`);
}
