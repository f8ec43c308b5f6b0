import assert from "node:assert/strict";
import { CorruptItem, type Item, map, maps, text, whole } from "../../../domain/attributes.ts";
import { entryOf, formatEntry, formatInput, newEvent } from "../../../domain/event.ts";
import {
  CALL_ID_LENGTH_MAX,
  FAILED_MAX,
  HISTORY_ENTRIES_MAX,
  NOTE_BYTES_MAX,
  PENDING_MAX,
  REASON_LENGTH_MAX,
} from "../../../domain/limits.ts";
import { assertAttributes, setAttributes } from "../../../domain/own-attributes.ts";
import { entryIn, formatFailed, formatPending, newRecordItem, parseHead, parseRecord, recordAsMade } from "../../../domain/record.ts";

const AT = "2026-01-01T00:00:00.000Z";

function eventOf(version: number) {
  const from = version === 1 ? null : "OPEN";
  return newEvent({ kind: "k", id: "a", version, from, to: "OPEN", changedAt: AT, changeId: `c${version}`, type: "t" });
}

function pendingOf(version: number) {
  return { changeId: `c${version}`, input: formatInput(eventOf(version)), changedAt: AT, attempt: 1 };
}

/** Archived up to 50, history up to 52, events 51, 53 and 54 pending. */
function wholeItem(): Record<string, Item[string]> {
  return {
    ...newRecordItem("OPEN", pendingOf(1)),
    PK: text("K#a"),
    v: whole(1),
    version: whole(54),
    historyVersion: whole(52),
    archivedVersion: whole(50),
    statusHistory: maps([51, 52].map((version) => formatEntry(entryOf(eventOf(version), AT)))),
    pending: map(Object.fromEntries([54, 51, 53].map((version) => [version, map(formatPending(pendingOf(version)))]))),
    failed: map({ 52: map(formatFailed({ ...pendingOf(52), reason: "why", failedAt: AT })) }),
    pendingShard: text("k-0"),
    pendingDue: whole(7),
    pendingSince: whole(5),
    title: text("own"),
  };
}

/** A record that has as much of everything as it may: notes that double when they are written as JSON, all ids at their longest. */
function fullestItem(): Item {
  const many = (count: number) => Array.from({ length: count }, (_, index) => 900_000_000 + index);
  const fullestEvent = (version: number) =>
    newEvent({
      ...{ kind: "requests", id: "i".repeat(48), version, from: "IN_PROGRESS", to: "IN_PROGRESS", changedAt: AT },
      ...{ changeId: "c".repeat(64), type: "request.status-changed", note: '"'.repeat(NOTE_BYTES_MAX) },
      ...{ http: "h".repeat(CALL_ID_LENGTH_MAX), traceparent: "t".repeat(55) },
    });
  const pending = (version: number) => ({ changeId: "c".repeat(64), input: formatInput(fullestEvent(version)), changedAt: AT, attempt: 1 });
  const failed = (version: number) => ({ ...pending(version), reason: "r".repeat(REASON_LENGTH_MAX), failedAt: AT });
  return {
    ...newRecordItem("IN_PROGRESS", pending(1)),
    statusHistory: maps(many(HISTORY_ENTRIES_MAX).map((version) => formatEntry(entryOf(fullestEvent(version), AT)))),
    pending: map(Object.fromEntries(many(PENDING_MAX).map((version) => [version, map(formatPending(pending(version)))]))),
    failed: map(Object.fromEntries(many(FAILED_MAX).map((version) => [version, map(formatFailed(failed(version)))]))),
  };
}

/** As DynamoDB counts, or a little more: texts and names by their bytes, numbers by their digits, three for a map or a list. */
function bytesOf({ S, N, L = [], M = {} }: Item[string]): number {
  const entries = Object.entries(M).map(([name, value]) => Buffer.byteLength(name) + bytesOf(value) + 1);
  return [...entries, ...L.map((value) => bytesOf(value) + 1)].reduce((sum, bytes) => sum + bytes, 3 + Buffer.byteLength(S ?? N ?? ""));
}

describe("a stored record", () => {
  it("fits an item with all that may be on its way, given up and in history at once, and leaves its kind a tenth", () => {
    const bytes = bytesOf({ M: fullestItem() });
    assert.ok(bytes > 250_000 && bytes < 0.9 * 400 * 1_024, `${bytes} bytes`);
  });

  it("is read with its events in the order of their versions and its kind's attributes apart", () => {
    const record = parseRecord(wholeItem());
    assert.deepEqual([record.status, record.version, record.historyVersion, record.archivedVersion], ["OPEN", 54, 52, 50]);
    assert.deepEqual([[...record.pending.keys()], [...record.failed.keys()], record.pendingDue], [[51, 53, 54], [52], 7]);
    assert.deepEqual(record.pending.get(53), pendingOf(53));
    assert.deepEqual(record.failed.get(52), { ...pendingOf(52), reason: "why", failedAt: AT });
    assert.deepEqual(record.attributes, { title: text("own") });
    assert.deepEqual([entryIn(record, 51)?.version, entryIn(record, 50), entryIn(record, 53)], [51, undefined, undefined]);
  });

  it("is told as it was made from the event of its creation, with the details of that", () => {
    // Prepare
    const made = newEvent({ ...eventOf(1), details: { title: "own" } });
    const pending = { changeId: "c1", input: formatInput(made), changedAt: AT, attempt: 1 };
    const item = { ...newRecordItem("OPEN", pending), PK: text("K#a"), v: whole(1), pendingShard: text("k-0"), title: text("own") };
    // Act
    const record = recordAsMade(made);
    // Assess
    assert.deepEqual(
      { ...record, pending: new Map([[1, pending]]) },
      parseRecord({ ...item, pendingDue: whole(Date.parse(AT)), pendingSince: whole(Date.parse(AT)) }),
    );
    assert.deepEqual(record.pending, new Map([[1, { ...pending, event: made }]]));
  });

  it("shows a change what it needs from a part of the item", () => {
    const { status, version, pending, failed } = wholeItem();
    const head = parseHead({
      ...(status && { status }),
      ...(version && { version }),
      ...(pending && { pending }),
      ...(failed && { failed }),
    });
    assert.deepEqual([head.status, head.version, head.pending.size, head.failed.size], ["OPEN", 54, 3, 1]);
  });

  it("is not believed where history has a gap, an event is lost or the index does not fit", () => {
    const entries = (...versions: number[]) => maps(versions.map((version) => formatEntry(entryOf(eventOf(version), AT))));
    const { pendingDue, ...outOfIndex } = wholeItem();
    const bad: [string, Item][] = [
      ["statusHistory", { ...wholeItem(), statusHistory: entries(51) }],
      ["statusHistory", { ...wholeItem(), statusHistory: entries(52, 51) }],
      ["statusHistory", { ...wholeItem(), statusHistory: entries(51, 52, 53) }],
      ["pending", { ...wholeItem(), pending: map({ 54: map(formatPending(pendingOf(54))) }) }],
      ["pending.x", { ...wholeItem(), pending: map({ x: map(formatPending(pendingOf(54))) }) }],
      ["pendingDue", outOfIndex],
      ["pendingDue", { ...wholeItem(), version: whole(52), pending: map({}) }],
      ["status", { ...wholeItem(), status: whole(1) }],
    ];
    for (const [name, item] of bad)
      assert.throws(
        () => parseRecord(item),
        (error) => error instanceof CorruptItem && error.message.includes(name),
        name,
      );
    assert.ok(pendingDue !== undefined);
  });
});

describe("a kind's own attributes", () => {
  it("do not bear the names of the mechanism's", () => {
    for (const name of Object.keys(wholeItem()).filter((name) => name !== "title")) {
      assert.throws(() => assertAttributes({ [name]: text("x") }), { name: "TypeError", message: new RegExp(name) });
    }
    assertAttributes({ title: text("x") });
    assertAttributes(undefined);
  });

  it("are set behind others, each by a placeholder of its own", () => {
    assert.deepEqual(setAttributes({ size: text("x"), owner: whole(1) }), {
      clause: ", #own0 = :own0, #own1 = :own1",
      names: { "#own0": "size", "#own1": "owner" },
      values: { ":own0": text("x"), ":own1": whole(1) },
    });
    assert.deepEqual(setAttributes(), { clause: "", names: {}, values: {} });
  });
});
