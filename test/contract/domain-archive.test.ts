import assert from "node:assert/strict";
import { GetItemCommand } from "@aws-sdk/client-dynamodb";
import { archive, readEntry, readHistory, readPage } from "../../domain/archive.ts";
import { CorruptItem } from "../../domain/attributes.ts";
import type { ChangeEvent } from "../../domain/event.ts";
import { writeHistory } from "../../domain/history.ts";
import { pageKey } from "../../domain/ids.ts";
import { readRecord } from "../../domain/ledger.ts";
import { endpointKind } from "./support/endpoint.ts";
import {
  change,
  dropTable,
  item,
  ledgerOver,
  MeddledClient,
  newRecord,
  newTable,
  nextStatus,
  stored,
  type TestLedger,
  versions,
} from "./support/ledger.ts";

/** Other endpoints take a minute for a thousand changes; these make pages as well. */
const FEWER_CHANGES = 250;

describe("History without end, on DynamoDB", () => {
  let table: string;
  let ledger: TestLedger;
  let meddled: MeddledClient;
  let ours: TestLedger;

  before(async () => {
    table = await newTable();
  });
  after(() => dropTable(table));

  beforeEach(() => {
    ledger = ledgerOver(table);
    meddled = new MeddledClient();
    ours = ledgerOver(table, meddled.client, ledger.time);
  });
  afterEach(() => meddled.client.destroy());

  const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);

  /** A record whose history is written up to a version; nothing of it is archived unless it is in the normal course. */
  async function recordOf(count: number, note?: string): Promise<ChangeEvent> {
    let event = await newRecord(ledger);
    await writeHistory(ledger, event);
    for (let version = 2; version <= count; version++) {
      event = await change(ledger, event.id, nextStatus(version), note === undefined ? {} : { note });
      await writeHistory(ledger, event);
    }
    return event;
  }

  it("moves the oldest fifty to a page with the hundredth entry, and not before", async () => {
    const { id } = await recordOf(99);
    assert.deepEqual(versions(await stored(ledger, id)), range(1, 99));
    const event = await change(ledger, id, nextStatus(100));
    await writeHistory(ledger, event);
    const record = await stored(ledger, id);
    assert.deepEqual([record.archivedVersion, record.historyVersion, versions(record)], [50, 100, range(51, 100)]);
    assert.deepEqual(
      (await readPage(ledger, id, 1)).map(({ version }) => version),
      range(1, 50),
    );
  });

  it("costs nothing in calls but at every fiftieth entry", async () => {
    const { id } = await recordOf(149);
    const calls: number[] = [];
    for (let version = 150; version <= 152; version++) {
      const event = await change(ledger, id, nextStatus(version));
      meddled.sent.length = 0;
      await writeHistory(ours, event);
      calls.push(meddled.sent.length);
    }
    assert.deepEqual(calls, [5, 1, 1]);
    assert.equal((await stored(ledger, id)).archivedVersion, 100);
  });

  it("loses no entry that is appended between the page and the removal", async () => {
    const { id } = await recordOf(99);
    const last = await change(ledger, id, nextStatus(100));
    const next = async () => void (await writeHistory(ledger, await change(ledger, id, nextStatus(101))));
    meddled.before("UpdateItemCommand", () => Promise.resolve());
    meddled.before("UpdateItemCommand", next);
    await writeHistory(ours, last);
    const record = await stored(ledger, id);
    assert.deepEqual([record.archivedVersion, versions(record)], [50, range(51, 101)]);
  });

  it("removes a page's entries once when two workers archive at the same moment", async () => {
    const { id } = await recordOf(99);
    const last = await change(ledger, id, nextStatus(100));
    meddled.before("UpdateItemCommand", () => Promise.resolve());
    meddled.before("UpdateItemCommand", () => archive(ledger, id));
    await writeHistory(ours, last);
    const record = await stored(ledger, id);
    assert.deepEqual([record.archivedVersion, versions(record)], [50, range(51, 100)]);
  });

  it("is unharmed by a worker that puts a page again long after it was archived", async () => {
    const { id } = await recordOf(99);
    const last = await change(ledger, id, nextStatus(100));
    const page = { TableName: table, Key: { PK: { S: pageKey(ledger.kind, id, 1) } } };
    let before: unknown;
    meddled.before("PutItemCommand", async () => {
      await archive(ledger, id);
      for (let version = 101; version <= 103; version++) await writeHistory(ledger, await change(ledger, id, nextStatus(version)));
      before = (await ledger.client.send(new GetItemCommand(page))).Item;
    });
    await writeHistory(ours, last);
    assert.deepEqual((await ledger.client.send(new GetItemCommand(page))).Item, before);
    assert.deepEqual(versions(await stored(ledger, id)), range(51, 103));
  });

  it("is taken up again by the repeated message when a worker died before it archived", async () => {
    const { id } = await recordOf(99);
    const last = await change(ledger, id, nextStatus(100));
    meddled.before("PutItemCommand", () => Promise.reject(new Error("killed")));
    await assert.rejects(writeHistory(ours, last), /killed/);
    assert.deepEqual(versions(await stored(ledger, id)), range(1, 100));
    await writeHistory(ours, last);
    assert.deepEqual(versions(await stored(ledger, id)), range(51, 100));
  });

  it("is taken up by a later entry when nobody repeats the message", async () => {
    const { id } = await recordOf(99);
    meddled.before("PutItemCommand", () => Promise.reject(new Error("killed")));
    await assert.rejects(writeHistory(ours, await change(ledger, id, nextStatus(100))), /killed/);
    for (let version = 101; version <= 150; version++) await writeHistory(ledger, await change(ledger, id, nextStatus(version)));
    assert.deepEqual(versions(await stored(ledger, id)), range(101, 150));
  });

  it("shows a reader every entry once, also where archiving comes between its reads", async () => {
    const { id } = await recordOf(99);
    const last = await change(ledger, id, nextStatus(100));
    await writeHistory(ledger, last);
    const before = await stored(ledger, id);
    for (let version = 101; version <= 150; version++) await writeHistory(ledger, await change(ledger, id, nextStatus(version)));
    assert.equal((await stored(ledger, id)).archivedVersion, 100);
    const read = await readHistory(ledger, id, before, 0, 1_000);
    assert.deepEqual(
      read.map(({ version }) => version),
      range(1, 100),
    );
  });

  it("reads any part of it, and no page without need", async () => {
    const { id } = await recordOf(210);
    const record = await readRecord(ours, id);
    assert.ok(record !== undefined);
    meddled.sent.length = 0;
    const part = async (after: number, limit: number) => (await readHistory(ours, id, record, after, limit)).map(({ version }) => version);
    assert.deepEqual(await part(150, 100), range(151, 210));
    assert.equal(meddled.sent.length, 0);
    assert.deepEqual(await part(45, 10), range(46, 55));
    assert.equal(meddled.sent.length, 2);
    assert.deepEqual([await part(0, 50), await part(149, 2), await part(210, 5)], [range(1, 50), [150, 151], []]);
    assert.equal((await readEntry(ours, id, record, 77))?.version, 77);
    assert.equal(await readEntry(ours, id, record, 211), undefined);
    await assert.rejects(readPage(ours, id, 9), CorruptItem);
  });

  it("keeps the item under 100 KB over a thousand changes with the longest notes", async function () {
    this.timeout(120_000);
    const count = endpointKind() === "milepost" ? 1_000 : FEWER_CHANGES;
    let largest = 0;
    let event = await newRecord(ledger);
    await writeHistory(ledger, event);
    for (let version = 2; version <= count; version++) {
      event = await change(ledger, event.id, nextStatus(version), { note: "x".repeat(500) });
      if (version % 50 >= 48) largest = Math.max(largest, JSON.stringify(await item(ledger, event.id)).length);
      await writeHistory(ledger, event);
    }
    const record = await stored(ledger, event.id);
    assert.ok(largest < 100_000, `The item had ${largest} bytes, as JSON.`);
    const all = await readHistory(ledger, event.id, record, 0, 1_000);
    assert.deepEqual(
      all.map(({ version }) => version),
      range(1, count),
    );
    for (const [index, entry] of all.entries()) assert.equal(entry.from, index === 0 ? null : all[index - 1]?.to);
  });
});
