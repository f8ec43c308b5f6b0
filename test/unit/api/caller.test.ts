import assert from "node:assert/strict";
import fc from "fast-check";
import { assertMay, type Caller, callerOf, nameOf } from "../../../api/caller.ts";
import { Problem } from "../../../api/problem.ts";

const TOKEN = "the-administrators-token";
const USER_TOKEN = "the-token-of-ann";
const ANN: Caller = { is: "user", user: { id: "ann", email: undefined } };
const ADMIN: Caller = { is: "admin" };
const ANYONE: Caller = { is: "anyone" };

const identities = { adminTokens: [TOKEN], verifyUser: async (token: string) => (token === USER_TOKEN ? ANN.user : undefined) };
const caller = (authorization: string) => callerOf({ authorization }, identities);

async function refusal(act: () => unknown): Promise<Problem> {
  try {
    await act();
  } catch (error) {
    if (error instanceof Problem) return error;
  }
  return assert.fail("It was not refused.");
}

describe("a caller", () => {
  it("is the administrator by the token, in whatever letters the scheme is written", async () => {
    for (const scheme of ["Bearer ", "bearer ", "BEARER ", "bEaReR   "]) assert.deepEqual(await caller(`${scheme}${TOKEN}`), ADMIN);
    assert.deepEqual(await caller(`Bearer ${TOKEN}  `), ADMIN);
  });

  it("is the administrator by either token while there are two, and by no third", async () => {
    const both = { ...identities, adminTokens: [TOKEN, "the-token-of-before"] };
    const by = (token: string) => callerOf({ authorization: `Bearer ${token}` }, both);

    for (const token of both.adminTokens) assert.deepEqual(await by(token), ADMIN);
    for (const token of ["the-token-of", "", both.adminTokens.join(" "), both.adminTokens.join(",")])
      assert.equal((await refusal(() => by(token))).status, 401);
  });

  it("is a user by a token that is theirs", async () => assert.deepEqual(await caller(`Bearer ${USER_TOKEN}`), ANN));

  it("is anyone without one", async () => assert.deepEqual(await callerOf({}, identities), ANYONE));

  it("is refused with a wrong one, and told that it is wrong but not what would be right", async () => {
    const wrong = [
      "",
      "Bearer",
      "Bearer ",
      "Basic YTpi",
      TOKEN,
      `Bearer${TOKEN}`,
      `Bearer ${TOKEN}x`,
      `Bearer ${TOKEN.slice(1)}`,
      `Bearer ${TOKEN.slice(0, -1)}`,
      `Bearer ${TOKEN} x`,
    ];
    for (const authorization of wrong) {
      const { status, options, message } = await refusal(() => caller(authorization));
      assert.equal(status, 401, authorization);
      assert.deepEqual(options.headers, { "www-authenticate": 'Bearer realm="milepost", error="invalid_token"' });
      assert.ok(!message.includes(TOKEN));
    }
  });

  it("is nobody but who has the token, to the character", async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: "grapheme", maxLength: 60 }), async (given) => {
        fc.pre(given.trim() !== TOKEN && given.trim() !== USER_TOKEN);
        assert.equal((await refusal(() => caller(`Bearer ${given}`))).status, 401);
      }),
    );
  });

  it("may call what is for such as they, and the administrator may call all", async () => {
    for (const access of ["public", "anyone", "user", "admin"] as const) assertMay(access, ADMIN);
    for (const access of ["public", "anyone", "user"] as const) assertMay(access, ANN);
    for (const access of ["public", "anyone"] as const) assertMay(access, ANYONE);
    assert.equal((await refusal(() => assertMay("admin", ANN))).status, 403);
  });

  it("is told which token is needed where it showed none", async () => {
    for (const access of ["user", "admin"] as const) {
      const { status, options } = await refusal(() => assertMay(access, ANYONE));
      assert.deepEqual([status, options.headers], [401, { "www-authenticate": 'Bearer realm="milepost"' }]);
    }
  });

  it("has a name that no other caller has, whatever a user calls themselves", () => {
    const names = ["admin", "anyone", 'ann" GET', "ann"].map((id) => nameOf({ is: "user", user: { id, email: undefined } }));
    const all = [...names, nameOf(ADMIN), nameOf(ANYONE)];
    assert.deepEqual([...new Set(all)], all);
  });
});
