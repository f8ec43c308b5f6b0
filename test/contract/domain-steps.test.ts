import assert from "node:assert/strict";
import { entryOf } from "../../domain/event.ts";
import { writeHistory } from "../../domain/history.ts";
import type { Kind } from "../../domain/kind.ts";
import { write } from "../../domain/ledger.ts";
import { type RequestStatus, requests } from "../../domain/requests.ts";
import { changeByStep, type Step } from "../../domain/steps.ts";
import {
  change,
  dropTable,
  eventAt,
  idOf,
  ledgerOver,
  MeddledClient,
  newTable,
  nextStatus,
  recordWithEvents,
  stored,
  type TestLedger,
  versions,
} from "./support/ledger.ts";

/** Requests whose workflow would carry them on, as those of orders and tasks do. */
const stepping: Kind<RequestStatus> = {
  ...requests,
  stepTransitions: {
    ...requests.stepTransitions,
    PENDING: ["IN_PROGRESS"],
    IN_PROGRESS: ["ON_HOLD", "COMPLETED"],
    ON_HOLD: ["IN_PROGRESS"],
  },
};

describe("Changes by a workflow's steps, on DynamoDB", () => {
  let table: string;
  let ledger: TestLedger;
  let meddled: MeddledClient;
  let ours: TestLedger;

  before(async () => {
    table = await newTable();
  });
  after(() => dropTable(table));

  beforeEach(() => {
    ledger = { ...ledgerOver(table), kind: stepping };
    meddled = new MeddledClient();
    ours = { ...ledgerOver(table, meddled.client, ledger.time), kind: stepping };
  });
  afterEach(() => meddled.client.destroy());

  function step(id: string, to: RequestStatus, more: Partial<Step<RequestStatus>> = {}): Step<RequestStatus> {
    return { id, to, changeId: "run-1:work", afterVersion: 1, ...more };
  }

  it("write the change and its entry at once and start nothing", async () => {
    const [creation] = await recordWithEvents(ledger, 1);
    assert.ok(creation !== undefined);
    await writeHistory(ledger, creation);
    ledger.time.advance(10);
    const outcome = await changeByStep(
      ours,
      step(creation.id, "IN_PROGRESS", { note: "by itself", attributes: { result: { S: "done" } } }),
    );
    const record = await stored(ledger, creation.id);
    assert.ok(outcome.outcome === "changed");
    assert.deepEqual(record.history.at(-1), outcome.entry);
    assert.deepEqual([record.status, record.version, record.historyVersion, record.pending.size], ["IN_PROGRESS", 2, 2, 0]);
    assert.deepEqual([outcome.entry.from, outcome.entry.to, outcome.entry.note], ["PENDING", "IN_PROGRESS", "by itself"]);
    assert.deepEqual([record.lastEventId, record.updatedAt], [outcome.entry.eventId, "2026-01-01T00:00:00.010Z"]);
    assert.deepEqual(record.attributes, { result: { S: "done" } });
    assert.deepEqual(meddled.sent, ["GetItemCommand", "UpdateItemCommand"]);
  });

  it("bring along what is pending, which its own messages clear", async () => {
    const events = await recordWithEvents(ledger, 2);
    const outcome = await changeByStep(ours, step(idOf(events), "COMPLETED"));
    const record = await stored(ledger, idOf(events));
    assert.equal(outcome.outcome, "changed");
    assert.deepEqual(
      [versions(record), [...record.pending.keys()]],
      [
        [1, 2, 3],
        [1, 2],
      ],
    );
    assert.deepEqual(record.history[1], entryOf(eventAt(events, 2), "2026-01-01T00:00:00.000Z"));
    const late = await writeHistory(ledger, eventAt(events, 2));
    assert.ok(late.outcome === "settled");
    assert.deepEqual([late.case, late.entry.version], ["C", 2]);
  });

  it("pass through a status between with its own moment, in the same write", async () => {
    // Prepare
    const events = await recordWithEvents(ledger, 1);
    const at = ledger.clock();
    ledger.time.advance(20);
    const wanted = step(idOf(events), "COMPLETED", { through: { to: "IN_PROGRESS", changeId: "run-1:begin", at } });
    // Act
    const outcome = await changeByStep(ours, wanted);
    const again = await changeByStep(ours, wanted);
    const begun = await changeByStep(ours, step(idOf(events), "IN_PROGRESS", { changeId: "run-1:begin" }));
    // Assess
    const record = await stored(ledger, idOf(events));
    assert.deepEqual([outcome.outcome, again.outcome, begun.outcome], ["changed", "alreadyOurs", "alreadyOurs"]);
    assert.deepEqual([record.status, record.version, record.historyVersion], ["COMPLETED", 3, 3]);
    assert.deepEqual(
      record.history.slice(1).map(({ from, to, changedAt, notifiedAt }) => [from, to, changedAt, notifiedAt]),
      [
        ["PENDING", "IN_PROGRESS", "2026-01-01T00:00:00.000Z", "2026-01-01T00:00:00.020Z"],
        ["IN_PROGRESS", "COMPLETED", "2026-01-01T00:00:00.020Z", "2026-01-01T00:00:00.020Z"],
      ],
    );
    assert.equal(meddled.sent.filter((command) => command === "UpdateItemCommand").length, 1);
  });

  it("leave the status between as it was written where the record is in it already", async () => {
    // Prepare
    const events = await recordWithEvents(ledger, 1);
    await changeByStep(ledger, step(idOf(events), "IN_PROGRESS", { changeId: "run-1:begin" }));
    // Act
    await changeByStep(ours, step(idOf(events), "COMPLETED", { through: { to: "IN_PROGRESS", changeId: "run-1:begin", at: 0 } }));
    // Assess
    const record = await stored(ledger, idOf(events));
    assert.deepEqual([record.status, versions(record)], ["COMPLETED", [1, 2, 3]]);
    assert.equal(record.history[1]?.changedAt, "2026-01-01T00:00:00.000Z");
  });

  it("go nowhere by a status between that is illegal, or from which it is", async () => {
    for (const through of ["COMPLETED", "CANCELLED"] as const) {
      const events = await recordWithEvents(ledger, 1);
      const outcome = await changeByStep(ours, step(idOf(events), "ON_HOLD", { through: { to: through, changeId: "x", at: 0 } }));
      assert.equal(outcome.outcome, "illegal");
      assert.equal((await stored(ledger, idOf(events))).version, 1);
    }
  });

  it("happen once however often they are repeated", async () => {
    const events = await recordWithEvents(ledger, 1);
    const first = await changeByStep(ledger, step(idOf(events), "IN_PROGRESS"));
    await changeByStep(ledger, step(idOf(events), "ON_HOLD", { changeId: "run-1:more" }));
    const second = await changeByStep(ledger, step(idOf(events), "IN_PROGRESS"));
    assert.ok(first.outcome === "changed" && second.outcome === "alreadyOurs");
    assert.deepEqual(second.entry, first.entry);
    assert.equal((await stored(ledger, idOf(events))).version, 3);
  });

  it("happen once when the SDK repeats a write whose answer was lost", async () => {
    const events = await recordWithEvents(ledger, 1);
    meddled.loseAnswer("UpdateItemCommand");
    const outcome = await changeByStep(ours, step(idOf(events), "IN_PROGRESS"));
    assert.equal(outcome.outcome, "alreadyOurs");
    assert.deepEqual(versions(await stored(ledger, idOf(events))), [1, 2]);
  });

  it("are found in a page when they are repeated late", async function () {
    this.timeout(60_000);
    const events = await recordWithEvents(ledger, 1);
    const first = await changeByStep(ledger, step(idOf(events), "IN_PROGRESS"));
    for (let version = 3; version <= 120; version++) {
      await writeHistory(ledger, await change(ledger, idOf(events), nextStatus(version)));
    }
    assert.equal((await stored(ledger, idOf(events))).archivedVersion, 50);
    const again = await changeByStep(ledger, step(idOf(events), "IN_PROGRESS"));
    assert.ok(first.outcome === "changed" && again.outcome === "alreadyOurs");
    assert.deepEqual(again.entry, first.entry);
  });

  it("archive, when repeated, what they could not when they were killed", async () => {
    const events = await recordWithEvents(ledger, 99);
    meddled.before("PutItemCommand", () => Promise.reject(new Error("killed")));
    await assert.rejects(changeByStep(ours, step(idOf(events), "IN_PROGRESS", { afterVersion: 99 })), /killed/);
    assert.equal((await stored(ledger, idOf(events))).history.length, 100);
    assert.equal((await changeByStep(ours, step(idOf(events), "IN_PROGRESS", { afterVersion: 99 }))).outcome, "alreadyOurs");
    assert.equal((await stored(ledger, idOf(events))).history.length, 50);
  });

  it("are judged again when a caller or a worker comes between", async () => {
    const events = await recordWithEvents(ledger, 2);
    meddled.before("UpdateItemCommand", () => change(ledger, idOf(events), "ON_HOLD"));
    meddled.before("UpdateItemCommand", () => writeHistory(ledger, eventAt(events, 2)));
    const outcome = await changeByStep(ours, step(idOf(events), "COMPLETED"));
    assert.deepEqual(outcome, { outcome: "illegal", status: "ON_HOLD", legal: ["IN_PROGRESS"] });
    const retried = await changeByStep(ours, step(idOf(events), "IN_PROGRESS"));
    assert.equal(retried.outcome, "changed");
    assert.deepEqual(versions(await stored(ledger, idOf(events))), [1, 2, 3, 4]);
  });

  it("append each entry once when a worker comes between", async () => {
    const events = await recordWithEvents(ledger, 2);
    meddled.before("UpdateItemCommand", () => writeHistory(ledger, eventAt(events, 2)));
    assert.equal((await changeByStep(ours, step(idOf(events), "COMPLETED"))).outcome, "changed");
    const record = await stored(ledger, idOf(events));
    assert.deepEqual([versions(record), [...record.pending.keys()]], [[1, 2, 3], [1]]);
  });

  it("clear the event whose workflow they end in the same write, and with the last one its place among what waits", async () => {
    // Prepare
    const [creation] = await recordWithEvents(ledger, 1);
    assert.ok(creation !== undefined);
    // Act
    const outcome = await changeByStep(ours, step(creation.id, "IN_PROGRESS", { workflow: { event: creation, ends: true } }));
    // Assess
    const record = await stored(ledger, creation.id);
    assert.equal(outcome.outcome, "changed");
    assert.deepEqual([versions(record), record.pending.size, record.pendingDue], [[1, 2], 0, undefined]);
    assert.deepEqual(meddled.sent, ["GetItemCommand", "UpdateItemCommand"]);
    const again = await changeByStep(ledger, step(creation.id, "IN_PROGRESS", { workflow: { event: creation, ends: true } }));
    assert.equal(again.outcome, "alreadyOurs");
  });

  it("leave the other events on their way when they clear theirs", async () => {
    // Prepare
    const events = await recordWithEvents(ledger, 2);
    // Act
    const outcome = await changeByStep(ledger, step(idOf(events), "COMPLETED", { workflow: { event: eventAt(events, 1), ends: true } }));
    // Assess
    const record = await stored(ledger, idOf(events));
    assert.equal(outcome.outcome, "changed");
    assert.deepEqual([versions(record), [...record.pending.keys()]], [[1, 2, 3], [2]]);
    assert.notEqual(record.pendingDue, undefined);
  });

  it("clear nothing twice when another clears the event between", async () => {
    // Prepare
    const [creation] = await recordWithEvents(ledger, 1);
    assert.ok(creation !== undefined);
    meddled.before("UpdateItemCommand", () => writeHistory(ledger, creation));
    // Act
    const outcome = await changeByStep(ours, step(creation.id, "IN_PROGRESS", { workflow: { event: creation, ends: true } }));
    // Assess
    const record = await stored(ledger, creation.id);
    assert.equal(outcome.outcome, "changed");
    assert.deepEqual([versions(record), record.pending.size], [[1, 2], 0]);
  });

  it("change nothing where an attribute is not as they want it, whether it was so before or has just become so", async () => {
    // Prepare
    const [creation] = await recordWithEvents(ledger, 1);
    assert.ok(creation !== undefined);
    const { id } = creation;
    const only = { attribute: "run", is: "run-1" };
    const setRun = (run: string) =>
      write(ledger, id, { update: "SET #run = :run", condition: "attribute_exists(PK)", values: { ":run": { S: run } } });
    // Act
    const without = await changeByStep(ledger, step(id, "IN_PROGRESS", { only }));
    await setRun("run-1");
    meddled.before("UpdateItemCommand", () => setRun("run-2"));
    const overtaken = await changeByStep(ours, step(id, "IN_PROGRESS", { only }));
    await setRun("run-1");
    const right = await changeByStep(ledger, step(id, "IN_PROGRESS", { only }));
    // Assess
    assert.deepEqual([without.outcome, overtaken.outcome, right.outcome], ["late", "late", "changed"]);
  });

  it("have rules of their own", async () => {
    const events = await recordWithEvents(ledger, 1);
    assert.deepEqual(await changeByStep(ledger, step(idOf(events), "CANCELLED")), {
      outcome: "illegal",
      status: "PENDING",
      legal: ["IN_PROGRESS"],
    });
    assert.deepEqual(await changeByStep(ledger, step("nobody", "CANCELLED")), { outcome: "missing" });
  });
});
