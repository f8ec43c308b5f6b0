import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import type { ChangeEvent } from "../../domain/event.ts";
import {
  eventFailureId,
  type FailureStore,
  keepDeadLetter,
  keepGivenUp,
  listFailures,
  messageFailureId,
  readFailure,
} from "../../domain/failures.ts";
import type { FailureKeeper } from "../../domain/giving-up.ts";
import { writeHistory } from "../../domain/history.ts";
import { type RedriveOutcome, redriveFailure } from "../../domain/redrive.ts";
import { type RelayRound, relayRound, type Starter } from "../../domain/relay.ts";
import { failureKeeper } from "../../worker/relay-loop.ts";
import { aws } from "./support/endpoint.ts";
import { dropTable, ledgerOver, newRecord, newTable, stored, type TestLedger } from "./support/ledger.ts";
import { newFailuresTable } from "./support/worker.ts";

/** Step Functions where somebody has stopped every execution: an event that the relay meets is given up. */
const stopped: Starter = { start: async () => "exists", describe: async () => ({ status: "ABORTED" }) };

describe("Failures of a record's events, on DynamoDB", () => {
  let ledger: TestLedger;
  let store: FailureStore;
  let sent: string[];
  beforeEach(async () => {
    ledger = ledgerOver(await newTable());
    store = { table: await newFailuresTable(), client: aws().dynamodb, clock: ledger.clock };
    sent = [];
  });
  afterEach(async () => {
    await dropTable(ledger.table);
    await dropTable(store.table);
  });

  const round = (keeper: FailureKeeper = failureKeeper(store)): Promise<RelayRound> => {
    ledger.time.advance(100_000);
    return relayRound(ledger, stopped, { keeper });
  };
  const openIds = async () => (await listFailures(store, "requests", 10)).failures.map(({ id }) => id);
  const failureId = ({ eventId }: ChangeEvent) => eventFailureId("requests", eventId);
  const redriveAgain = (id: string): Promise<RedriveOutcome> => {
    const ledgerOf = (kind: string) => (kind === "requests" ? ledger : undefined);
    return redriveFailure(store, id, { ledgerOf, send: async (queue, body) => void sent.push(`${queue} ${body}`) });
  };

  describe("the relay", () => {
    it("keeps what it gives up, open, with its reason and the attempt that was its last", async () => {
      // Prepare
      const event = await newRecord(ledger);
      // Act
      const { givenUp } = await round();
      // Assess
      assert.equal(givenUp, 1);
      const { id, state, reason, attempt, recordId, version } = (await readFailure(store, failureId(event))) ?? {};
      assert.deepEqual(
        { id, state, reason, attempt, recordId, version },
        { id: failureId(event), state: "open", reason: `${event.eventId} ABORTED`, attempt: 1, recordId: event.id, version: 1 },
      );
      assert.deepEqual(await openIds(), [failureId(event)]);
    });

    it("gives nothing up that it cannot keep, and does both in a later round", async () => {
      // Prepare
      const event = await newRecord(ledger);
      const { withdraw } = failureKeeper(store);
      // Act
      const { errors } = await round({ keep: () => Promise.reject(new Error("The table is gone.")), withdraw });
      const meanwhile = await stored(ledger, event.id);
      const { givenUp } = await round();
      // Assess
      assert.equal(errors.length, 1);
      assert.deepEqual([meanwhile.pending.size, meanwhile.failed.size, givenUp], [1, 0, 1]);
    });

    it("that dies between keeping and giving up does both again, and the failure is there once", async () => {
      // Prepare
      const event = await newRecord(ledger);
      const { keep, withdraw } = failureKeeper(store);
      const dies: FailureKeeper = { keep: (event) => keep(event).then(() => Promise.reject(new Error("killed"))), withdraw };
      // Act
      await round(dies);
      const { givenUp } = await round();
      // Assess
      assert.equal(givenUp, 1);
      assert.deepEqual(await openIds(), [failureId(event)]);
    });

    it("withdraws what it kept where the event is settled just then", async () => {
      // Prepare
      const event = await newRecord(ledger);
      const { keep, withdraw } = failureKeeper(store);
      const quicker: FailureKeeper = {
        keep: async (givenUp) => {
          await keep(givenUp);
          await writeHistory(ledger, event);
        },
        withdraw,
      };
      // Act
      const { givenUp } = await round(quicker);
      // Assess
      assert.equal(givenUp, 0);
      assert.deepEqual(await openIds(), []);
      assert.equal((await readFailure(store, failureId(event)))?.state, "resolved");
    });
  });

  describe("redriving an event", () => {
    it("puts it on its way under the next attempt, and closes the failure", async () => {
      // Prepare
      const event = await newRecord(ledger);
      await round();
      // Act
      const outcome = await redriveAgain(failureId(event));
      // Assess
      assert.deepEqual(outcome, { outcome: "redriven" });
      const { pending, failed } = await stored(ledger, event.id);
      assert.deepEqual([pending.get(1)?.attempt, failed.size], [2, 0]);
      assert.deepEqual(await openIds(), []);
    });

    it("happens once when two ask for it, and both are told that it is done", async () => {
      // Prepare
      const event = await newRecord(ledger);
      await round();
      // Act
      const outcomes = await Promise.all([redriveAgain(failureId(event)), redriveAgain(failureId(event))]);
      // Assess
      assert.deepEqual(outcomes, [{ outcome: "redriven" }, { outcome: "redriven" }]);
      assert.equal((await stored(ledger, event.id)).pending.get(1)?.attempt, 2);
    });

    it("opens a new failure where it is given up again, which can be redriven again", async () => {
      // Prepare
      const event = await newRecord(ledger);
      await round();
      await redriveAgain(failureId(event));
      // Act
      await round();
      const open = await openIds();
      const outcome = await redriveAgain(failureId(event));
      // Assess
      assert.deepEqual(open, [failureId(event)]);
      assert.deepEqual(outcome, { outcome: "redriven" });
      assert.equal((await stored(ledger, event.id)).pending.get(1)?.attempt, 3);
    });

    it("waits for the relay where that has kept it but not given it up yet", async () => {
      // Prepare
      const event = await newRecord(ledger);
      const { eventId, version, id: recordId } = event;
      await keepGivenUp(store, { kind: "requests", eventId, recordId, version, attempt: 1, reason: "no worker" });
      // Act
      const outcome = await redriveAgain(failureId(event));
      // Assess
      assert.deepEqual(outcome, { outcome: "tooSoon" });
      assert.deepEqual(await openIds(), [failureId(event)]);
    });

    it("only closes the failure where the event has been settled", async () => {
      // Prepare
      const event = await newRecord(ledger);
      const { eventId, version, id: recordId } = event;
      await keepGivenUp(store, { kind: "requests", eventId, recordId, version, attempt: 1, reason: "no worker" });
      await writeHistory(ledger, event);
      // Act
      const outcome = await redriveAgain(failureId(event));
      // Assess
      assert.deepEqual(outcome, { outcome: "resolved" });
      assert.deepEqual(await openIds(), []);
    });

    it("says so where there is no such failure, or it is closed", async () => {
      // Prepare
      const event = await newRecord(ledger);
      await round();
      await redriveAgain(failureId(event));
      // Assess
      assert.deepEqual(await redriveAgain(failureId(event)), { outcome: "notOpen", state: "redriven" });
      assert.deepEqual(await redriveAgain("EVENT#requests#none-1"), { outcome: "missing" });
    });
  });

  describe("redriving a dead letter", () => {
    const letter = (body: string) => {
      return { queue: "requests-queue", messageId: randomUUID(), kind: "requests", body, reason: "no such record", state: "open" as const };
    };

    it("sends its body to its queue again, and closes the failure", async () => {
      // Prepare
      const kept = letter('{"v":1}');
      await keepDeadLetter(store, kept);
      // Act
      const outcomes = [await redriveAgain(messageFailureId(kept)), await redriveAgain(messageFailureId(kept))];
      // Assess
      assert.deepEqual(outcomes, [{ outcome: "redriven" }, { outcome: "notOpen", state: "redriven" }]);
      assert.deepEqual(sent, ['requests-queue {"v":1}']);
    });

    it("leaves it open where its body could not be sent", async () => {
      // Prepare
      const kept = letter("{}");
      await keepDeadLetter(store, kept);
      const down = { ledgerOf: () => undefined, send: () => Promise.reject(new Error("The queue is gone.")) };
      // Act
      await assert.rejects(redriveFailure(store, messageFailureId(kept), down));
      // Assess
      assert.deepEqual(await openIds(), [messageFailureId(kept)]);
    });

    it("does not send a body of which only the beginning was kept", async () => {
      // Prepare
      const kept = letter("x".repeat(300_000));
      await keepDeadLetter(store, kept);
      // Assess
      assert.deepEqual(await redriveAgain(messageFailureId(kept)), { outcome: "tooLong" });
      assert.deepEqual(sent, []);
    });
  });
});
