import assert from "node:assert/strict";
import fc from "fast-check";
import { type ChangeEvent, entryOf, formatInput, newEvent } from "../../../domain/event.ts";
import { type Plan, planFor, unwrittenEvents, updateFor, usualPlan } from "../../../domain/history-plan.ts";
import type { StoredRecord } from "../../../domain/record.ts";

const AT = "2026-01-01T00:00:00.000Z";

function eventOf(version: number): ChangeEvent {
  const from = version === 1 ? null : "OPEN";
  return newEvent({ kind: "k", id: "a", version, from, to: "OPEN", changedAt: AT, changeId: `c${version}`, type: "t" });
}

/** A record with these events pending, beside those that are not yet in history. */
function recordOf(version: number, historyVersion: number, pending: readonly number[]): StoredRecord {
  const unwritten = Array.from({ length: version - historyVersion }, (_, index) => historyVersion + 1 + index);
  const versions = [...new Set([...pending.filter((one) => one <= version), ...unwritten])].sort((a, b) => a - b);
  const changes = versions.map(
    (one) => [one, { changeId: `c${one}`, input: formatInput(eventOf(one)), changedAt: AT, attempt: 1 }] as const,
  );
  const history = Array.from({ length: historyVersion }, (_, index) => entryOf(eventOf(index + 1), AT));
  const rest = { v: 1, createdAt: AT, updatedAt: AT, archivedVersion: 0, failed: new Map(), attributes: {} };
  const last = { notifiedAt: undefined, lastEventId: undefined, pendingDue: versions.length > 0 ? 1 : undefined };
  return { ...rest, ...last, status: "OPEN", version, historyVersion, history, pending: new Map(changes) };
}

function shapeOf(plan: Plan): unknown[] {
  if (plan.case === "A" || plan.case === "B") return [plan.case, plan.after, plan.events.map(({ version }) => version), plan.last];
  return plan.case === "C" ? ["C", plan.last] : [plan.case];
}

describe("planFor", () => {
  it("names the case by history and by what else is pending", () => {
    assert.deepEqual(shapeOf(planFor(recordOf(3, 2, [3]), eventOf(3))), ["A", 2, [3], true]);
    assert.deepEqual(shapeOf(planFor(recordOf(3, 1, []), eventOf(3))), ["B", 1, [2, 3], false]);
    assert.deepEqual(shapeOf(planFor(recordOf(3, 1, []), eventOf(2))), ["B", 1, [2], false]);
    assert.deepEqual(shapeOf(planFor(recordOf(3, 3, [2]), eventOf(2))), ["C", true]);
    assert.deepEqual(shapeOf(planFor(recordOf(3, 3, [1, 2]), eventOf(2))), ["C", false]);
    assert.deepEqual(shapeOf(planFor(recordOf(3, 3, [1]), eventOf(2))), ["D"]);
    assert.deepEqual(shapeOf(planFor(recordOf(3, 3, []), eventOf(4))), ["foreign"]);
    assert.deepEqual(shapeOf(planFor(recordOf(3, 2, []), { ...eventOf(3), changeId: "of another life" })), ["foreign"]);
  });

  it("takes for usual what it would plan for a record on which nothing else happens", () => {
    assert.deepEqual(usualPlan(eventOf(7)), planFor(recordOf(7, 6, []), eventOf(7)));
  });

  it("appends exactly what brings history up to the event, and leaves the index with the last one only", () => {
    const record = fc.tuple(fc.integer({ min: 1, max: 12 }), fc.nat(12), fc.array(fc.integer({ min: 1, max: 12 })));
    fc.assert(
      fc.property(record, fc.integer({ min: 1, max: 13 }), ([version, written, pending], n) => {
        const record = recordOf(version, Math.min(written, version), pending);
        const plan = planFor(record, eventOf(n));
        if (plan.case === "D" || plan.case === "foreign") return assert.equal(record.pending.has(n), false);
        assert.equal(plan.last, record.pending.size === 1);
        assert.equal(plan.case === "C", n <= record.historyVersion);
        if (plan.case === "C") return;
        assert.equal(plan.case === "A", plan.last);
        const versions = plan.events.map((event) => event.version);
        assert.deepEqual(
          versions,
          Array.from({ length: n - record.historyVersion }, (_, index) => record.historyVersion + 1 + index),
        );
      }),
      { numRuns: 1_000 },
    );
  });
});

describe("updateFor", () => {
  const key = eventOf(3);

  function shapeOfUpdate(record: StoredRecord): [string, string] {
    const plan = planFor(record, key);
    assert.ok(plan.case === "A" || plan.case === "B" || plan.case === "C");
    const entries = plan.case === "C" ? [] : plan.events.map((event) => entryOf(event, AT));
    const { update, condition } = updateFor(plan, key, entries, AT);
    return [update, condition];
  }

  const append =
    "SET #statusHistory = list_append(#statusHistory, :entries), #historyVersion = :newest, #notifiedAt = :notifiedAt, #lastEventId = :lastEventId";

  it("holds case A to being the only one, and takes the record out of the index", () => {
    assert.deepEqual(shapeOfUpdate(recordOf(3, 2, [])), [
      `${append} REMOVE #pending.#n, #pendingShard, #pendingDue, #pendingSince`,
      "#pending.#n.#changeId = :changeId AND size(#pending) = :one AND #historyVersion = :after",
    ]);
  });

  it("holds case B to others being pending, and leaves the record in the index", () => {
    assert.deepEqual(shapeOfUpdate(recordOf(4, 1, [])), [
      `${append} REMOVE #pending.#n`,
      "#pending.#n.#changeId = :changeId AND size(#pending) > :one AND #historyVersion = :after",
    ]);
  });

  it("only clears in case C", () => {
    assert.deepEqual(shapeOfUpdate(recordOf(3, 3, [1, 3])), [
      "REMOVE #pending.#n",
      "#pending.#n.#changeId = :changeId AND size(#pending) > :one",
    ]);
    assert.deepEqual(shapeOfUpdate(recordOf(3, 3, [3])), [
      "REMOVE #pending.#n, #pendingShard, #pendingDue, #pendingSince",
      "#pending.#n.#changeId = :changeId AND size(#pending) = :one",
    ]);
  });
});

describe("unwrittenEvents", () => {
  it("leaves out what is in history and what is later", () => {
    assert.deepEqual(
      unwrittenEvents(recordOf(5, 2, [1]), 4).map(({ version }) => version),
      [3, 4],
    );
  });
});
