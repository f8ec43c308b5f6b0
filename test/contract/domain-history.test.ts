import assert from "node:assert/strict";
import { type ChangeEvent, entryOf, type HistoryEntry } from "../../domain/event.ts";
import { giveUp, HistoryContended, type HistoryOutcome, writeHistory } from "../../domain/history.ts";
import { redrive } from "../../domain/outbox.ts";
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
  versions,
} from "./support/ledger.ts";

describe("History as the worker writes it, on DynamoDB", () => {
  let table: string;
  let ledger: TestLedger;
  let meddled: MeddledClient;
  /** The same table as the worker under test sees it. */
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

  function caseOf(outcome: HistoryOutcome): string {
    return outcome.outcome === "settled" ? outcome.case : outcome.outcome;
  }

  async function isInIndex(id: string): Promise<boolean> {
    const { pendingShard: shard, pendingDue: due, pendingSince: since } = await item(ledger, id);
    assert.equal(shard === undefined, due === undefined);
    assert.equal(shard === undefined, since === undefined);
    return shard !== undefined;
  }

  describe("case A, the event alone is pending", () => {
    it("appends it, clears it and leaves the index in one call", async () => {
      const creation = await newRecord(ledger);
      ledger.time.advance(40);
      const outcome = await writeHistory(ours, creation);
      const entry = entryOf(creation, "2026-01-01T00:00:00.040Z");
      const record = await stored(ledger, creation.id);
      assert.deepEqual(outcome, { outcome: "settled", case: "A", duplicate: false, entry });
      assert.deepEqual(meddled.sent, ["UpdateItemCommand"]);
      assert.deepEqual([record.history, record.historyVersion, record.pending.size], [[entry], 1, 0]);
      assert.deepEqual([record.notifiedAt, record.lastEventId], [entry.notifiedAt, creation.eventId]);
      assert.equal(await isInIndex(creation.id), false);
    });

    it("becomes B when a change comes between", async () => {
      const creation = await newRecord(ledger);
      meddled.before("UpdateItemCommand", () => change(ledger, creation.id, "IN_PROGRESS"));
      assert.equal(caseOf(await writeHistory(ours, creation)), "B");
      const record = await stored(ledger, creation.id);
      assert.deepEqual([versions(record), [...record.pending.keys()]], [[1], [2]]);
      assert.equal(await isInIndex(creation.id), true);
    });

    it("becomes D when another worker with the same message is quicker", async () => {
      const creation = await newRecord(ledger);
      let first: HistoryOutcome | undefined;
      meddled.before("UpdateItemCommand", async () => {
        first = await writeHistory(ledger, creation);
        ledger.time.advance(1_000);
      });
      const second = await writeHistory(ours, creation);
      assert.ok(first?.outcome === "settled" && second.outcome === "settled");
      assert.deepEqual([first.case, second.case, second.duplicate], ["A", "D", true]);
      assert.deepEqual(second.entry, first.entry);
      assert.deepEqual((await stored(ledger, creation.id)).history, [first.entry]);
    });

    it("meets its own write as a duplicate when the SDK repeats it after a lost answer", async () => {
      const creation = await newRecord(ledger);
      meddled.loseAnswer("UpdateItemCommand");
      const outcome = await writeHistory(ours, creation);
      assert.equal(caseOf(outcome), "D");
      assert.deepEqual(versions(await stored(ledger, creation.id)), [1]);
    });
  });

  describe("case B, others are pending too", () => {
    it("brings the earlier ones along and clears only its own", async () => {
      const events = await recordWithEvents(ledger, 4);
      const outcome = await writeHistory(ours, eventAt(events, 3));
      const record = await stored(ledger, idOf(events));
      assert.equal(caseOf(outcome), "B");
      assert.deepEqual(
        [versions(record), [...record.pending.keys()]],
        [
          [1, 2, 3],
          [1, 2, 4],
        ],
      );
      assert.deepEqual(
        record.history,
        events.slice(0, 3).map((event) => entryOf(event, "2026-01-01T00:00:00.000Z")),
      );
      assert.equal(record.lastEventId, eventAt(events, 3).eventId);
      assert.equal(await isInIndex(idOf(events)), true);
      assert.deepEqual(meddled.sent, ["UpdateItemCommand", "UpdateItemCommand"]);
    });

    it("plans again when an earlier event is written in between", async () => {
      const events = await recordWithEvents(ledger, 3);
      meddled.before("UpdateItemCommand", () => Promise.resolve());
      meddled.before("UpdateItemCommand", () => writeHistory(ledger, eventAt(events, 1)));
      assert.equal(caseOf(await writeHistory(ours, eventAt(events, 2))), "B");
      assert.deepEqual(versions(await stored(ledger, idOf(events))), [1, 2]);
      assert.equal(meddled.sent.length, 3);
    });

    it("becomes A, and leaves the index, when the others are cleared in between", async () => {
      const events = await recordWithEvents(ledger, 2);
      meddled.before("UpdateItemCommand", () => Promise.resolve());
      meddled.before("UpdateItemCommand", () => writeHistory(ledger, eventAt(events, 1)));
      assert.equal(caseOf(await writeHistory(ours, eventAt(events, 2))), "A");
      assert.deepEqual(versions(await stored(ledger, idOf(events))), [1, 2]);
      assert.equal(await isInIndex(idOf(events)), false);
    });

    it("becomes C when a later event brings it along in between", async () => {
      const events = await recordWithEvents(ledger, 3);
      meddled.before("UpdateItemCommand", () => Promise.resolve());
      meddled.before("UpdateItemCommand", () => writeHistory(ledger, eventAt(events, 3)));
      assert.equal(caseOf(await writeHistory(ours, eventAt(events, 2))), "C");
      const record = await stored(ledger, idOf(events));
      assert.deepEqual([versions(record), [...record.pending.keys()]], [[1, 2, 3], [1]]);
    });
  });

  describe("case C, another's message has brought the event into history", () => {
    it("clears it and gives the entry as it is stored", async () => {
      const events = await recordWithEvents(ledger, 3);
      await writeHistory(ledger, eventAt(events, 3));
      ledger.time.advance(5_000);
      const outcome = await writeHistory(ours, eventAt(events, 1));
      assert.deepEqual(outcome, {
        outcome: "settled",
        case: "C",
        duplicate: false,
        entry: entryOf(eventAt(events, 1), "2026-01-01T00:00:00.000Z"),
      });
      const record = await stored(ledger, idOf(events));
      assert.deepEqual([versions(record), [...record.pending.keys()]], [[1, 2, 3], [2]]);
      assert.equal(record.lastEventId, eventAt(events, 3).eventId);
    });

    it("leaves the index with the last pending event, and not before", async () => {
      const events = await recordWithEvents(ledger, 3);
      await writeHistory(ledger, eventAt(events, 3));
      await writeHistory(ledger, eventAt(events, 1));
      assert.equal(await isInIndex(idOf(events)), true);
      assert.equal(caseOf(await writeHistory(ledger, eventAt(events, 2))), "C");
      assert.equal(await isInIndex(idOf(events)), false);
    });

    it("leaves the record in the index when a change comes between", async () => {
      const events = await recordWithEvents(ledger, 2);
      await writeHistory(ledger, eventAt(events, 2));
      meddled.before("UpdateItemCommand", () => Promise.resolve());
      meddled.before("UpdateItemCommand", () => change(ledger, idOf(events), nextStatus(3)));
      assert.equal(caseOf(await writeHistory(ours, eventAt(events, 1))), "C");
      assert.deepEqual([...(await stored(ledger, idOf(events))).pending.keys()], [3]);
      assert.equal(await isInIndex(idOf(events)), true);
    });
  });

  describe("case D, the event is not pending any more", () => {
    it("writes nothing and gives the entry as it is stored, from its page too", async () => {
      const events = await recordWithEvents(ledger, 2);
      for (const event of events) await writeHistory(ledger, event);
      await fill(events, 100);
      const before = await item(ledger, idOf(events));
      const outcome = await writeHistory(ours, eventAt(events, 2));
      assert.ok(outcome.outcome === "settled");
      assert.deepEqual([outcome.case, outcome.duplicate, outcome.entry.eventId], ["D", true, eventAt(events, 2).eventId]);
      assert.equal((await stored(ledger, idOf(events))).archivedVersion, 50);
      assert.deepEqual(await item(ledger, idOf(events)), before);
    });
  });

  describe("what is no event of the record", () => {
    it("leaves the record as it is", async () => {
      const creation = await newRecord(ledger);
      const before = await item(ledger, creation.id);
      const later: ChangeEvent = { ...creation, version: 7, eventId: `${creation.id}-7` };
      const anotherLife: ChangeEvent = { ...creation, changeId: "of an earlier record with this id" };
      assert.equal(caseOf(await writeHistory(ledger, later)), "foreign");
      assert.equal(caseOf(await writeHistory(ledger, anotherLife)), "foreign");
      assert.deepEqual(await item(ledger, creation.id), before);
      await writeHistory(ledger, creation);
      assert.equal(caseOf(await writeHistory(ledger, anotherLife)), "foreign");
    });

    it("is missing where the record is", async () => {
      const creation = await newRecord(ledger);
      assert.equal(caseOf(await writeHistory(ledger, { ...creation, id: "nobody", eventId: "nobody-1" })), "missing");
    });
  });

  describe("delivering before writing", () => {
    it("is given what is about to be appended, in order, and only that", async () => {
      const events = await recordWithEvents(ledger, 4);
      const delivered: number[] = [];
      const deliver = async (entries: readonly HistoryEntry[]) => void delivered.push(...entries.map(({ version }) => version));
      for (const version of [3, 1, 4, 3, 2]) await writeHistory(ledger, eventAt(events, version), deliver);
      assert.deepEqual(delivered, [1, 2, 3, 4]);
    });

    it("writes nothing when it fails", async () => {
      const creation = await newRecord(ledger);
      await assert.rejects(
        writeHistory(ledger, creation, () => Promise.reject(new Error("no sink"))),
        /no sink/,
      );
      assert.deepEqual(versions(await stored(ledger, creation.id)), []);
    });

    it("does not repeat itself when its write has to be planned again", async () => {
      const creation = await newRecord(ledger);
      const delivered: number[] = [];
      meddled.before("UpdateItemCommand", () => change(ledger, creation.id, "IN_PROGRESS"));
      await writeHistory(ours, creation, async (entries) => void delivered.push(...entries.map(({ version }) => version)));
      assert.deepEqual(delivered, [1]);
    });

    it("is given the record that the entries are of", async () => {
      const creation = await newRecord(ledger);
      const statuses: string[] = [];
      await writeHistory(ledger, creation, async (_, { status }) => void statuses.push(status));
      assert.deepEqual(statuses, ["PENDING"]);
    });

    it("is given an event that was given up, once it is redriven and before it is cleared", async () => {
      // Prepare
      const creation = await newRecord(ledger);
      const record = await stored(ledger, creation.id);
      const pending = record.pending.get(1) ?? assert.fail();
      const delivered: number[] = [];
      const deliver = async (entries: readonly HistoryEntry[]) => void delivered.push(...entries.map(({ version }) => version));
      await giveUp(ledger, creation, record, { pending, reason: "no sink" }, deliver);
      await redrive(ledger, creation.id, 1);

      // Act
      await assert.rejects(
        writeHistory(ledger, creation, () => Promise.reject(new Error("no sink"))),
        /no sink/,
      );
      const left = [...(await stored(ledger, creation.id)).pending.keys()];
      for (let times = 0; times < 2; times++) await writeHistory(ledger, creation, deliver);

      // Assess
      assert.deepEqual([left, delivered, (await stored(ledger, creation.id)).pending.size], [[1], [1], 0]);
    });
  });

  it("hands the message back when others are quicker every time", async () => {
    const [creation] = await recordWithEvents(ledger, 1);
    assert.ok(creation !== undefined);
    // A change, then its clearing, in turn: what was one pending event is two, and the reverse, whenever it is looked at.
    let newest: ChangeEvent | undefined;
    for (let round = 0; round < 12; round++) {
      meddled.before("UpdateItemCommand", async () => {
        if (newest === undefined) newest = await change(ledger, creation.id, nextStatus((await stored(ledger, creation.id)).version + 1));
        else {
          await writeHistory(ledger, newest);
          newest = undefined;
        }
      });
    }
    await assert.rejects(writeHistory(ours, creation), HistoryContended);
  });

  it("is in order and complete when ten events are handled by three workers each, all at once", async () => {
    const events = await recordWithEvents(ledger, 10);
    const workers = [1, 2, 3].flatMap(() => [...events].reverse());
    const outcomes = await Promise.all(workers.map((event) => writeHistory(ledger, event)));
    const record = await stored(ledger, idOf(events));
    assert.deepEqual(versions(record), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    assert.deepEqual([record.pending.size, await isInIndex(idOf(events))], [0, false]);
    assert.equal(outcomes.filter((one) => one.outcome === "settled" && !one.duplicate).length, 10);
  });

  /** Changes a record, and writes each change's history, up to a version. */
  async function fill(events: readonly ChangeEvent[], upTo: number): Promise<void> {
    for (let version = events.length + 1; version <= upTo; version++) {
      await writeHistory(ledger, await change(ledger, idOf(events), nextStatus(version)));
    }
  }
});
