import assert from "node:assert/strict";
import fc from "fast-check";
import { type Keys, keyFor } from "../../../domain/sealing.ts";
import { hashToken, isToken, sign, verify } from "../../../domain/tokens.ts";

const key: Keys = [keyFor(new Uint8Array(32).fill(1), "signing")];
const payload = fc.string({ unit: "binary" }).filter((text) => text.isWellFormed());

describe("a tracking token", () => {
  it("is known by its hash, and no other text is", () => {
    const token = Buffer.alloc(32, 1).toString("base64url");
    const another = Buffer.alloc(32, 2).toString("base64url");
    assert.match(hashToken(token), /^[0-9a-f]{64}$/);
    assert.ok(isToken(token, hashToken(token)));
    for (const other of ["", `${token} `, token.slice(1), hashToken(token), another]) assert.equal(isToken(other, hashToken(token)), false);
    assert.equal(isToken(token, ""), false);
  });
});

describe("a signed text", () => {
  it("gives its payload for its purpose until it expires", () => {
    fc.assert(
      fc.property(fc.string(), payload, fc.integer({ min: 1, max: 4_102_444_800_000 }), (purpose, payload, expiresAt) => {
        const signed = sign(key, purpose, payload, expiresAt);
        assert.equal(verify(key, purpose, signed, expiresAt - 1), payload);
        assert.equal(verify(key, purpose, signed, expiresAt), undefined);
        assert.match(signed, /^[A-Za-z0-9_.-]+$/);
      }),
      { numRuns: 1_000 },
    );
  });

  it("serves no other purpose and no other key", () => {
    const other: Keys = [keyFor(new Uint8Array(32).fill(2), "signing")];
    const sameSecret: Keys = [keyFor(new Uint8Array(32).fill(1), "another use")];
    fc.assert(
      fc.property(fc.string(), fc.string(), payload, (purpose, another, payload) => {
        fc.pre(purpose !== another);
        const signed = sign(key, purpose, payload, 1_000);
        assert.equal(verify(key, another, signed, 0), undefined);
        assert.equal(verify(other, purpose, signed, 0), undefined);
        assert.equal(verify(sameSecret, purpose, signed, 0), undefined);
      }),
    );
  });

  it("is nothing any more once any character of it is another", () => {
    fc.assert(
      fc.property(payload, fc.nat(), fc.constantFrom(..."AZaz09_-.~ "), (payload, at, character) => {
        const signed = sign(key, "purpose", payload, 1_000);
        const index = at % signed.length;
        const changed = signed.slice(0, index) + character + signed.slice(index + 1);
        fc.pre(changed !== signed);
        assert.equal(verify(key, "purpose", changed, 0), undefined);
        assert.equal(verify(key, "purpose", signed.slice(0, index), 0), undefined);
        assert.equal(verify(key, "purpose", `${signed}${character}`, 0), undefined);
      }),
      { numRuns: 1_000 },
    );
  });

  it("is refused quietly where it is any other text", () => {
    fc.assert(fc.property(fc.string(), (text) => assert.equal(verify(key, "purpose", text, 0), undefined)));
  });

  it("cannot be lengthened by moving its parts between purpose and payload", () => {
    const signed = sign(key, "a", "b", 1_000);
    const [expiresAt, body, signature] = signed.split(".");
    assert.equal(verify(key, `a${expiresAt}.${body}`, `${expiresAt}.${body}.${signature}`, 0), undefined);
  });
});
