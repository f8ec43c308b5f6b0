import assert from "node:assert/strict";
import fc from "fast-check";
import {
  bytesAt,
  CorruptItem,
  map,
  mapAt,
  maps,
  mapsAt,
  optionalTextAt,
  optionalWholeAt,
  present,
  text,
  textAt,
  whole,
  wholeAt,
} from "../../../domain/attributes.ts";

describe("attributes", () => {
  it("are read as they were written", () => {
    fc.assert(
      fc.property(fc.string(), fc.maxSafeNat(), (words, count) => {
        const item = { t: text(words), n: whole(count), m: map({ t: text(words) }), l: maps([{ n: whole(count) }]) };
        assert.equal(textAt(item, "t"), words);
        assert.equal(wholeAt(item, "n"), count);
        assert.equal(textAt(mapAt(item, "m"), "t"), words);
        assert.deepEqual(mapsAt(item, "l"), [{ n: whole(count) }]);
      }),
    );
    assert.deepEqual(bytesAt({ b: { B: new Uint8Array([1]) } }, "b"), new Uint8Array([1]));
  });

  it("that are optional may be absent, but are not of another type", () => {
    assert.deepEqual([optionalTextAt({}, "x"), optionalWholeAt({}, "x")], [undefined, undefined]);
    assert.throws(() => optionalTextAt({ x: whole(1) }, "x"), CorruptItem);
    assert.throws(() => optionalWholeAt({ x: text("1") }, "x"), CorruptItem);
  });

  it("that are absent or of another type are named", () => {
    for (const read of [textAt, wholeAt, mapAt, mapsAt, bytesAt]) {
      assert.throws(() => read({}, "title"), { name: "CorruptItem", message: /title/ });
      assert.throws(() => read({ title: { BOOL: true } }, "title"), { name: "CorruptItem", message: /title/ });
    }
    assert.throws(() => mapsAt({ title: { L: [text("x")] } }, "title"), { message: /title\[0\]/ });
  });

  it("are no counts where they are negative, broken or beyond what a number holds", () => {
    for (const N of ["-1", "1.5", "9007199254740993", "x", "Infinity"]) {
      assert.throws(() => wholeAt({ n: { N } }, "n"), CorruptItem, N);
    }
  });

  it("are left out where their value is not there", () => {
    assert.deepEqual(present({ a: text("1"), b: undefined }), { a: text("1") });
  });
});
