import assert from "node:assert/strict";
import { type BatchGetItemCommandOutput, DeleteItemCommand } from "@aws-sdk/client-dynamodb";
import { createRecord } from "../../domain/creation.ts";
import { type Listing, listRecords, type RecordPage } from "../../domain/listing.ts";
import type { RequestStatus } from "../../domain/requests.ts";
import { eventually, uniqueName } from "./support/endpoint.ts";
import { change, dropTable, item, ledgerOver, MeddledClient, newTable, type TestLedger } from "./support/ledger.ts";

const MADE = 9;
/** Some of these are no longer as they were made, by their number in the order in which they were made. */
const MOVED: Readonly<Record<number, readonly RequestStatus[]>> = {
  1: ["IN_PROGRESS"],
  4: ["IN_PROGRESS", "ON_HOLD"],
  5: ["REJECTED"],
  7: ["IN_PROGRESS"],
};

describe("Lists of records", function () {
  this.timeout(30_000);
  let table: string;
  let ledger: TestLedger;
  /** Newest first. */
  const ids: string[] = [];

  before(async () => {
    table = await newTable();
    ledger = ledgerOver(table);
    for (let number = 0; number < MADE; number++) {
      // Three at a time are made in the same millisecond.
      if (number % 3 === 0) ledger.time.advance(1);
      const id = uniqueName("r");
      ids.push(id);
      await createRecord(ledger, { id, changeId: "c", attributes: { title: { S: `number ${number}` }, secret: { S: "hidden" } } });
      for (const to of MOVED[number] ?? []) await change(ledger, id, to);
    }
    const places = new Map(await Promise.all(ids.map(async (id) => [id, (await item(ledger, id)).createdKey?.S ?? ""] as const)));
    ids.sort((one, other) => ((places.get(one) ?? "") < (places.get(other) ?? "") ? 1 : -1));
    await eventually(async () => {
      assert.equal((await list({ limit: 100 })).records.length, MADE);
      assert.equal((await list({ limit: 100, status: "PENDING" })).records.length, MADE - Object.keys(MOVED).length);
    });
  });
  after(() => dropTable(table));

  const list = (listing: Partial<Listing<RequestStatus>>, over = ledger): Promise<RecordPage> =>
    listRecords(over, { status: undefined, limit: 100, position: undefined, attributes: ["title"], ...listing });

  it("are ordered by creation, the newest first, then by id", async () => {
    // Act
    const { records, position } = await list({});

    // Assess
    assert.deepEqual(
      records.map(({ id }) => id),
      ids,
    );
    assert.equal(position, undefined);
  });

  for (const limit of [1, 2, 4, MADE - 1, MADE, MADE + 1]) {
    it(`come in pages of ${limit}, each record once`, async () => {
      // Act
      const pages = await readPages({ limit });

      // Assess
      assert.deepEqual(pages.flat(), ids);
      assert.equal(pages.length, Math.ceil(MADE / limit));
    });
  }

  it("hold those of one status, page by page", async () => {
    // Act
    const [pending, inProgress] = [await readPages({ limit: 2, status: "PENDING" }), await readPages({ limit: 1, status: "IN_PROGRESS" })];
    const none = await list({ status: "CANCELLED" });

    // Assess
    const all = (await list({})).records;
    const ofStatus = (status: string) => all.filter((record) => record.status === status).map(({ id }) => id);
    assert.deepEqual(pending.flat(), ofStatus("PENDING"));
    assert.deepEqual(inProgress.flat(), ofStatus("IN_PROGRESS"));
    assert.equal(inProgress.flat().length, 2);
    assert.deepEqual(none, { records: [], position: undefined });
  });

  it("show of each what was asked for, and nothing of its history", async () => {
    // Act
    const { records } = await list({ limit: 1 });

    // Assess
    const [record] = records;
    assert.match(record?.attributes.title?.S ?? "", /^number /);
    assert.deepEqual(Object.keys(record?.attributes ?? {}), ["title"]);
    assert.deepEqual(
      Object.keys(record ?? {}).sort(),
      ["attributes", "createdAt", "historyVersion", "id", "lastEventId", "notifiedAt", "status", "updatedAt", "version"].sort(),
    );
  });

  it("show a record as it is by now, and none of another status", async () => {
    // Prepare: what the index said is out of date by the time the records are read.
    const meddled = new MeddledClient();
    const slow = ledgerOver(table, meddled.client, ledger.time);
    const [first] = (await list({ status: "IN_PROGRESS", limit: 1 })).records;
    const id = first?.id ?? assert.fail();
    meddled.before("BatchGetItemCommand", () => change(ledger, id, "ON_HOLD"));

    // Act
    const { records } = await list({ status: "IN_PROGRESS" }, slow);

    // Assess
    assert.equal(records.length, 1);
    assert.ok(records.every((record) => record.id !== id));
    meddled.client.destroy();
  });

  it("show a record once that changes its status between the queries for two of them", async () => {
    // Prepare
    const meddled = new MeddledClient();
    const slow = ledgerOver(table, meddled.client, ledger.time);
    const [first] = (await list({ status: "PENDING", limit: 1 })).records;
    const id = first?.id ?? assert.fail();
    meddled.before("QueryCommand", async () => {});
    meddled.before("QueryCommand", async () => {
      // The first query, for PENDING, is answered by the time that another one is, sent after it.
      await list({ status: "PENDING" });
      await change(ledger, id, "IN_PROGRESS");
      await eventually(async () => assert.ok((await list({ status: "IN_PROGRESS" })).records.some((record) => record.id === id)));
    });

    // Act
    const { records } = await list({}, slow);

    // Assess
    assert.deepEqual(
      records.map((record) => record.id),
      ids,
    );
    meddled.client.destroy();
  });

  it("leave out a record that was erased since the index saw it, and go on behind it", async () => {
    // Prepare
    const meddled = new MeddledClient();
    const slow = ledgerOver(table, meddled.client, ledger.time);
    const [id] = ids;
    const Key = { PK: { S: `REQ#${id}` } };
    meddled.before("BatchGetItemCommand", () => ledger.client.send(new DeleteItemCommand({ TableName: table, Key })));

    // Act
    const page = await list({ limit: 2 }, slow);
    const next = await list({ limit: 100, position: page.position });

    // Assess
    assert.deepEqual(
      [...page.records, ...next.records].map((record) => record.id),
      ids.slice(1),
    );
    meddled.client.destroy();
  });

  it("cost one call for the records of a page, however many those are", async () => {
    // Prepare
    const counted = new MeddledClient();

    // Act
    const { records } = await list({ status: "PENDING" }, ledgerOver(table, counted.client, ledger.time));

    // Assess
    assert.ok(records.length > 1);
    assert.deepEqual(counted.sent, ["QueryCommand", "BatchGetItemCommand"]);
    counted.client.destroy();
  });

  describe("of a table that leaves some of what it is asked for undone", () => {
    /** Answers with no more than some of the items, as often as said. */
    const stingy = (times: number): MeddledClient => {
      const meddled = new MeddledClient();
      let left = times;
      meddled.client.middlewareStack.add(
        (next, { commandName }) =>
          async (args) => {
            const result = await next(args);
            if (commandName !== "BatchGetItemCommand" || left === 0) return result;
            left--;
            const output = result.output as BatchGetItemCommandOutput;
            const items = output.Responses?.[table] ?? [];
            const Keys = items.slice(1).map(({ PK = assert.fail() }) => ({ PK }));
            return { ...result, output: { ...output, Responses: { [table]: items.slice(0, 1) }, UnprocessedKeys: { [table]: { Keys } } } };
          },
        { step: "deserialize", priority: "high", name: "be stingy" },
      );
      return meddled;
    };

    it("are whole, and in order, all the same", async () => {
      const { client } = stingy(3);

      const { records } = await list({}, ledgerOver(table, client, ledger.time));

      assert.deepEqual(
        records.map(({ id }) => id),
        (await list({})).records.map(({ id }) => id),
      );
      client.destroy();
    });

    it("fail as what is throttled does, where it goes on and on", async () => {
      const { client } = stingy(100);

      await assert.rejects(list({}, ledgerOver(table, client, ledger.time)), { name: "ThrottlingException" });
      client.destroy();
    });
  });

  async function readPages(listing: Partial<Listing<RequestStatus>>): Promise<string[][]> {
    const pages: string[][] = [];
    let position: string | undefined;
    do {
      const page = await list({ ...listing, position });
      pages.push(page.records.map(({ id }) => id));
      position = page.position;
    } while (position !== undefined && pages.length < 100);
    return pages;
  }
});
