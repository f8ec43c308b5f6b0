import assert from "node:assert/strict";
import fc from "fast-check";
import { matchesWildcard } from "../../../../local/stepfunctions/expressions/wildcard.ts";

describe("matchesWildcard", () => {
  it("takes * for any number of characters", () => {
    for (const pattern of ["log-*.txt", "*", "*-*", "log-2.txt", "**log*2*", "log-2.txt*"]) {
      assert.equal(matchesWildcard("log-2.txt", pattern), true, pattern);
    }
    for (const pattern of ["log-*.tx", "og*", "", "log-*3*", "*x"]) assert.equal(matchesWildcard("log-2.txt", pattern), false, pattern);
    assert.equal(matchesWildcard("", "*"), true);
    assert.equal(matchesWildcard("", ""), true);
  });

  it("takes every other character for itself, ? among them", () => {
    assert.equal(matchesWildcard("what", "wha?"), false);
    assert.equal(matchesWildcard("wha?", "wha?"), true);
    assert.equal(matchesWildcard("a.c", "a.c"), true);
    assert.equal(matchesWildcard("abc", "a.c"), false);
    assert.equal(matchesWildcard("[a]", "[a]"), true);
  });

  it("takes an escaped star or backslash for itself", () => {
    assert.equal(matchesWildcard("a*c", "a\\*c"), true);
    assert.equal(matchesWildcard("abc", "a\\*c"), false);
    assert.equal(matchesWildcard("a\\bc", "a\\\\*"), true);
    assert.equal(matchesWildcard("a\\b", "a\\b"), true);
  });

  it("matches every text by its own escaped form, and around stars", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), (before, inside, after) => {
        const escaped = (text: string) => text.replaceAll(/[\\*]/g, (char) => `\\${char}`);
        assert.equal(matchesWildcard(before, escaped(before)), true);
        assert.equal(matchesWildcard(before + inside + after, `${escaped(before)}*${escaped(after)}`), true);
      }),
    );
  });

  it("stays fast whatever the pattern", () => {
    assert.equal(matchesWildcard("a".repeat(20_000), `${"*a".repeat(50)}*b`), false);
  });
});
