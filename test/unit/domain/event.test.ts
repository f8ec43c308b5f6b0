import assert from "node:assert/strict";
import fc from "fast-check";
import { CorruptItem, type Item } from "../../../domain/attributes.ts";
import {
  entryOf,
  formatEntry,
  formatInput,
  InvalidEvent,
  isNote,
  newEvent,
  originIn,
  parseEntry,
  parseEvent,
  parseInput,
} from "../../../domain/event.ts";
import { eventFacts } from "./arbitraries.ts";

const AT = "2026-01-01T00:00:00.000Z";
const facts = { kind: "requests", id: "a", version: 2, from: "PENDING", to: "IN_PROGRESS", changedAt: AT, changeId: "c", type: "changed" };

describe("an event", () => {
  it("is read from its input as it was written", () => {
    fc.assert(
      fc.property(eventFacts, (facts) => {
        const event = newEvent(facts);
        assert.deepEqual(parseInput(formatInput(event)), event);
        assert.equal(event.eventId, `${facts.id}-${facts.version}`);
      }),
      { numRuns: 2_000 },
    );
  });

  it("is understood with what a newer version has added", () => {
    const newer = { ...newEvent(facts), v: 2, colour: "blue", nested: { deep: [1] } };
    assert.deepEqual(parseInput(JSON.stringify(newer)), { ...newEvent(facts), v: 2 });
  });

  it("is refused, by a name and a sentence, where it is none", () => {
    const event = newEvent(facts);
    const bad: unknown[] = [null, 1, "x", [], {}, { ...event, id: "a#" }, { ...event, eventId: "a-3" }, { ...event, version: 1.5 }];
    bad.push({ ...event, version: "2" }, { ...event, to: 1 }, { ...event, to: "" }, { ...event, from: undefined }, { ...event, v: 0 });
    bad.push({ ...event, note: 1 }, { ...event, changeId: undefined }, { ...event, traceparent: null });
    bad.push({ ...event, http: 7 }, { ...event, http: "x".repeat(129) });
    bad.push({ ...event, details: null }, { ...event, details: "x" }, { ...event, details: ["x"] }, { ...event, details: { title: 1 } });
    for (const value of bad) assert.throws(() => parseEvent(value), InvalidEvent, JSON.stringify(value));
    assert.throws(() => parseInput("{"), { name: "InvalidEvent", message: "The event is not JSON." });
  });

  it("tells which call it goes back to, as far as it can be read", () => {
    const call = { http: "call-1", traceparent: "00-1-2-01" };
    assert.deepEqual(originIn(formatInput(newEvent({ ...facts, ...call }))), call);
    assert.deepEqual(originIn(formatInput(newEvent(facts))), {});
    for (const input of ["", "{", "null", '{"http":"call-1"}']) assert.deepEqual(originIn(input), {});
  });

  it("never makes its reader fail otherwise, whatever it is given", () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string()), (json) => {
        try {
          parseInput(json);
        } catch (error) {
          assert.ok(error instanceof InvalidEvent);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it("is not made with an id, a note or a call's id beyond what is allowed", () => {
    assert.throws(() => newEvent({ ...facts, id: "a b" }), InvalidEvent);
    assert.throws(() => newEvent({ ...facts, note: "é".repeat(251) }), InvalidEvent);
    assert.equal(newEvent({ ...facts, note: "é".repeat(250) }).note?.length, 250);
    assert.throws(() => newEvent({ ...facts, http: "x".repeat(129) }), InvalidEvent);
    assert.equal(newEvent({ ...facts, http: "x".repeat(128) }).http?.length, 128);
    assert.deepEqual([isNote("x".repeat(500)), isNote("x".repeat(501)), isNote("")], [true, false, true]);
  });
});

describe("an entry", () => {
  it("is read from an item as it was written", () => {
    fc.assert(
      fc.property(eventFacts, fc.option(fc.string(), { nil: undefined }), (facts, failure) => {
        const entry = entryOf(newEvent(facts), AT, failure);
        assert.deepEqual(parseEntry(formatEntry(entry)), entry);
      }),
      { numRuns: 2_000 },
    );
  });

  it("has exactly the change and when it was notified, and nothing of its way", () => {
    const entry = entryOf(newEvent({ ...facts, note: "n", traceparent: "t", http: "h", details: { title: "d" } }), AT);
    assert.deepEqual(Object.keys(formatEntry(entry)).sort(), [
      "changeId",
      "changedAt",
      "eventId",
      "from",
      "note",
      "notifiedAt",
      "to",
      "type",
      "version",
    ]);
    assert.deepEqual(formatEntry(entryOf(newEvent({ ...facts, from: null }), AT)).from, { NULL: true });
  });

  it("is refused, by the attribute's name, where it is not whole", () => {
    const whole = formatEntry(entryOf(newEvent(facts), AT));
    for (const name of Object.keys(whole)) {
      const { [name]: _, ...rest } = whole;
      assert.throws(() => parseEntry(rest), CorruptItem, name);
      const wrong: Item = { ...whole, [name]: { BOOL: true } };
      assert.throws(() => parseEntry(wrong), { name: "CorruptItem", message: new RegExp(name) }, name);
    }
  });
});
