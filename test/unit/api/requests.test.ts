import assert from "node:assert/strict";
import fc from "fast-check";
import { trackingToken } from "../../../api/requests.ts";
import { keyFor } from "../../../domain/sealing.ts";

const key = (byte: number) => keyFor(new Uint8Array(32).fill(byte), "tracking tokens");
const facts = fc.record({ secret: fc.nat(255), id: fc.uuid(), changeId: fc.uuid() });

describe("A request's tracking token", () => {
  it("is 256 bits that fit an address, another for each request, each call that makes one and each secret", () => {
    fc.assert(
      fc.property(facts, facts, (one, other) => {
        fc.pre(one.id !== other.id && one.changeId !== other.changeId);
        // Act
        const token = trackingToken(key(one.secret), one.id, one.changeId);
        const others = [
          trackingToken(key(one.secret), other.id, one.changeId),
          trackingToken(key(one.secret), one.id, other.changeId),
          trackingToken(key((one.secret + 1) % 256), one.id, one.changeId),
          trackingToken(keyFor(new Uint8Array(32).fill(one.secret), "signing"), one.id, one.changeId),
        ];
        // Assess
        assert.match(token, /^[A-Za-z0-9_-]{43}$/);
        assert.equal(Buffer.from(token, "base64url").length, 32);
        assert.equal(new Set([token, ...others]).size, 5);
      }),
    );
  });

  it("is the same for whoever takes over the call that makes it", () => {
    assert.equal(trackingToken(key(1), "an id", "a change"), trackingToken(key(1), "an id", "a change"));
  });
});
