import assert from "node:assert/strict";
import { type ChangeEvent, formatInput, type HistoryEntry } from "../../domain/event.ts";
import { giveUp, writeHistory } from "../../domain/history.ts";
import { pendingShard } from "../../domain/ids.ts";
import { type DueRecord, dueRecords, lease, nextAttempt, redrive } from "../../domain/outbox.ts";
import { type Execution, type RelayRound, relayRound, type Starter } from "../../domain/relay.ts";
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
  versions,
} from "./support/ledger.ts";

/** Step Functions as far as the relay knows it: executions by name, which end when a test says so. */
class FakeStepFunctions implements Starter {
  readonly executions = new Map<string, Execution & { readonly input: string }>();
  readonly asked: string[] = [];
  isDown = false;
  /** What happens elsewhere while a start is under way. */
  meanwhile: (() => Promise<unknown>) | undefined;

  async start(name: string, input: string): Promise<"started" | "exists"> {
    this.asked.push(name);
    if (this.isDown) throw new Error("Step Functions is down.");
    await this.meanwhile?.();
    const there = this.executions.get(name);
    if (there === undefined) this.executions.set(name, { status: "RUNNING", input });
    return there === undefined || (there.status === "RUNNING" && there.input === input) ? "started" : "exists";
  }

  async describe(name: string): Promise<Execution | undefined> {
    return this.executions.get(name);
  }

  end(name: string, status: Execution["status"], cause?: string): void {
    const there = this.executions.get(name);
    assert.ok(there !== undefined, `There is no execution ${name}.`);
    this.executions.set(name, { ...there, status, ...(cause === undefined ? {} : { cause }) });
  }

  get names(): string[] {
    return [...this.executions.keys()];
  }
}

describe("The relay, on DynamoDB", () => {
  let table: string;
  let ledger: TestLedger;
  let meddled: MeddledClient;
  let ours: TestLedger;
  let stepFunctions: FakeStepFunctions;

  beforeEach(async () => {
    // A round looks at a whole table, so each test has its own.
    table = await newTable();
    ledger = ledgerOver(table);
    meddled = new MeddledClient();
    ours = ledgerOver(table, meddled.client, ledger.time);
    stepFunctions = new FakeStepFunctions();
  });
  afterEach(async () => {
    meddled.client.destroy();
    await dropTable(table);
  });

  async function round(over: TestLedger = ledger): Promise<Omit<RelayRound, "errors">> {
    const { errors, ...counts } = await relayRound(over, stepFunctions);
    assert.deepEqual(errors, []);
    return counts;
  }

  async function dueOf(id: string): Promise<DueRecord> {
    const [due] = await dueRecords(ledger, pendingShard(ledger.kind, id), 1);
    assert.ok(due !== undefined);
    return due;
  }

  /** Lets every attempt at an event fail, up to the one that gives it up. */
  async function failAll(event: ChangeEvent, status: Execution["status"] = "FAILED"): Promise<void> {
    for (const name of [event.eventId, `${event.eventId}-r2`, `${event.eventId}-r3`]) {
      ledger.time.advance(100_000);
      await round();
      stepFunctions.end(name, status, "no worker");
    }
    ledger.time.advance(100_000);
    assert.equal((await round()).givenUp, 1);
  }

  /** Gives an event up as if somebody had stopped its execution. */
  async function abort({ id, version, changeId }: ChangeEvent): Promise<void> {
    const record = await stored(ledger, id);
    const pending = record.pending.get(version);
    assert.ok(pending !== undefined);
    assert.ok(await giveUp(ledger, { id, version, changeId }, record, { pending, reason: "stopped" }));
  }

  describe("starting", () => {
    it("leaves an event to its caller for two seconds, then starts it by its name with the stored input", async () => {
      const creation = await newRecord(ledger);
      ledger.time.advance(1_999);
      assert.equal((await round()).leased, 0);
      ledger.time.advance(1);
      assert.deepEqual(await round(), { leased: 1, started: 1, restarted: 0, givenUp: 0, more: false });
      assert.equal(stepFunctions.executions.get(creation.eventId)?.input, formatInput(creation));
    });

    it("starts every event of a record but those still left to their callers", async () => {
      const events = await recordWithEvents(ledger, 3);
      ledger.time.advance(1_500);
      await change(ledger, idOf(events), nextStatus(4));
      ledger.time.advance(1_000);
      await round();
      assert.deepEqual(
        stepFunctions.names,
        events.map(({ eventId }) => eventId),
      );
    });

    it("does nothing to executions that run, however often it looks", async () => {
      const creation = await newRecord(ledger);
      for (let times = 0; times < 4; times++) {
        ledger.time.advance(100_000);
        await round();
      }
      assert.deepEqual(stepFunctions.names, [creation.eventId]);
      assert.equal((await stored(ledger, creation.id)).pending.get(1)?.attempt, 1);
    });

    it("looks at no record whose events have all arrived", async () => {
      const creation = await newRecord(ledger);
      await writeHistory(ledger, creation);
      ledger.time.advance(100_000);
      assert.equal((await round()).leased, 0);
    });

    it("loses nothing to Step Functions being down, and asks ever less", async () => {
      for (let count = 0; count < 20; count++) await newRecord(ledger);
      stepFunctions.isDown = true;
      ledger.time.advance(2_000);
      const { errors } = await relayRound(ledger, stepFunctions);
      assert.ok(errors.length >= 3 && errors.length <= 6, `${errors.length} errors`);
      stepFunctions.isDown = false;
      ledger.time.advance(100_000);
      await round();
      assert.equal(stepFunctions.names.length, 20);
    });

    it("says when more is due than one round takes", async () => {
      for (let count = 0; count < 140; count++) await newRecord(ledger);
      ledger.time.advance(2_000);
      const rounds = [await round()];
      while (rounds.at(-1)?.more) rounds.push(await round());
      assert.ok(rounds.length > 1 && rounds.length < 8, `${rounds.length} rounds`);
      assert.equal(stepFunctions.asked.length, 140);
    });
  });

  describe("leasing", () => {
    it("is had by one of two relays that have seen the same", async () => {
      const { id } = await newRecord(ledger);
      ledger.time.advance(2_000);
      const seen = await dueOf(id);
      const leases = await Promise.all([lease(ledger, seen), lease(ours, seen)]);
      assert.equal(leases.filter((one) => one !== undefined).length, 1);
    });

    it("keeps every other relay away until it is over", async () => {
      const { id } = await newRecord(ledger);
      ledger.time.advance(10_000);
      const leased = await lease(ledger, await dueOf(id));
      assert.equal(leased?.until, ledger.time.now + 5_000 + 5_000);
      ledger.time.advance(9_999);
      assert.equal((await round()).leased, 0);
      ledger.time.advance(1);
      assert.equal((await round()).leased, 1);
    });

    it("is not had over events that have arrived since they were seen", async () => {
      const creation = await newRecord(ledger);
      ledger.time.advance(2_000);
      meddled.before("UpdateItemCommand", () => writeHistory(ledger, creation));
      assert.equal((await round(ours)).leased, 0);
      assert.deepEqual(stepFunctions.asked, []);
    });

    it("shows the events as they are, not as the index saw them", async () => {
      const [creation, second] = await recordWithEvents(ledger, 2);
      assert.ok(creation !== undefined && second !== undefined);
      ledger.time.advance(2_000);
      meddled.before("UpdateItemCommand", () => writeHistory(ledger, creation));
      await round(ours);
      assert.deepEqual(stepFunctions.asked, [second.eventId]);
    });

    it("starts nothing any more when it is nearly over", async () => {
      await recordWithEvents(ledger, 4);
      ledger.time.advance(2_000);
      stepFunctions.meanwhile = async () => ledger.time.advance(2_100);
      await round();
      assert.equal(stepFunctions.asked.length, 2);
      stepFunctions.meanwhile = undefined;
      ledger.time.advance(100_000);
      await round();
      assert.equal(stepFunctions.names.length, 4);
    });

    it("is shared by many relays without one event being asked for twice", async () => {
      for (let count = 0; count < 30; count++) await newRecord(ledger);
      ledger.time.advance(2_000);
      await Promise.all([1, 2, 3, 4].map(() => round()));
      assert.equal(stepFunctions.asked.length, 30);
      assert.equal(new Set(stepFunctions.asked).size, 30);
    });
  });

  describe("trying again", () => {
    for (const status of ["FAILED", "TIMED_OUT", "SUCCEEDED"] as const) {
      it(`follows an execution that is ${status}, its event still pending, by the next attempt`, async () => {
        const creation = await newRecord(ledger);
        ledger.time.advance(2_000);
        await round();
        stepFunctions.end(creation.eventId, status);
        ledger.time.advance(100_000);
        assert.equal((await round()).restarted, 1);
        assert.deepEqual(stepFunctions.names, [creation.eventId, `${creation.eventId}-r2`]);
        assert.equal(stepFunctions.executions.get(`${creation.eventId}-r2`)?.input, formatInput(creation));
        assert.equal((await stored(ledger, creation.id)).pending.get(1)?.attempt, 2);
      });
    }

    it("does not follow an execution whose event arrived while the relay was asking", async () => {
      const creation = await newRecord(ledger);
      ledger.time.advance(2_000);
      await round();
      stepFunctions.end(creation.eventId, "SUCCEEDED");
      ledger.time.advance(100_000);
      stepFunctions.meanwhile = () => writeHistory(ledger, creation);
      assert.equal((await round()).restarted, 0);
      assert.deepEqual(stepFunctions.names, [creation.eventId]);
    });

    it("makes an attempt that was counted before a crash, and counts none twice", async () => {
      const creation = await newRecord(ledger);
      ledger.time.advance(2_000);
      await round();
      stepFunctions.end(creation.eventId, "FAILED");
      ledger.time.advance(100_000);
      let starts = 0;
      stepFunctions.meanwhile = async () => {
        if (++starts === 2) throw new Error("killed after the attempt was counted");
      };
      assert.equal((await relayRound(ledger, stepFunctions)).errors.length, 1);
      stepFunctions.meanwhile = undefined;
      ledger.time.advance(200_000);
      await round();
      assert.deepEqual(stepFunctions.names, [creation.eventId, `${creation.eventId}-r2`]);
      assert.equal((await stored(ledger, creation.id)).pending.get(1)?.attempt, 2);
    });

    it("is counted once by relays that have seen the same attempt fail, and never set back", async () => {
      const { id } = await newRecord(ledger);
      const first = (await stored(ledger, id)).pending.get(1);
      assert.ok(first !== undefined);
      const counted = await Promise.all([1, 2, 3].map(() => nextAttempt(ledger, id, 1, first)));
      assert.equal(counted.filter(Boolean).length, 1);
      assert.equal(await nextAttempt(ledger, id, 1, { ...first, attempt: 2 }), true);
      assert.equal(await nextAttempt(ledger, id, 1, first), false);
      assert.equal((await stored(ledger, id)).pending.get(1)?.attempt, 3);
    });

    it("is over when the message of an earlier attempt has arrived", async () => {
      const creation = await newRecord(ledger);
      ledger.time.advance(2_000);
      await round();
      stepFunctions.end(creation.eventId, "TIMED_OUT");
      ledger.time.advance(100_000);
      await round();
      await writeHistory(ledger, creation);
      const repeated = await writeHistory(ledger, creation);
      assert.ok(repeated.outcome === "settled" && repeated.duplicate);
      assert.equal((await stored(ledger, creation.id)).pending.size, 0);
    });
  });

  describe("giving up", () => {
    it("writes the event's entry with the reason and keeps what a redrive needs, after three attempts", async () => {
      const creation = await newRecord(ledger);
      await failAll(creation);
      const record = await stored(ledger, creation.id);
      assert.deepEqual([versions(record), record.pending.size, record.pendingDue], [[1], 0, undefined]);
      assert.equal(record.history[0]?.failure, `${creation.eventId}-r3 FAILED: no worker`);
      const { failedAt, ...failed } = record.failed.get(1) ?? {};
      assert.equal(failedAt, record.history[0]?.notifiedAt);
      const { changeId, changedAt } = creation;
      assert.deepEqual(failed, { changeId, changedAt, input: formatInput(creation), attempt: 3, reason: record.history[0]?.failure });
    });

    it("comes at once where somebody has stopped the execution", async () => {
      const creation = await newRecord(ledger);
      ledger.time.advance(2_000);
      await round();
      stepFunctions.end(creation.eventId, "ABORTED");
      ledger.time.advance(100_000);
      assert.equal((await round()).givenUp, 1);
    });

    it("keeps history in order: what is pending before the event goes into history with it, and stays on its way", async () => {
      const events = await recordWithEvents(ledger, 3);
      ledger.time.advance(2_000);
      await round();
      stepFunctions.end(eventAt(events, 2).eventId, "ABORTED");
      ledger.time.advance(100_000);
      await round();
      const record = await stored(ledger, idOf(events));
      assert.deepEqual([versions(record), [...record.pending.keys()], [...record.failed.keys()]], [[1, 2], [1, 3], [2]]);
      assert.deepEqual(
        record.history.map(({ failure }) => failure !== undefined),
        [false, true],
      );
      for (const version of [3, 1]) await writeHistory(ledger, eventAt(events, version));
      assert.deepEqual(versions(await stored(ledger, idOf(events))), [1, 2, 3]);
      assert.equal((await stored(ledger, idOf(events))).pending.size, 0);
    });

    it("leaves an entry that another event has brought into history as it is", async () => {
      const events = await recordWithEvents(ledger, 2);
      ledger.time.advance(2_000);
      await round();
      stepFunctions.end(eventAt(events, 1).eventId, "ABORTED");
      await writeHistory(ledger, eventAt(events, 2));
      ledger.time.advance(100_000);
      assert.equal((await round()).givenUp, 1);
      const record = await stored(ledger, idOf(events));
      assert.deepEqual(
        record.history.map(({ failure }) => failure),
        [undefined, undefined],
      );
      assert.deepEqual(
        [[...record.failed.keys()], record.pending.size, (await item(ledger, idOf(events))).pendingShard],
        [[1], 0, undefined],
      );
    });

    it("delivers what it brings into history, but not the event that failed", async () => {
      const events = await recordWithEvents(ledger, 3);
      ledger.time.advance(2_000);
      await round();
      stepFunctions.end(eventAt(events, 3).eventId, "ABORTED");
      ledger.time.advance(100_000);
      const delivered: number[] = [];
      const deliver = async (entries: readonly HistoryEntry[]) => void delivered.push(...entries.map(({ version }) => version));
      await relayRound(ledger, stepFunctions, { deliver });
      assert.deepEqual(
        [delivered, versions(await stored(ledger, idOf(events)))],
        [
          [1, 2],
          [1, 2, 3],
        ],
      );
    });

    it("does not happen to an event that arrives at that very moment", async () => {
      const creation = await newRecord(ledger);
      ledger.time.advance(2_000);
      await round();
      stepFunctions.end(creation.eventId, "ABORTED");
      ledger.time.advance(100_000);
      meddled.before("UpdateItemCommand", () => Promise.resolve());
      meddled.before("UpdateItemCommand", () => writeHistory(ledger, creation));
      assert.equal((await round(ours)).givenUp, 0);
      const record = await stored(ledger, creation.id);
      assert.deepEqual([record.history.map(({ failure }) => failure), record.failed.size], [[undefined], 0]);
    });

    it("does not happen to an event whose next attempt another relay has begun", async () => {
      const creation = await newRecord(ledger);
      await failAll(creation);
      await redrive(ledger, creation.id, 1);
      await round();
      stepFunctions.end(`${creation.eventId}-r4`, "FAILED");
      ledger.time.advance(100_000);
      meddled.before("UpdateItemCommand", () => Promise.resolve());
      meddled.before("UpdateItemCommand", async () => {
        await round(ledgerLater());
        assert.equal(await redrive(ledger, creation.id, 1), true);
      });
      assert.equal((await round(ours)).givenUp, 0);
      assert.equal((await stored(ledger, creation.id)).pending.get(1)?.attempt, 5);
    });

    it("makes the record refuse changes when fifty events were given up", async function () {
      this.timeout(60_000);
      const events = await recordWithEvents(ledger, 50);
      ledger.time.advance(2_000);
      stepFunctions.meanwhile = undefined;
      await round();
      for (const { eventId } of events) stepFunctions.end(eventId, "ABORTED");
      ledger.time.advance(100_000);
      await round();
      assert.equal((await stored(ledger, idOf(events))).failed.size, 50);
      assert.deepEqual(await tryChange(ledger, idOf(events), "CANCELLED"), { outcome: "full" });
      await redrive(ledger, idOf(events), 1);
      meddled.before("UpdateItemCommand", () => abort(eventAt(events, 1)));
      assert.deepEqual(await tryChange(ours, idOf(events), "CANCELLED"), { outcome: "full" });
      await redrive(ledger, idOf(events), 2);
      assert.equal((await tryChange(ours, idOf(events), "CANCELLED")).outcome, "changed");
    });
  });

  describe("redriving", () => {
    it("puts a given-up event on its way again, at once and with the same counter", async () => {
      const creation = await newRecord(ledger);
      await failAll(creation);
      assert.equal(await redrive(ledger, creation.id, 1), true);
      assert.equal((await round()).started, 1);
      assert.deepEqual(stepFunctions.names.at(-1), `${creation.eventId}-r4`);
      assert.equal((await stored(ledger, creation.id)).failed.size, 0);
      const outcome = await writeHistory(ledger, creation);
      assert.ok(outcome.outcome === "settled");
      assert.equal(outcome.case, "C");
      assert.equal((await item(ledger, creation.id)).pendingDue, undefined);
    });

    it("does not let a change that was read before become the hundred and first event on its way", async function () {
      this.timeout(60_000);
      const events = await recordWithEvents(ledger, 100);
      await abort(eventAt(events, 1));
      meddled.before("UpdateItemCommand", () => redrive(ledger, idOf(events), 1));
      assert.deepEqual(await tryChange(ours, idOf(events), "CANCELLED"), { outcome: "full" });
      assert.equal((await stored(ledger, idOf(events))).pending.size, 100);
    });

    it("does not fall back behind another that has failed again in the meantime", async () => {
      const creation = await newRecord(ledger);
      await failAll(creation);
      meddled.before("UpdateItemCommand", async () => {
        await redrive(ledger, creation.id, 1);
        await abort(creation);
      });
      assert.equal(await redrive(ours, creation.id, 1), false);
      assert.equal((await stored(ledger, creation.id)).failed.get(1)?.attempt, 4);
    });

    it("happens once when two ask for it, and not to what has not failed", async () => {
      const creation = await newRecord(ledger);
      assert.equal(await redrive(ledger, creation.id, 1), false);
      await failAll(creation);
      const redriven = await Promise.all([1, 2, 3].map(() => redrive(ledger, creation.id, 1)));
      assert.equal(redriven.filter(Boolean).length, 1);
      assert.equal((await stored(ledger, creation.id)).pending.get(1)?.attempt, 4);
    });
  });

  /** Another relay, at a moment when the lease of the one under test is over. */
  function ledgerLater(): TestLedger {
    const later = ledgerOver(table);
    later.time.now = ledger.time.now + 200_000;
    return later;
  }
});
