import assert from "node:assert/strict";
import fc from "fast-check";
import type { Json } from "../../../../local/json.ts";
import { copyValue, sameValue } from "../../../../local/stepfunctions/expressions/values.ts";

const json = fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value)) as Json);

describe("copyValue", () => {
  it("gives the same data, in the same order", () => {
    fc.assert(fc.property(json, (value) => assert.equal(JSON.stringify(copyValue(value)), JSON.stringify(value))));
  });

  it("shares no object and no list with the original", () => {
    const original = { a: [{ b: 1 }] };

    const copy = copyValue(original) as typeof original;

    assert.notEqual(copy, original);
    assert.notEqual(copy.a, original.a);
    assert.notEqual(copy.a[0], original.a[0]);
  });
});

describe("sameValue", () => {
  it("holds for copies, in any order of members", () => {
    fc.assert(fc.property(json, (value) => assert.equal(sameValue(value, copyValue(value)), true)));
    assert.equal(sameValue({ a: 1, b: [2] }, { b: [2], a: 1 }), true);
  });

  it("tells values apart", () => {
    const different: [Json, Json][] = [
      [1, "1"],
      [null, false],
      [
        [1, 2],
        [2, 1],
      ],
      [{ a: 1 }, { a: 1, b: null }],
      [{ a: null }, { b: null }],
      [[], {}],
      [{}, null],
    ];
    for (const [a, b] of different) assert.equal(sameValue(a, b), false, JSON.stringify([a, b]));
  });
});
