import assert from "node:assert/strict";
import fc from "fast-check";
import { fingerprint, isAnyOf, isSame, type Keys, keyFor, keysFor, open, seal } from "../../../domain/sealing.ts";

const secret = new Uint8Array(32).fill(1);
const keys: Keys = [keyFor(secret, "answers")];
const [key] = keys;
const plain = fc.string({ unit: "binary" }).filter((text) => text.isWellFormed());

describe("sealing", () => {
  it("opens to the same text in the same place, and never looks the same twice", () => {
    fc.assert(
      fc.property(plain, fc.string(), (text, place) => {
        const sealed = seal(keys, place, text);
        assert.equal(open(keys, place, sealed), text);
        assert.notDeepEqual(seal(keys, place, text), sealed);
      }),
    );
  });

  it("opens nowhere else, with no other key, and not once a bit is another", () => {
    fc.assert(
      fc.property(plain, fc.nat(), fc.integer({ min: 0, max: 7 }), (text, at, bit) => {
        const sealed = seal(keys, "here", text);
        assert.equal(open(keys, "there", sealed), undefined);
        assert.equal(open(keysFor([secret], "other"), "here", sealed), undefined);
        const changed = Uint8Array.from(sealed, (byte, index) => (index === at % sealed.length ? byte ^ (1 << bit) : byte));
        assert.equal(open(keys, "here", changed), undefined);
        assert.equal(open(keys, "here", sealed.subarray(0, at % sealed.length)), undefined);
      }),
    );
  });

  it("opens by any of two keys what either has sealed, and seals with the first", () => {
    const [one, other] = [new Uint8Array(32).fill(2), new Uint8Array(32).fill(3)];
    const both = keysFor([other, one], "answers");

    assert.equal(open(both, "here", seal(keysFor([one], "answers"), "here", "text")), "text");
    assert.equal(open(keysFor([other], "answers"), "here", seal(both, "here", "text")), "text");
    assert.equal(open(keysFor([one], "answers"), "here", seal(both, "here", "text")), undefined);
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
    assert.deepEqual(
      ["a", "b", "c", ""].map((text) => isAnyOf(text, ["a", "b"])),
      [true, true, false, false],
    );
    assert.equal(isAnyOf("a", []), false);
  });
});
