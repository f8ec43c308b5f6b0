import assert from "node:assert/strict";
import fc from "fast-check";
import { maskTaskToken, parseTaskMessage, taskTokenOf } from "../../../workflows/message.ts";

describe("A task's message", () => {
  const event = {
    ...{ v: 1, eventId: "r1-2", kind: "requests", id: "r1", version: 2, from: "PENDING", to: "IN_PROGRESS" },
    ...{ changedAt: "2026-01-01T00:00:00.000Z", changeId: "c1", type: "request.status-changed" },
  };
  const fields = { v: 1, step: "writeHistory", taskToken: "AQB8token", execution: "r1-2", event };

  it("is read with fields it may have from a newer workflow", () => {
    assert.deepEqual(parseTaskMessage(JSON.stringify({ ...fields, v: 2, priority: "high" })), {
      step: "writeHistory",
      taskToken: "AQB8token",
      execution: "r1-2",
      event,
    });
  });

  for (const [what, body] of [
    ["no JSON", "{"],
    ["no object", "[]"],
    ["no step", JSON.stringify({ ...fields, step: 7 })],
    ["a token with a space", JSON.stringify({ ...fields, taskToken: "a b" })],
    ["no execution's name", JSON.stringify({ ...fields, execution: "a b" })],
    ["another event's id", JSON.stringify({ ...fields, event: { ...event, eventId: "r1-3" } })],
  ] as const) {
    it(`is refused where it has ${what}`, () => {
      assert.throws(() => parseTaskMessage(body), { name: "InvalidMessage" });
    });
  }

  it("is refused, whatever it is, by that error alone", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.record({ step: fc.json(), event: fc.object() }).map((one) => JSON.stringify(one)),
        ),
        (body) => {
          assert.throws(() => parseTaskMessage(body), { name: "InvalidMessage" });
        },
      ),
    );
  });

  it("keeps no token once it is masked, wherever in it the token was, and is the same otherwise", () => {
    const token = fc.stringMatching(/^[A-Za-z0-9+/=_-]{20,60}$/);
    fc.assert(
      fc.property(token, fc.jsonValue(), (taskToken, payload) => {
        const masked = maskTaskToken(JSON.stringify({ payload, taskToken, inner: [{ taskToken }] }));
        assert.ok(!masked.includes(taskToken));
        assert.deepEqual(
          JSON.parse(masked),
          JSON.parse(JSON.stringify({ payload, taskToken: "[masked]", inner: [{ taskToken: "[masked]" }] })),
        );
      }),
    );
  });

  it("keeps no token either where it is cut off or mangled", () => {
    const whole = JSON.stringify(fields);
    for (let length = 0; length < whole.length; length++) {
      const masked = maskTaskToken(whole.slice(0, length));
      assert.ok(!masked.includes("AQB8"), masked);
    }
  });

  it("without a token stays as it is, to the byte", () => {
    for (const body of ['{ "order_id" : 1.0 }', "not json", ""]) assert.equal(maskTaskToken(body), body);
  });

  it("that is masked is still one in form, so that it can be sent again", () => {
    const masked = maskTaskToken(JSON.stringify(fields));
    assert.equal(parseTaskMessage(masked).taskToken, "[masked]");
    assert.equal(taskTokenOf(masked), "[masked]");
  });
});
