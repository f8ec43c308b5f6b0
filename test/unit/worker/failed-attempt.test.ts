import assert from "node:assert/strict";
import fc from "fast-check";
import { newEvent } from "../../../domain/event.ts";
import type { MessageKey } from "../../../domain/failures.ts";
import { Counters } from "../../../worker/counters.ts";
import { failedAttempt, hideSeconds } from "../../../worker/failed-attempt.ts";
import type { Message } from "../../../worker/queue.ts";
import { Unusable } from "../../../worker/step.ts";
import { captureLog } from "../../support/log.ts";

describe("A failed attempt at a message", () => {
  const noted: object[] = [];
  let note: (key: MessageKey, attempt: object) => Promise<void>;
  beforeEach(() => {
    noted.length = 0;
    note = async (key, attempt) => void noted.push({ ...key, ...attempt });
  });
  const message = (receives: number): Message => ({ id: "m1", receiptHandle: "h1", body: "{}", receives });
  const fail = (receives: number, error: unknown, random = 0.5) => {
    const options = {
      queueUrl: "http://sqs.test/000000000000/requests-queue",
      receivesMax: 5,
      visibilitySeconds: 30,
      logger: captureLog().logger,
    };
    const counters = new Counters();
    return failedAttempt({ ...options, note: (key, attempt) => note(key, attempt), counters, random: () => random })(
      message(receives),
      error,
    );
  };

  it("is noted with its reason under the message's queue and id", async () => {
    await fail(2, new TypeError("It went wrong."));
    assert.deepEqual(noted, [{ queue: "requests-queue", messageId: "m1", receives: 2, reason: "TypeError: It went wrong." }]);
  });

  it("is told with the event and the call it goes back to, where its body says so", async () => {
    // Prepare
    const { logger, lines } = captureLog();
    const options = { queueUrl: "http://sqs.test/queue", receivesMax: 5, visibilitySeconds: 30, counters: new Counters(), random: () => 0 };
    const facts = { kind: "k", id: "r1", version: 2, from: "OPEN", to: "OPEN", changedAt: "2026-01-01T00:00:00.000Z" };
    const event = newEvent({ ...facts, changeId: "c", type: "t", http: "call-1" });
    const body = JSON.stringify({ v: 1, step: "do", taskToken: "a-token", execution: "r1-2", event });
    const failing = failedAttempt({ ...options, note: (key, attempt) => note(key, attempt), logger });
    // Act
    for (const one of [body, "{}", "not json"]) await failing({ ...message(1), body: one }, new Error("no"));
    // Assess
    assert.deepEqual(
      lines.map(({ eventId, http }) => [eventId, http]),
      [
        ["r1-2", "call-1"],
        [undefined, undefined],
        [undefined, undefined],
      ],
    );
    assert.ok(!JSON.stringify(lines).includes("a-token"));
  });

  it("makes the message wait the longer the more often it was received", async () => {
    const waits = [await fail(1, new Error("no")), await fail(2, new Error("no")), await fail(3, new Error("no"))];
    assert.deepEqual(waits, [3, 5, 10]);
  });

  it("makes a message wait anywhere between nothing and a bound that doubles up to four times its visibility", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000 }), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (receives, random) => {
        const seconds = hideSeconds(receives, random, 30);
        assert.ok(Number.isInteger(seconds) && seconds >= 0 && seconds <= Math.min(120, 5 * 2 ** (receives - 1)));
      }),
    );
    assert.equal(hideSeconds(1_000, 0.9999, 30), 120);
    assert.equal(hideSeconds(1_000, 0.9999, 5), 20);
  });

  it("sends what no repetition can help to the dead letters without delay", async () => {
    assert.equal(await fail(1, new Unusable("There is no such step.")), 0);
  });

  it("does not wait after the last attempt the queue allows", async () => {
    assert.equal(await fail(5, new Error("no")), 0);
  });

  it("makes the message wait just as well where it cannot be noted", async () => {
    note = () => Promise.reject(new Error("The table is gone."));
    assert.equal(await fail(1, new Error("no")), 3);
  });

  it("is noted by its code where the error has no sentence", async () => {
    await fail(1, Object.assign(new AggregateError([]), { code: "ECONNREFUSED" }));
    assert.deepEqual(noted, [{ queue: "requests-queue", messageId: "m1", receives: 1, reason: "AggregateError: ECONNREFUSED" }]);
  });
});
