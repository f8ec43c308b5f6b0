import assert from "node:assert/strict";
import fc from "fast-check";
import { SESSION_COOKIE, type SessionOptions, Sessions } from "../../../../api/console/session.ts";
import { Problem } from "../../../../api/problem.ts";

const HOUR_MS = 3_600_000;

describe("A session of the console", () => {
  let now: number;

  beforeEach(() => {
    now = Date.parse("2026-11-21T08:00:00Z");
  });

  const SECRETS = [Buffer.alloc(32, 7), Buffer.alloc(32, 8)] as const;
  const sessions = (adminToken = "the administrator's", isSecure = false, more: Partial<SessionOptions> = {}) =>
    new Sessions({ appSecrets: [SECRETS[0]], adminTokens: [adminToken], isSecure, clock: () => now, ...more });
  const cookieOf = (header: string) => header.split(";")[0] ?? "";

  it("is begun by a cookie that no script can read, that no other site's page brings along, and that is no token", () => {
    // Act
    const header = sessions().begin();
    // Assess
    assert.match(header, /^milepost_session=[A-Za-z0-9._-]+; Path=\/; Max-Age=28800; HttpOnly; SameSite=Strict$/);
    assert.ok(!header.includes("administrator"));
  });

  it("goes over nothing but HTTPS where the console is reached by it", () => {
    assert.match(sessions("token", true).begin(), /; Secure$/);
  });

  it("lasts eight hours, and is taken by every process with the same secrets", () => {
    // Prepare
    const cookies = cookieOf(sessions().begin());
    // Act & Assess
    now += 8 * HOUR_MS - 1;
    assert.ok(sessions().read({ cookies }) !== undefined);
    now += 1;
    assert.equal(sessions().read({ cookies }), undefined);
  });

  it("ends when the administrator's token is replaced", () => {
    // Prepare
    const cookies = cookieOf(sessions("an old one").begin());
    // Act & Assess
    assert.equal(sessions("a new one").read({ cookies }), undefined);
  });

  it("ends when our secret is replaced", () => {
    // Prepare
    const cookies = cookieOf(sessions().begin());
    // Act & Assess
    assert.equal(sessions(undefined, false, { appSecrets: [SECRETS[1]] }).read({ cookies }), undefined);
  });

  it("goes on while the administrator's token and our secret are two", () => {
    // Prepare
    const old = sessions("an old one");
    const both = sessions("", false, { adminTokens: ["a new one", "an old one"], appSecrets: [SECRETS[1], SECRETS[0]] });
    const cookies = cookieOf(old.begin());
    const session = old.read({ cookies }) ?? assert.fail();
    // Act
    const found = both.read({ cookies }) ?? assert.fail();
    // Assess
    both.assertOwn(found, session.formToken, { fetchSite: "same-origin" });
    assert.deepEqual([both.isAdmin("an old one"), both.isAdmin("a new one"), both.isAdmin("another")], [true, true, false]);
    assert.equal(old.read({ cookies: cookieOf(both.begin()) }), undefined);
  });

  it("is found among other cookies", () => {
    // Prepare
    const cookies = `theme=dark; ${cookieOf(sessions().begin())}; x=y`;
    // Act & Assess
    assert.ok(sessions().read({ cookies }) !== undefined);
  });

  it("is none where anything of it was changed, or where it was made up", () => {
    const cookie = cookieOf(sessions().begin()).slice(SESSION_COOKIE.length + 1);
    fc.assert(
      fc.property(fc.nat(cookie.length - 1), fc.string({ minLength: 1, maxLength: 3 }), (at, text) => {
        // Act
        const changed = `${cookie.slice(0, at)}${text}${cookie.slice(at + text.length)}`;
        fc.pre(changed !== cookie && !changed.startsWith(`${cookie};`));
        // Assess
        assert.equal(sessions().read({ cookies: `${SESSION_COOKIE}=${changed}` }), undefined);
      }),
    );
    for (const cookies of [undefined, "", SESSION_COOKIE, `${SESSION_COOKIE}=`, `${SESSION_COOKIE}=a.b.c`])
      assert.equal(sessions().read({ cookies }), undefined);
  });

  it("takes forms of its own pages alone", () => {
    // Prepare
    const all = sessions();
    const [mine, other] = [1, 2].map(() => all.read({ cookies: cookieOf(all.begin()) }) ?? assert.fail());
    assert.ok(mine !== undefined && other !== undefined);
    const isRefused = (token: string, fetchSite: string | undefined) => {
      assert.throws(
        () => all.assertOwn(mine, token, { fetchSite }),
        (error) => error instanceof Problem && error.status === 403,
      );
    };
    // Act & Assess
    all.assertOwn(mine, mine.formToken, { fetchSite: "same-origin" });
    all.assertOwn(mine, mine.formToken, { fetchSite: undefined });
    isRefused(other.formToken, "same-origin");
    isRefused("", "same-origin");
    for (const site of ["cross-site", "same-site", "none"]) isRefused(mine.formToken, site);
  });

  it("is ended by a cookie without anything in it", () => {
    assert.match(sessions().end(), /^milepost_session=; Path=\/; Max-Age=0; HttpOnly; SameSite=Strict$/);
  });
});
