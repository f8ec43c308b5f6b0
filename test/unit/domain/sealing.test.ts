import assert from "node:assert/strict";
import fc from "fast-check";
import { fingerprint, isSame, keyFor, open, seal } from "../../../domain/sealing.ts";

const secret = new Uint8Array(32).fill(1);
const key = keyFor(secret, "answers");
const plain = fc.string({ unit: "binary" }).filter((text) => text.isWellFormed());

describe("sealing", () => {
  it("opens to the same text in the same place, and never looks the same twice", () => {
    fc.assert(
      fc.property(plain, fc.string(), (text, place) => {
        const sealed = seal(key, place, text);
        assert.equal(open(key, place, sealed), text);
        assert.notDeepEqual(seal(key, place, text), sealed);
      }),
    );
  });

  it("opens nowhere else, with no other key, and not once a bit is another", () => {
    fc.assert(
      fc.property(plain, fc.nat(), fc.integer({ min: 0, max: 7 }), (text, at, bit) => {
        const sealed = seal(key, "here", text);
        assert.equal(open(key, "there", sealed), undefined);
        assert.equal(open(keyFor(secret, "other"), "here", sealed), undefined);
        const changed = Uint8Array.from(sealed, (byte, index) => (index === at % sealed.length ? byte ^ (1 << bit) : byte));
        assert.equal(open(key, "here", changed), undefined);
        assert.equal(open(key, "here", sealed.subarray(0, at % sealed.length)), undefined);
      }),
    );
  });

  it("makes keys that depend on the secret and on the use, and none of a short secret", () => {
    assert.notDeepEqual(keyFor(secret, "a"), keyFor(secret, "b"));
    assert.notDeepEqual(keyFor(secret, "a"), keyFor(new Uint8Array(32), "a"));
    assert.deepEqual(keyFor(secret, "a"), keyFor(secret, "a"));
    assert.throws(() => keyFor(new Uint8Array(15), "a"), RangeError);
  });

  it("tells whether texts are the same, by themselves and by their fingerprints", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (one, other) => {
        assert.equal(isSame(one, other), one === other);
        assert.equal(fingerprint(key, one) === fingerprint(key, other), one === other);
      }),
    );
    assert.notEqual(fingerprint(key, "a"), fingerprint(keyFor(secret, "b"), "a"));
  });
});
