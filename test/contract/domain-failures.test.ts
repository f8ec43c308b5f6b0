import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { GetItemCommand } from "@aws-sdk/client-dynamodb";
import {
  attemptsOf,
  closeFailure,
  type DeadLetter,
  eventFailureId,
  type FailureStore,
  type GivenUpEvent,
  keepDeadLetter,
  keepGivenUp,
  listFailures,
  listFailuresOf,
  messageFailureId,
  noteAttempt,
  readFailure,
} from "../../domain/failures.ts";
import { ATTEMPTS_NOTED_MAX, FAILURE_BODY_BYTES_MAX, FAILURE_KEPT_MS } from "../../domain/limits.ts";
import { sweepExpired } from "../../domain/sweep.ts";
import { aws } from "./support/endpoint.ts";
import { dropTable, FakeClock } from "./support/ledger.ts";
import { newFailuresTable } from "./support/worker.ts";

describe("Failures, on DynamoDB", () => {
  let time: FakeClock;
  let store: FailureStore;
  before(async () => {
    time = new FakeClock();
    store = { table: await newFailuresTable(), client: aws().dynamodb, clock: () => time.now };
  });
  after(() => dropTable(store.table));

  const newKey = () => ({ queue: "requests-queue", messageId: randomUUID() });
  const letter = (more: Partial<DeadLetter> = {}): DeadLetter => {
    return { ...newKey(), kind: randomUUID(), body: "{}", reason: "no such record", state: "open", ...more };
  };
  const givenUp = (more: Partial<GivenUpEvent> = {}): GivenUpEvent => {
    const recordId = randomUUID();
    return { kind: randomUUID(), eventId: `${recordId}-2`, recordId, version: 2, attempt: 3, reason: "no worker", ...more };
  };
  const openOf = async (kind: string) => (await listFailures(store, kind, 100)).failures.map(({ id }) => id);
  const expiresAt = async (id: string) => {
    const { Item: item } = await aws().dynamodb.send(
      new GetItemCommand({ TableName: store.table, Key: { PK: { S: id } }, ConsistentRead: true }),
    );
    return item?.expiresAt === undefined ? undefined : Number(item.expiresAt.N);
  };
  const inThirtyDays = () => Math.ceil((time.now + FAILURE_KEPT_MS) / 1_000);

  describe("notes of failed attempts", () => {
    it("are kept in their order, with the moment, the count of receives and the reason, and expire", async () => {
      // Prepare
      const key = newKey();
      // Act
      await noteAttempt(store, key, { receives: 1, reason: "first" });
      time.advance(1_000);
      await noteAttempt(store, key, { receives: 2, reason: "x".repeat(1_000) });
      // Assess
      const [first, second, ...more] = await attemptsOf(store, key);
      assert.deepEqual([first?.receives, first?.reason, second?.receives, second?.reason.length], [1, "first", 2, 300]);
      assert.equal(second?.at, new Date(time.now).toISOString());
      assert.deepEqual(more, []);
      assert.equal(await expiresAt(messageFailureId(key)), inThirtyDays());
    });

    it("are bounded: the last twenty stay", async () => {
      // Prepare
      const key = newKey();
      // Act
      for (let receives = 1; receives <= ATTEMPTS_NOTED_MAX + 3; receives++) await noteAttempt(store, key, { receives, reason: "no" });
      // Assess
      const receives = (await attemptsOf(store, key)).map((attempt) => attempt.receives);
      assert.deepEqual([receives.length, receives[0], receives.at(-1)], [ATTEMPTS_NOTED_MAX, 4, ATTEMPTS_NOTED_MAX + 3]);
    });

    it("are none of a message that nobody noted anything of", async () => {
      assert.deepEqual(await attemptsOf(store, newKey()), []);
    });

    it("are no failure by themselves", async () => {
      // Prepare
      const key = newKey();
      await noteAttempt(store, key, { receives: 1, reason: "no" });
      // Assess
      assert.equal((await readFailure(store, messageFailureId(key)))?.state, "noted");
    });

    it("do not come on top of a dead letter that is kept already", async () => {
      // Prepare
      const kept = letter();
      await keepDeadLetter(store, kept);
      // Act
      await noteAttempt(store, kept, { receives: 6, reason: "late" });
      // Assess
      assert.deepEqual(await attemptsOf(store, kept), []);
      assert.equal(await expiresAt(messageFailureId(kept)), undefined);
    });
  });

  describe("dead letters", () => {
    it("are kept open beside the attempts at them, and no longer expire", async () => {
      // Prepare
      const kept = letter({ eventId: "r1-2", recordId: "r1", body: '{"v":1}' });
      await noteAttempt(store, kept, { receives: 1, reason: "no" });
      // Act
      await keepDeadLetter(store, kept);
      // Assess
      const { attempts = [], ...found } = (await readFailure(store, messageFailureId(kept))) ?? {};
      assert.deepEqual(found, {
        id: messageFailureId(kept),
        ...kept,
        attempt: 1,
        bodyCut: false,
        failedAt: new Date(time.now).toISOString(),
      });
      assert.equal(attempts.length, 1);
      assert.deepEqual(await openOf(kept.kind), [messageFailureId(kept)]);
      assert.equal(await expiresAt(messageFailureId(kept)), undefined);
    });

    for (const state of ["retrying", "resolved"] as const) {
      it(`are kept but not open where they are ${state}, and expire`, async () => {
        // Prepare
        const kept = letter({ state });
        // Act
        await keepDeadLetter(store, kept);
        // Assess
        assert.deepEqual(await openOf(kept.kind), []);
        assert.equal((await readFailure(store, messageFailureId(kept)))?.state, state);
        assert.equal(await expiresAt(messageFailureId(kept)), inThirtyDays());
      });
    }

    it("are not opened again by being kept again", async () => {
      // Prepare
      const kept = letter();
      await keepDeadLetter(store, kept);
      await closeFailure(store, { id: messageFailureId(kept), attempt: 1 }, "redriven");
      // Act
      await keepDeadLetter(store, kept);
      // Assess
      assert.deepEqual(await openOf(kept.kind), []);
    });

    it("keep the largest body a queue takes cut, between two characters, and say so", async () => {
      // Prepare
      const kept = letter({ body: "€".repeat(350_000) });
      // Act
      await keepDeadLetter(store, kept);
      // Assess
      const { body = "", bodyCut } = (await readFailure(store, messageFailureId(kept))) ?? {};
      assert.equal(bodyCut, true);
      assert.ok(Buffer.byteLength(body) > FAILURE_BODY_BYTES_MAX - 4 && Buffer.byteLength(body) <= FAILURE_BODY_BYTES_MAX);
      assert.equal(body.replaceAll("€", ""), "");
    });
  });

  describe("events given up", () => {
    it("are open under their event's name, and once, however often they are kept", async () => {
      // Prepare
      const event = givenUp();
      // Act
      await keepGivenUp(store, event);
      time.advance(1_000);
      await keepGivenUp(store, event);
      // Assess
      const id = eventFailureId(event.kind, event.eventId);
      assert.deepEqual(await openOf(event.kind), [id]);
      assert.equal((await readFailure(store, id))?.failedAt, new Date(time.now - 1_000).toISOString());
    });

    it("are opened again by a later attempt that was given up, not by the same one", async () => {
      // Prepare
      const event = givenUp();
      const id = eventFailureId(event.kind, event.eventId);
      await keepGivenUp(store, event);
      await closeFailure(store, { id, attempt: 3 }, "redriven");
      // Act
      await keepGivenUp(store, event);
      const afterTheSame = await openOf(event.kind);
      await keepGivenUp(store, { ...event, attempt: 4 });
      // Assess
      assert.deepEqual(afterTheSame, []);
      assert.deepEqual(await openOf(event.kind), [id]);
      assert.equal(await expiresAt(id), undefined);
    });
  });

  describe("closing", () => {
    it("takes a failure out of the list, keeps it for thirty days, and happens once", async () => {
      // Prepare
      const kept = letter();
      await keepDeadLetter(store, kept);
      const failure = { id: messageFailureId(kept), attempt: 1 };
      // Act
      const outcomes = [await closeFailure(store, failure, "redriven"), await closeFailure(store, failure, "resolved")];
      // Assess
      assert.deepEqual(outcomes, [true, false]);
      assert.deepEqual(await openOf(kept.kind), []);
      const closed = await readFailure(store, failure.id);
      assert.deepEqual([closed?.state, closed?.closedAt], ["redriven", new Date(time.now).toISOString()]);
      assert.equal(await expiresAt(failure.id), inThirtyDays());
    });

    it("does not close for an earlier attempt what a later one has opened", async () => {
      // Prepare
      const event = givenUp({ attempt: 4 });
      await keepGivenUp(store, event);
      // Act
      const isClosed = await closeFailure(store, { id: eventFailureId(event.kind, event.eventId), attempt: 3 }, "redriven");
      // Assess
      assert.equal(isClosed, false);
      assert.equal((await openOf(event.kind)).length, 1);
    });

    it("makes nothing of a failure that is not there", async () => {
      const id = messageFailureId(newKey());
      assert.equal(await closeFailure(store, { id, attempt: 1 }, "resolved"), false);
      assert.equal(await readFailure(store, id), undefined);
    });
  });

  describe("the list", () => {
    it("goes through a kind's failures page by page, newest first, without their bodies, each once", async () => {
      // Prepare
      const kind = randomUUID();
      const letters: string[] = [];
      for (let count = 0; count < 5; count++) {
        const kept = letter({ kind });
        await keepDeadLetter(store, kept);
        letters.push(messageFailureId(kept));
        time.advance(1_000);
      }
      await keepDeadLetter(store, letter());
      // Act
      const pages: string[][] = [];
      let position: string | undefined;
      do {
        const page = await listFailures(store, kind, 2, position);
        assert.ok(page.failures.every(({ body }) => body === undefined));
        pages.push(page.failures.map(({ id }) => id));
        position = page.position;
      } while (position !== undefined);
      // Assess
      assert.deepEqual(pages.flat(), letters.reverse());
      assert.ok(pages.every((page) => page.length <= 2));
    });
  });

  it("of several kinds are listed together, newest first, page by page, each once", async () => {
    // Prepare: two kinds in turn, some at the same moment, and a kind that nobody asks for; another has none.
    const kinds = [randomUUID(), randomUUID(), randomUUID()];
    const kept: string[] = [];
    for (const [index, ms] of [
      [0, 1_000],
      [1, 0],
      [0, 1_000],
      [0, 0],
      [0, 1_000],
      [1, 1_000],
      [1, 1_000],
    ] as const) {
      const one = letter({ kind: kinds[index] ?? assert.fail() });
      await keepDeadLetter(store, one);
      kept.push(`${new Date(time.now).toISOString()}#${messageFailureId(one)}`);
      time.advance(ms);
    }
    await keepDeadLetter(store, letter());
    for (const size of [1, 2, 3, 7, 100]) {
      // Act
      const pages: string[][] = [];
      let position: string | undefined;
      do {
        const page = await listFailuresOf(store, kinds, size, position);
        pages.push(page.failures.map(({ failedAt, id }) => `${failedAt}#${id}`));
        position = page.position;
      } while (position !== undefined);
      // Assess
      assert.deepEqual(pages.flat(), kept.toSorted().reverse());
      assert.ok(pages.slice(0, -1).every((page) => page.length === size));
    }
  });

  it("are swept when they have expired, open ones never", async () => {
    // Prepare
    const [open, closed] = [letter(), letter({ state: "resolved" })];
    await keepDeadLetter(store, open);
    await keepDeadLetter(store, closed);
    // Act
    time.advance(FAILURE_KEPT_MS + 1_000);
    await sweepExpired(store);
    // Assess
    const found = [await readFailure(store, messageFailureId(open)), await readFailure(store, messageFailureId(closed))];
    assert.deepEqual(
      found.map((failure) => failure?.state),
      ["open", undefined],
    );
  });
});
