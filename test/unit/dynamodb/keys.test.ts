import assert from "node:assert/strict";
import fc from "fast-check";
import { compareValues } from "../../../local/dynamodb/compare.ts";
import { encodeKeyValue, indexRowKey } from "../../../local/dynamodb/keys.ts";
import { canonicalNumber } from "../../../local/dynamodb/number.ts";
import type { AttributeValue } from "../../../local/dynamodb/value.ts";

const text = fc.string({ unit: "binary", minLength: 1 }).map((S): AttributeValue => ({ S }));
const binary = fc.uint8Array({ minLength: 1 }).map((bytes): AttributeValue => ({ B: Buffer.from(bytes).toString("base64") }));
const number = fc
  .tuple(fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }), fc.integer({ min: -30, max: 30 }))
  .map(([digits, exponent]): AttributeValue => ({ N: canonicalNumber(`${digits}E${exponent}`) }));

function bytes(value: AttributeValue): Uint8Array {
  const encoded = encodeKeyValue(value);
  assert.ok(encoded !== undefined);
  return encoded;
}

describe("the encoding of keys", () => {
  for (const [name, values] of [
    ["strings", text],
    ["binaries", binary],
    ["numbers", number],
  ] as const) {
    it(`sorts ${name} as DynamoDB does, equal keys alone being equal`, () => {
      fc.assert(
        fc.property(values, values, (left, right) => {
          return Math.sign(Buffer.compare(bytes(left), bytes(right))) === Math.sign(compareValues(left, right) ?? Number.NaN);
        }),
      );
    });
  }

  it("sorts characters beyond the first plane after those in it, as UTF-8 does", () => {
    assert.ok(Buffer.compare(bytes({ S: "\u{1f600}" }), bytes({ S: "\uffee" })) > 0);
  });

  it("loses nothing of a string or a binary", () => {
    fc.assert(fc.property(fc.string({ unit: "binary" }), (S) => Buffer.from(bytes({ S })).toString() === S));
    fc.assert(fc.property(fc.uint8Array(), (given) => Buffer.from(given).equals(bytes({ B: Buffer.from(given).toString("base64") }))));
  });

  it("has no place in an index for an item without the index's key, or with another type of it", () => {
    const schema = { hash: { name: "a", type: "S" }, range: { name: "b", type: "N" } } as const;
    assert.equal(indexRowKey(schema, { a: { S: "x" } }), undefined);
    assert.equal(indexRowKey(schema, { a: { S: "x" }, b: { S: "1" } }), undefined);
    assert.notEqual(indexRowKey(schema, { a: { S: "x" }, b: { N: "1" } }), undefined);
  });
});
