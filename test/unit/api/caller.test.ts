import assert from "node:assert/strict";
import fc from "fast-check";
import { isAdmin, refuseAnyone } from "../../../api/caller.ts";
import { Problem } from "../../../api/problem.ts";

const TOKEN = "the-administrators-token";

function refusal(act: () => unknown): Problem {
  try {
    act();
  } catch (error) {
    if (error instanceof Problem) return error;
  }
  return assert.fail("It was not refused.");
}

describe("a caller", () => {
  it("is the administrator by the token, in whatever letters the scheme is written", () => {
    for (const scheme of ["Bearer ", "bearer ", "BEARER ", "bEaReR   "])
      assert.equal(isAdmin({ authorization: `${scheme}${TOKEN}` }, TOKEN), true);
    assert.equal(isAdmin({ authorization: `Bearer ${TOKEN}  ` }, TOKEN), true);
  });

  it("is anyone without one", () => assert.equal(isAdmin({}, TOKEN), false));

  it("is refused with a wrong one, and told that it is wrong but not what would be right", () => {
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
      const { status, options, message } = refusal(() => isAdmin({ authorization }, TOKEN));
      assert.equal(status, 401, authorization);
      assert.deepEqual(options.headers, { "www-authenticate": 'Bearer realm="milepost", error="invalid_token"' });
      assert.ok(!message.includes(TOKEN));
    }
  });

  it("is nobody but who has the token, to the character", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 60 }), (given) => {
        fc.pre(given.trim() !== TOKEN);
        assert.equal(refusal(() => isAdmin({ authorization: `Bearer ${given}` }, TOKEN)).status, 401);
      }),
    );
  });

  it("is told which token is needed where it showed none", () => {
    const { status, options } = refusal(refuseAnyone);
    assert.deepEqual([status, options.headers], [401, { "www-authenticate": 'Bearer realm="milepost"' }]);
  });
});
