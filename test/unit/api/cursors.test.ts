import assert from "node:assert/strict";
import fc from "fast-check";
import { Cursors } from "../../../api/cursors.ts";
import { Problem } from "../../../api/problem.ts";
import { keysFor } from "../../../domain/sealing.ts";

const DAY_MS = 24 * 3_600_000;

const secretOf = (byte: number) => new Uint8Array(32).fill(byte);
const keyOf = (byte: number, ...others: number[]) => keysFor([secretOf(byte), ...others.map(secretOf)], "signing");
const text = fc.string({ unit: "binary" }).filter((one) => one.isWellFormed());

function assertRefused(cursors: Cursors, list: string, cursor: string): void {
  assert.throws(
    () => cursors.read(list, cursor),
    (error) => {
      assert.ok(error instanceof Problem, String(error));
      assert.equal(error.status, 400);
      assert.deepEqual(
        error.options.errors?.map(({ field, rule }) => [field, rule]),
        [["token", "cursor"]],
      );
      return true;
    },
  );
}

describe("a list's cursor", () => {
  it("leads to where it was made, in its list", () => {
    const cursors = new Cursors(keyOf(1));
    fc.assert(fc.property(text, text, (list, position) => assert.equal(cursors.read(list, cursors.write(list, position)), position)));
  });

  it("is the list's beginning where none was given", () => assert.equal(new Cursors(keyOf(1)).read("list", undefined), undefined));

  it("fits an address as it is", () => {
    const cursors = new Cursors(keyOf(1));
    fc.assert(
      fc.property(text, (position) => {
        const cursor = cursors.write("list", position);
        assert.equal(encodeURIComponent(cursor), cursor);
      }),
    );
  });

  it("is refused in another list", () => {
    const cursors = new Cursors(keyOf(1));
    fc.assert(
      fc.property(text, text, text, (list, other, position) => {
        fc.pre(list !== other);
        assertRefused(cursors, other, cursors.write(list, position));
      }),
    );
  });

  it("is refused where it is forged or made with another secret", () => {
    const cursors = new Cursors(keyOf(1));
    fc.assert(fc.property(fc.string(), (forged) => assertRefused(cursors, "list", forged)));
    assertRefused(cursors, "list", new Cursors(keyOf(2)).write("list", "here"));
  });

  it("holds at whoever has its secret beside another, and is made with the first", () => {
    const both = new Cursors(keyOf(2, 1));

    assert.equal(both.read("list", new Cursors(keyOf(1)).write("list", "here")), "here");
    assert.equal(new Cursors(keyOf(2)).read("list", both.write("list", "here")), "here");
    assertRefused(new Cursors(keyOf(1)), "list", both.write("list", "here"));
  });

  it("is good for a day", () => {
    let now = Date.parse("2026-01-01T00:00:00Z");
    const cursors = new Cursors(keyOf(1), () => now);
    const cursor = cursors.write("list", "here");

    now += DAY_MS - 1;
    assert.equal(cursors.read("list", cursor), "here");
    now += 1;
    assertRefused(cursors, "list", cursor);
  });
});
