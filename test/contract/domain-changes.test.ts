import assert from "node:assert/strict";
import { createRecord } from "../../domain/creation.ts";
import { formatInput, parseInput } from "../../domain/event.ts";
import { Heads } from "../../domain/heads.ts";
import { writeHistory } from "../../domain/history.ts";
import { pendingShard } from "../../domain/ids.ts";
import { uniqueName } from "./support/endpoint.ts";
import {
  change,
  dropTable,
  eventAt,
  idOf,
  item,
  ledgerOver,
  MeddledClient,
  newRecord,
  newTable,
  nextStatus,
  recordWithEvents,
  stored,
  type TestLedger,
  tryChange,
} from "./support/ledger.ts";

describe("Records and their changes, on DynamoDB", () => {
  let table: string;
  let ledger: TestLedger;
  let meddled: MeddledClient;
  /** The same table as another process sees it. */
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

  describe("createRecord", () => {
    it("writes the record and its creation's event at once, with the execution's input", async () => {
      const id = uniqueName("r");
      const outcome = await createRecord(ours, { id, changeId: "c1", attributes: { title: { S: "test-job" } }, note: "by hand" });
      const record = await stored(ledger, id);
      assert.equal(outcome.outcome, "created");
      assert.deepEqual(meddled.sent, ["PutItemCommand"]);
      assert.deepEqual([record.status, record.version, record.historyVersion, record.archivedVersion], ["PENDING", 1, 0, 0]);
      assert.deepEqual(record.attributes, { title: { S: "test-job" } });
      const input = record.pending.get(1)?.input ?? "";
      assert.equal(input, outcome.outcome === "created" ? outcome.input : undefined);
      const changedAt = "2026-01-01T00:00:00.000Z";
      const facts = { kind: "requests", id, version: 1, from: null, to: "PENDING", changedAt, changeId: "c1", type: "request.created" };
      assert.deepEqual(parseInput(input), { v: 1, eventId: `${id}-1`, ...facts, note: "by hand" });
    });

    it("puts the record where the relay finds it, two seconds later", async () => {
      const { id } = await newRecord(ledger);
      const { pendingShard: shard, pendingDue: due, pendingSince: since } = await item(ledger, id);
      assert.deepEqual(
        [shard, due, since],
        [{ S: pendingShard(ledger.kind, id) }, { N: String(ledger.time.now + 2_000) }, { N: String(ledger.time.now) }],
      );
    });

    it("finds its own record when the SDK repeats it after a lost answer", async () => {
      const id = uniqueName("r");
      meddled.loseAnswer("PutItemCommand");
      const outcome = await createRecord(ours, { id, changeId: "c1" });
      assert.equal(outcome.outcome, "alreadyOurs");
      assert.equal((await stored(ledger, id)).pending.size, 1);
    });

    it("finds its own record after its creation went into history", async () => {
      const id = uniqueName("r");
      const first = await createRecord(ledger, { id, changeId: "c1" });
      assert.ok(first.outcome === "created");
      await writeHistory(ledger, first.event);
      const second = await createRecord(ledger, { id, changeId: "c1" });
      assert.ok(second.outcome === "alreadyOurs");
      assert.deepEqual([second.change.eventId, second.input], [`${id}-1`, undefined]);
    });

    it("leaves another's record as it is", async () => {
      const { id, changeId } = await newRecord(ledger);
      assert.deepEqual(await createRecord(ledger, { id, changeId: "another" }), { outcome: "taken" });
      assert.equal((await stored(ledger, id)).pending.get(1)?.changeId, changeId);
    });

    it("refuses a kind's attribute that bears a name of the mechanism", async () => {
      await assert.rejects(createRecord(ledger, { id: "r", changeId: "c", attributes: { status: { S: "x" } } }), TypeError);
    });
  });

  describe("changeStatus over what is remembered", () => {
    const remembering = () => ({ ...ours, heads: new Heads() });

    it("costs the write alone", async () => {
      // Prepare
      const { id } = await newRecord(ledger);
      const api = remembering();
      await change(api, id, "IN_PROGRESS");
      meddled.sent.length = 0;

      // Act
      const event = await change(api, id, "ON_HOLD");

      // Assess
      assert.deepEqual(meddled.sent, ["UpdateItemCommand"]);
      assert.deepEqual([event.version, event.from], [3, "IN_PROGRESS"]);
    });

    it("judges by what is there where another process was quicker", async () => {
      // Prepare
      const { id } = await newRecord(ledger);
      const api = remembering();
      await change(api, id, "IN_PROGRESS");
      await change(ledger, id, "ON_HOLD");
      await change(ledger, id, "CANCELLED");

      // Act
      const outcome = await tryChange(api, id, "COMPLETED");

      // Assess
      assert.deepEqual(outcome, { outcome: "illegal", status: "CANCELLED", legal: [] });
      assert.equal((await stored(ledger, id)).version, 4);
    });

    it("refuses nobody because of what it remembers", async () => {
      // Prepare
      const { id } = await newRecord(ledger);
      const api = remembering();
      await change(api, id, "IN_PROGRESS");
      await change(ledger, id, "ON_HOLD");

      // Act
      const legalNow = await tryChange(api, id, "IN_PROGRESS");
      const atVersion = await tryChange(api, id, "ON_HOLD", { ifVersion: 4 });

      // Assess
      assert.deepEqual([legalNow.outcome, atVersion.outcome], ["changed", "changed"]);
    });

    it("has three tries left when what it remembered was overtaken", async () => {
      // Prepare
      const { id } = await newRecord(ledger);
      const api = remembering();
      await change(api, id, "IN_PROGRESS");
      await change(ledger, id, "ON_HOLD");
      await change(ledger, id, "IN_PROGRESS");
      const next = (to: "IN_PROGRESS" | "ON_HOLD") => async () => {
        await change(ledger, id, to);
      };
      // The first write meets what was overtaken; the next two are forestalled, twice each, back to the same status.
      meddled.before("UpdateItemCommand", async () => {});
      for (let tries = 0; tries < 2; tries++) {
        meddled.before("UpdateItemCommand", async () => {
          await next("ON_HOLD")();
          await next("IN_PROGRESS")();
        });
      }

      // Act
      const outcome = await tryChange(api, id, "ON_HOLD");

      // Assess
      assert.equal(outcome.outcome, "changed");
    });

    it("tells that a record is missing which was there", async () => {
      // Prepare
      const api = remembering();
      const { id } = await newRecord(ledger);
      api.heads.see(`${id}-gone`, "PENDING", 1);

      // Act
      const outcome = await tryChange(api, `${id}-gone`, "IN_PROGRESS");

      // Assess
      assert.deepEqual(outcome, { outcome: "missing" });
    });
  });

  describe("changeStatus", () => {
    it("writes the status, the version and the event in one write, after one read", async () => {
      const { id } = await newRecord(ledger);
      const event = await change(ours, id, "IN_PROGRESS", { note: "on it", attributes: { assignee: { S: "kim" } } });
      const record = await stored(ledger, id);
      assert.deepEqual(meddled.sent, ["GetItemCommand", "UpdateItemCommand"]);
      assert.deepEqual([record.status, record.version, record.historyVersion], ["IN_PROGRESS", 2, 0]);
      assert.deepEqual([event.eventId, event.from, event.to, event.note], [`${id}-2`, "PENDING", "IN_PROGRESS", "on it"]);
      assert.equal(record.pending.get(2)?.input, formatInput(event));
      assert.deepEqual(record.attributes.assignee, { S: "kim" });
    });

    it("leaves the moment the relay looks at a record where an earlier event has put it", async () => {
      const { id } = await newRecord(ledger);
      const before = await item(ledger, id);
      ledger.time.advance(1_500);
      await change(ledger, id, "IN_PROGRESS");
      const after = await item(ledger, id);
      assert.deepEqual([after.pendingDue, after.pendingSince], [before.pendingDue, before.pendingSince]);
    });

    it("puts a record back into the index when it had nothing pending", async () => {
      const creation = await newRecord(ledger);
      await writeHistory(ledger, creation);
      ledger.time.advance(10_000);
      await change(ledger, creation.id, "IN_PROGRESS");
      assert.deepEqual((await item(ledger, creation.id)).pendingDue, { N: String(ledger.time.now + 2_000) });
    });

    it("refuses an illegal change with the list of legal ones and writes nothing", async () => {
      const { id } = await newRecord(ledger);
      const outcome = await tryChange(ours, id, "COMPLETED");
      assert.deepEqual(outcome, { outcome: "illegal", status: "PENDING", legal: ["IN_PROGRESS", "REJECTED", "CANCELLED"] });
      assert.deepEqual(meddled.sent, ["GetItemCommand"]);
    });

    it("says that a record is missing", async () => {
      assert.deepEqual(await tryChange(ledger, "nobody", "IN_PROGRESS"), { outcome: "missing" });
    });

    it("judges again when another caller was quicker, and changes what that one left", async () => {
      const { id } = await newRecord(ledger);
      meddled.before("UpdateItemCommand", () => change(ledger, id, "IN_PROGRESS"));
      const event = await change(ours, id, "CANCELLED");
      assert.deepEqual([event.version, event.from, event.to], [3, "IN_PROGRESS", "CANCELLED"]);
      assert.deepEqual(meddled.sent, ["GetItemCommand", "UpdateItemCommand", "UpdateItemCommand"]);
    });

    it("reads again where the endpoint does not send what a refused write met", async () => {
      const { id } = await newRecord(ledger);
      meddled.hideItems();
      meddled.before("UpdateItemCommand", () => change(ledger, id, "IN_PROGRESS"));
      assert.equal((await change(ours, id, "CANCELLED")).version, 3);
      assert.deepEqual(meddled.sent, ["GetItemCommand", "UpdateItemCommand", "GetItemCommand", "UpdateItemCommand"]);
    });

    it("finds its change illegal after what another caller left", async () => {
      const { id } = await newRecord(ledger);
      meddled.before("UpdateItemCommand", () => change(ledger, id, "REJECTED"));
      assert.deepEqual(await tryChange(ours, id, "IN_PROGRESS"), { outcome: "illegal", status: "REJECTED", legal: [] });
      assert.equal((await stored(ledger, id)).version, 2);
    });

    it("gives up after three tries that others forestalled", async () => {
      const { id } = await newRecord(ledger);
      const others = ["IN_PROGRESS", "ON_HOLD", "IN_PROGRESS"] as const;
      for (const to of others) meddled.before("UpdateItemCommand", () => change(ledger, id, to));
      assert.deepEqual(await tryChange(ours, id, "CANCELLED"), { outcome: "conflict" });
      assert.equal((await stored(ledger, id)).version, 4);
    });

    it("is not disturbed by a worker that writes history between its read and its write", async () => {
      const creation = await newRecord(ledger);
      meddled.before("UpdateItemCommand", () => writeHistory(ledger, creation));
      await change(ours, creation.id, "IN_PROGRESS");
      const record = await stored(ledger, creation.id);
      assert.deepEqual([record.version, record.historyVersion, [...record.pending.keys()]], [2, 1, [2]]);
    });

    it("writes nothing over another version than the one the caller has seen", async () => {
      const [, second] = await recordWithEvents(ledger, 2);
      const outcome = await tryChange(ledger, second?.id ?? "", "CANCELLED", { ifVersion: 1 });
      assert.deepEqual(outcome, { outcome: "stale", version: 2 });
    });

    it("does not try again when the version the caller has seen is overtaken", async () => {
      const { id } = await newRecord(ledger);
      meddled.before("UpdateItemCommand", () => change(ledger, id, "IN_PROGRESS"));
      assert.deepEqual(await tryChange(ours, id, "CANCELLED", { ifVersion: 1 }), { outcome: "stale", version: 2 });
      assert.deepEqual(meddled.sent, ["GetItemCommand", "UpdateItemCommand"]);
    });

    it("changes once when the SDK repeats a write whose answer was lost", async () => {
      const { id } = await newRecord(ledger);
      meddled.loseAnswer("UpdateItemCommand");
      const outcome = await tryChange(ours, id, "IN_PROGRESS", { changeId: "mine" });
      assert.ok(outcome.outcome === "alreadyOurs");
      assert.deepEqual([outcome.change.eventId, outcome.change.changeId], [`${id}-2`, "mine"]);
      assert.equal(outcome.input, (await stored(ledger, id)).pending.get(2)?.input);
      assert.equal((await stored(ledger, id)).version, 2);
    });

    it("finds its change in history where a worker was quicker than the SDK's repetition", async () => {
      const [creation] = await recordWithEvents(ledger, 1);
      assert.ok(creation !== undefined);
      const { id } = creation;
      // The repeated write meets a record on which everything has happened already.
      meddled.loseAnswer("UpdateItemCommand");
      meddled.beforeRepetition("UpdateItemCommand", async () => {
        for (const pending of (await stored(ledger, id)).pending.values()) await writeHistory(ledger, parseInput(pending.input));
      });
      const outcome = await tryChange(ours, id, "IN_PROGRESS", { changeId: "mine" });
      assert.ok(outcome.outcome === "alreadyOurs");
      assert.deepEqual([outcome.change.version, outcome.input, (await stored(ledger, id)).version], [2, undefined, 2]);
    });

    it("finds what an earlier call with its changeId has done, wherever it is by now", async () => {
      const events = await recordWithEvents(ledger, 60);
      const [second, last] = [eventAt(events, 2), eventAt(events, 60)];
      for (const event of events.slice(0, 55)) await writeHistory(ledger, event);
      const again = (changeId: string) => tryChange(ledger, idOf(events), "IN_PROGRESS", { changeId, triedSince: ledger.time.now });
      const [written, pending, unknown] = [await again(second.changeId), await again(last.changeId), await again("unknown")];
      assert.ok(written.outcome === "alreadyOurs" && pending.outcome === "alreadyOurs");
      assert.deepEqual([written.change.version, written.input], [2, undefined]);
      assert.deepEqual([pending.change.version, pending.input], [60, formatInput(last)]);
      assert.equal(unknown.outcome, "illegal");
    });

    it("begins no write when another may have taken over its changeId", async () => {
      const { id } = await newRecord(ledger);
      const { now } = ledger.time;
      meddled.before("UpdateItemCommand", async () => {
        await change(ledger, id, "IN_PROGRESS");
        ledger.time.advance(1_000);
      });
      assert.deepEqual(await tryChange(ours, id, "CANCELLED", { until: now + 1_000 }), { outcome: "conflict" });
      assert.deepEqual(await tryChange(ours, id, "CANCELLED", { until: now + 1_000 }), { outcome: "conflict" });
      assert.equal((await stored(ledger, id)).version, 2);
      assert.equal((await change(ours, id, "CANCELLED", { until: now + 1_001 })).version, 3);
    });

    it("takes no change while a hundred events are on their way, and takes one after the first has arrived", async () => {
      const events = await recordWithEvents(ledger, 100);
      const id = idOf(events);
      assert.deepEqual(await tryChange(ledger, id, nextStatus(101)), { outcome: "full" });
      await writeHistory(ledger, eventAt(events, 1));
      assert.equal((await change(ledger, id, nextStatus(101))).version, 101);
    });

    it("does not become the hundred and first when others filled the record since it was read", async () => {
      const events = await recordWithEvents(ledger, 99);
      meddled.before("UpdateItemCommand", () => change(ledger, idOf(events), nextStatus(100)));
      assert.equal((await tryChange(ours, idOf(events), "CANCELLED")).outcome, "full");
      assert.equal((await stored(ledger, idOf(events))).pending.size, 100);
    });

    it("lets each of many callers at once change or know that it did not", async () => {
      const { id } = await newRecord(ledger);
      const outcomes = await Promise.all(Array.from({ length: 10 }, () => tryChange(ledger, id, "IN_PROGRESS")));
      assert.equal(outcomes.filter(({ outcome }) => outcome === "changed").length, 1);
      assert.equal(outcomes.filter(({ outcome }) => outcome === "illegal").length, 9);
      assert.equal((await stored(ledger, id)).version, 2);
    });
  });
});
