import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import fc from "fast-check";
import {
  type CryptoKey,
  decodeJwt,
  decodeProtectedHeader,
  exportJWK,
  exportSPKI,
  generateKeyPair,
  type JWTPayload,
  SignJWT,
  UnsecuredJWT,
} from "jose";
import { Problem } from "../../../api/problem.ts";
import { makeUsers, type UsersOptions } from "../../../api/users.ts";

const SECRET = Buffer.from("the secret of these tests, of no use elsewhere");
const FOR = { issuer: "milepost", audience: "milepost", tokenType: undefined };
const HERE: UsersOptions = { ...FOR, jwksUrl: undefined, secrets: [SECRET] };
const KEY_ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA"] as const;
const HOUR_SECONDS = 3_600;

const seconds = () => Math.floor(Date.now() / 1_000);

/** The claims of a good token; undefined takes one out. */
function claims(more: JWTPayload = {}): JWTPayload {
  return { iss: "milepost", aud: "milepost", sub: "ann", exp: seconds() + HOUR_SECONDS, ...more };
}

function signed(payload: JWTPayload, key: CryptoKey | Uint8Array, alg = "HS256", kid?: string, typ?: string): Promise<string> {
  return new SignJWT(payload).setProtectedHeader({ alg, ...(kid !== undefined && { kid }), ...(typ !== undefined && { typ }) }).sign(key);
}

/** A token with any header at all, which no library would sign. */
function macOf(header: object, payload: object, secret: Uint8Array): string {
  const text = [header, payload].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".");
  return `${text}.${createHmac("sha256", secret).update(text).digest("base64url")}`;
}

describe("Users, by tokens that are signed here", () => {
  const { verify, issue } = makeUsers(HERE);

  async function given(id: string, email?: string) {
    assert.ok(issue);
    return issue({ id, email });
  }

  it("are those who were given one, with their address", async () => {
    for (const user of [
      { id: "u123", email: undefined },
      { id: "Ann Ünal", email: "ann@example.org" },
      { id: "💙".repeat(128), email: undefined },
    ])
      assert.deepEqual(await verify((await given(user.id, user.email)).access_token), user);
  });

  it("have one for an hour, that says by whom and for whom it is, and that no other is the same as", async () => {
    // Act
    const [one, other] = [await given("ann"), await given("ann")];

    // Assess
    const { iss, aud, sub, iat, exp, jti } = decodeJwt(one.access_token);
    assert.deepEqual([one.token_type, one.expires_in, iss, aud, sub], ["Bearer", HOUR_SECONDS, "milepost", "milepost", "ann"]);
    assert.equal(Number(exp) - Number(iat), HOUR_SECONDS);
    assert.ok(Math.abs(Number(iat) - seconds()) < 60);
    assert.ok(jti !== undefined && jti !== decodeJwt(other.access_token).jti);
  });

  it("are nobody where something a token must say is missing, or is not for us", async () => {
    const wrong: JWTPayload[] = [
      ...["iss", "aud", "sub", "exp"].map((name) => ({ [name]: undefined })),
      { iss: "another" },
      { aud: "another" },
      { aud: ["another", "third"] },
      { sub: "" },
      { sub: "a".repeat(129) },
      { sub: "ann\u0000" },
      { sub: "ann\nbob" },
      { sub: "\ud800" },
    ];
    for (const more of wrong) assert.equal(await verify(await signed(claims(more), SECRET)), undefined, JSON.stringify(more));
    for (const name of ["sub", "exp", "nbf", "iss"]) {
      const token = await signed(JSON.parse(JSON.stringify({ ...claims(), [name]: { is: 1 } })), SECRET);
      assert.equal(await verify(token), undefined, name);
    }
    assert.ok(await verify(await signed(claims({ aud: ["another", "milepost"] }), SECRET)));
  });

  it("are nobody once the time is over or before it has come, but for what clocks may differ", async () => {
    const now = seconds();
    for (const more of [{ exp: now - 300 }, { nbf: now + 300 }]) assert.equal(await verify(await signed(claims(more), SECRET)), undefined);
    for (const more of [{ exp: now - 5 }, { nbf: now + 5 }]) assert.ok(await verify(await signed(claims(more), SECRET)));
  });

  it("are nobody by another secret, another algorithm, or none", async () => {
    const { privateKey } = await generateKeyPair("ES256");
    const tokens = [
      await signed(claims(), Buffer.from("another secret, which is as long as that")),
      await signed(claims(), SECRET, "HS384"),
      await signed(claims(), SECRET, "HS512"),
      await signed(claims(), privateKey, "ES256"),
      new UnsecuredJWT(claims()).encode(),
    ];
    for (const token of tokens) assert.equal(await verify(token), undefined, token);
  });

  it("are nobody by keys of another kind, whichever that is, nor by keys that a token brings along or names", async () => {
    // Prepare
    const own = Buffer.from("a secret of whoever has made the token");
    const k = own.toString("base64url");
    const { privateKey } = await generateKeyPair("RS256");
    const headers: Readonly<Record<string, unknown>>[] = [
      { alg: "HS256", jwk: { kty: "oct", k } },
      { alg: "HS256", jku: "http://127.0.0.1:1/keys", kid: "theirs" },
      { alg: "HS256", x5u: "http://127.0.0.1:1/chain", x5c: ["MIIB"] },
      { alg: "HS256", kid: "../../../../dev/null" },
      { alg: "HS256", kid: "' UNION SELECT 'secret" },
    ];
    const forged = headers.map((header) => macOf(header, claims(), own));

    // Act
    const byRsa = await verify(await signed(claims(), privateKey, "RS256"));
    const byOwn = await Promise.all(forged.map((token) => verify(token)));
    const byNothing = await verify(macOf({ alg: "HS256", kid: "" }, claims(), Buffer.alloc(0)));
    const critical = await verify(macOf({ alg: "HS256", crit: ["b64"], b64: false }, claims(), SECRET));

    // Assess
    assert.deepEqual([byRsa, ...byOwn, byNothing, critical], Array(8).fill(undefined));
    assert.equal((await verify(macOf({ alg: "HS256", kid: "of no meaning here" }, claims(), SECRET)))?.id, "ann");
  });

  it("hold a token of either secret while there are two, are given one by the first, and lose one when its secret goes", async () => {
    // Prepare
    const next = Buffer.from("the secret that takes the other's place");
    const both = makeUsers({ ...HERE, secrets: [next, SECRET] });
    const after = makeUsers({ ...HERE, secrets: [next] });
    const { access_token: old } = await given("ann");
    const { access_token: young } = (await both.issue?.({ id: "ann", email: undefined })) ?? assert.fail();

    // Act
    const users = await Promise.all([both.verify(old), both.verify(young), after.verify(young), after.verify(old), verify(young)]);

    // Assess
    assert.deepEqual(
      users.map((user) => user?.id),
      ["ann", "ann", "ann", undefined, undefined],
    );
    assert.equal(await both.verify(await signed(claims({ exp: seconds() - 300 }), SECRET)), undefined);
  });

  it("are given a token of the type that is set, and are nobody by others then", async () => {
    // Prepare
    const typed = makeUsers({ ...HERE, tokenType: "at+jwt" });
    const { access_token: token } = (await typed.issue?.({ id: "ann", email: undefined })) ?? assert.fail();

    // Act
    const users = [await typed.verify(token), await typed.verify((await given("ann")).access_token)];

    // Assess
    assert.deepEqual(users, [{ id: "ann", email: undefined }, undefined]);
    assert.equal(decodeProtectedHeader(token).typ, "at+jwt");
    assert.equal(decodeProtectedHeader((await given("ann")).access_token).typ, undefined);
  });

  it("have an address only where it is one", async () => {
    const wrong = [
      "ann",
      "ann@a@b",
      "a@example.org, b@example.org",
      "a@example.org\r\nBcc: b",
      "a@example.org\u0000",
      `${"a".repeat(300)}@b`,
    ];
    for (const email of [...wrong, 7, null, ["a@example.org"]])
      assert.deepEqual(await verify(await signed(claims({ email }), SECRET)), { id: "ann", email: undefined }, String(email));
  });

  it("are nobody by a token that was changed in any bit", async () => {
    const parts = (await given("ann", "ann@example.org")).access_token.split(".");
    const bytes = parts.map((part) => Buffer.from(part, "base64url"));
    const place = fc.integer({ min: 0, max: bytes.length - 1 }).chain((part) =>
      fc.record({
        part: fc.constant(part),
        byte: fc.integer({ min: 0, max: (bytes[part] ?? []).length - 1 }),
        bit: fc.integer({ min: 0, max: 7 }),
      }),
    );
    await fc.assert(
      fc.asyncProperty(place, async ({ part, byte, bit }) => {
        // Prepare
        const changed = bytes.map((one) => Buffer.from(one));
        const target = changed[part] ?? assert.fail();
        target[byte] = (target[byte] ?? 0) ^ (1 << bit);
        // Act
        const user = await verify(changed.map((one) => one.toString("base64url")).join("."));
        // Assess
        assert.equal(user, undefined);
      }),
      { numRuns: 300 },
    );
  });

  it("are nobody by a token that is cut, doubled or put together otherwise, nor by any other text", async () => {
    const token = (await given("ann")).access_token;
    const [head = "", body = "", signature = ""] = token.split(".");
    const other = (await given("bob")).access_token.split(".")[1] ?? "";
    const pieces = [head, other, body, signature, ".", "..", "", " ", "=", "\u0000", "💙"];
    const mangled = fc.oneof(
      fc.integer({ min: 0, max: token.length - 1 }).map((end) => token.slice(0, end)),
      fc.array(fc.constantFrom(...pieces), { maxLength: 8 }).map((some) => some.join("")),
      fc.string({ unit: "binary", maxLength: 200 }),
      fc.json().map((text) => `${Buffer.from(text).toString("base64url")}.${body}.${signature}`),
      fc.json().map((text) => `${head}.${Buffer.from(text).toString("base64url")}.${signature}`),
    );
    await fc.assert(
      fc.asyncProperty(mangled, async (text) => {
        fc.pre(text !== token);
        assert.equal(await verify(text), undefined);
      }),
      { numRuns: 500 },
    );
  });
});

describe("Users, where nothing signs tokens", () => {
  it("are given none, and nobody is one", async () => {
    const { verify, issue } = makeUsers({ ...HERE, secrets: undefined });

    assert.equal(issue, undefined);
    assert.equal(await verify(await signed(claims(), SECRET)), undefined);
  });
});

/** An identity provider: keys of each kind, shown as a test has it. */
class Provider {
  readonly keys = new Map<string, { readonly private: CryptoKey; readonly public: CryptoKey }>();
  readonly #server: Server = createServer((_, response) => {
    this.asked++;
    this.answer(response);
  });
  asked = 0;
  shown: object[] = [];
  answer: (response: ServerResponse<IncomingMessage>) => void = (response) => response.end(JSON.stringify({ keys: this.shown }));

  async add(kid: string, algorithm: string): Promise<void> {
    const { privateKey, publicKey } = await generateKeyPair(algorithm, { extractable: true });
    this.keys.set(kid, { private: privateKey, public: publicKey });
    this.shown.push({ ...(await exportJWK(publicKey)), kid, use: "sig" });
  }

  /** The key of a kid, for a token by it. */
  key(kid: string): CryptoKey {
    return this.keys.get(kid)?.private ?? assert.fail(`There is no key ${kid}.`);
  }

  listen(): Promise<void> {
    return new Promise((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
  }

  get url(): string {
    const address = this.#server.address();
    assert.ok(address !== null && typeof address === "object");
    return `http://127.0.0.1:${address.port}/keys`;
  }

  close(): Promise<unknown> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(resolve));
  }
}

describe("Users, by tokens of an identity provider", () => {
  let provider: Provider;
  let elsewhere: UsersOptions;

  before(async () => {
    const made = new Provider();
    await made.listen();
    for (const algorithm of KEY_ALGORITHMS) await made.add(algorithm, algorithm);
    provider = made;
  });
  after(() => provider.close());

  beforeEach(() => {
    provider.asked = 0;
    elsewhere = { ...FOR, jwksUrl: provider.url, secrets: undefined };
  });

  async function assertOutage(act: Promise<unknown>): Promise<void> {
    await assert.rejects(
      act,
      (error) =>
        error instanceof Problem && error.status === 503 && error.options.isPassing === true && !!error.options.headers?.["retry-after"],
    );
  }

  for (const algorithm of KEY_ALGORITHMS)
    it(`are known by a key of theirs for ${algorithm}`, async () => {
      const { verify } = makeUsers(elsewhere);
      const token = await signed(claims({ email: "ann@example.org" }), provider.key(algorithm), algorithm, algorithm);

      assert.deepEqual(await verify(token), { id: "ann", email: "ann@example.org" });
    });

  it("are given no tokens here, and are nobody by our own secret", async () => {
    const { verify, issue } = makeUsers({ ...elsewhere, secrets: [SECRET] });

    assert.equal(issue, undefined);
    assert.equal(await verify(await signed(claims(), SECRET)), undefined);
  });

  it("are nobody where a public key was taken for a secret, however it is written", async () => {
    // Prepare
    const { verify } = makeUsers({ ...elsewhere, secrets: [SECRET] });
    const key = provider.keys.get("RS256")?.public ?? assert.fail();
    const pem = await exportSPKI(key);
    const jwk = await exportJWK(key);
    const written = [pem, pem.trim(), JSON.stringify(jwk), String(jwk.n)].map((text) => Buffer.from(text));
    for (const secret of [...written, Buffer.from(String(jwk.n), "base64url")])
      for (const algorithm of ["HS256", "HS384", "HS512"]) {
        // Act
        const token = await signed(claims(), secret, algorithm, "RS256");
        // Assess
        assert.equal(await verify(token), undefined);
      }
    assert.equal(provider.asked, 0);
  });

  it("are nobody without a signature, by a weaker algorithm, or by a key that another kind of token is signed with", async () => {
    const { verify } = makeUsers(elsewhere);
    const { privateKey } = await generateKeyPair("RS256");
    const tokens = [
      new UnsecuredJWT(claims()).encode(),
      await signed(claims(), privateKey, "RS256", "RS256"),
      await signed(claims(), provider.key("RS256"), "RS256", "ES256"),
      await signed(claims({ iss: "another" }), provider.key("RS256"), "RS256", "RS256"),
      await signed(claims({ aud: "another" }), provider.key("RS256"), "RS256", "RS256"),
      await signed(claims({ exp: undefined }), provider.key("RS256"), "RS256", "RS256"),
      await signed(claims({ exp: seconds() - 300 }), provider.key("RS256"), "RS256", "RS256"),
    ];
    for (const token of tokens) assert.equal(await verify(token), undefined, token);
  });

  it("are nobody by a token of another type, or of none, where one is set", async () => {
    // Prepare
    const typed = makeUsers({ ...elsewhere, tokenType: "at+jwt" });
    const untyped = makeUsers(elsewhere);
    const ofType = (typ?: string) => signed(claims(), provider.key("ES256"), "ES256", "ES256", typ);

    for (const [typ, isGood] of [
      ["at+jwt", true],
      ["AT+JWT", true],
      ["application/at+jwt", true],
      ["JWT", false],
      ["jwt", false],
      ["id+jwt", false],
      ["", false],
      [undefined, false],
    ] as const) {
      // Act
      const token = await ofType(typ);
      // Assess
      assert.equal((await typed.verify(token))?.id, isGood ? "ann" : undefined, `${typ}`);
      assert.equal((await untyped.verify(token))?.id, "ann", `${typ}`);
    }
  });

  it("are known by keys that are asked for once, however many come at once, and whatever keys they name", async () => {
    // Prepare
    const { verify } = makeUsers(elsewhere);
    const good = await signed(claims(), provider.key("ES256"), "ES256", "ES256");
    const unknown = await signed(claims(), provider.key("ES256"), "ES256", "none of theirs");

    // Act
    const users = await Promise.all([...Array(20)].flatMap(() => [verify(good), verify(unknown)]));

    // Assess
    assert.deepEqual([users.filter((user) => user !== undefined).length, users.length], [20, 40]);
    assert.equal(provider.asked, 1);
  });

  it("cannot be told while the keys are not to be had, which is no fault of theirs, and can be afterwards", async () => {
    // Prepare
    const { verify } = makeUsers(elsewhere);
    const token = await signed(claims(), provider.key("ES256"), "ES256", "ES256");
    const { answer } = provider;
    const outages: Provider["answer"][] = [
      (response) => response.writeHead(500).end(),
      (response) => response.writeHead(302, { location: "/other" }).end(),
      (response) => response.end("<html>"),
      (response) => response.end('{"keys":7}'),
      (response) => response.destroy(),
    ];
    try {
      for (const outage of outages) {
        // Act
        provider.answer = outage;
        // Assess
        await assertOutage(verify(token));
        assert.equal(await verify(await signed(claims(), SECRET)), undefined);
      }
    } finally {
      provider.answer = answer;
    }
    assert.equal((await verify(token))?.id, "ann");
  });

  it("cannot be told where nothing listens", async () => {
    const { verify } = makeUsers({ ...elsewhere, jwksUrl: "http://127.0.0.1:1/keys" });

    await assertOutage(verify(await signed(claims(), provider.key("ES256"), "ES256", "ES256")));
  });
});
