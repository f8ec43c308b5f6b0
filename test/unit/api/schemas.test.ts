import assert from "node:assert/strict";
import fc from "fast-check";
import { changeBody, creationBody } from "../../../api/requests-form.ts";
import { limit, recordId } from "../../../api/schemas.ts";
import { NOTE_BYTES_MAX } from "../../../domain/limits.ts";

/** What a queue of SQS takes in a message. */
const TAKEN_BY_SQS = /^[\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]*$/u;

describe("The forms of calls", () => {
  it("take a title of up to 200 characters that is one line of at least 1 without what is around it", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 220 }), (title) => {
        const result = creationBody.safeParse({ title });
        const text = title.trim();
        const isLine = text.length >= 1 && [...title].length <= 200 && !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(text);
        assert.equal(result.success, isLine);
        if (result.success) assert.equal(result.data.title, text);
      }),
    );
  });

  it("take a note that a queue can carry, and that fits", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 520 }), (note) => {
        const { success } = changeBody.safeParse({ status: "ON_HOLD", note });
        if (success) {
          assert.ok(note.isWellFormed());
          assert.match(note, TAKEN_BY_SQS);
          assert.ok(Buffer.byteLength(note) <= NOTE_BYTES_MAX);
        }
      }),
    );
    for (const note of ["", "two\nlines\twith tabs\r\n", "é👩‍🔧 “quoted”", "x".repeat(NOTE_BYTES_MAX)])
      assert.ok(changeBody.safeParse({ status: "ON_HOLD", note }).success, note);
    for (const note of ["\ud800", "\udc00\ud800", "\u0000", "\u007f", "\uffff", "x".repeat(NOTE_BYTES_MAX + 1)])
      assert.ok(!changeBody.safeParse({ status: "ON_HOLD", note }).success, JSON.stringify(note));
  });

  it("take a limit within its bounds, in plain digits", () => {
    const upTo100 = limit(100, 20);
    fc.assert(
      fc.property(fc.integer({ min: -10, max: 99_999 }), (value) => {
        assert.equal(upTo100.safeParse(String(value)).success, value >= 1 && value <= 100);
      }),
    );
    for (const text of ["", " 1", "1e1", "0x1", "+1", "1.0", "ten"]) assert.ok(!upTo100.safeParse(text).success, text);
    assert.deepEqual([upTo100.parse(undefined), upTo100.parse("7")], [20, 7]);
  });

  it("take ids that could be", () => {
    for (const id of ["a", "-", "A_9-", "x".repeat(48)]) assert.ok(recordId.safeParse(id).success, id);
    for (const id of ["", "a b", "a#b", "é", "x".repeat(49), "a\n"]) assert.ok(!recordId.safeParse(id).success, id);
    assert.equal(recordId.safeParse(7).error?.issues[0]?.message, "must be a text");
  });
});
