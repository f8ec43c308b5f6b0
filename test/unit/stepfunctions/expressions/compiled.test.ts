import assert from "node:assert/strict";
import { compiledOnce } from "../../../../local/stepfunctions/expressions/compiled.ts";

describe("compiledOnce", () => {
  it("compiles each text once, until more have come than it remembers", () => {
    const made: string[] = [];
    const compile = compiledOnce(2, (text) => {
      made.push(text);
      return { text };
    });

    assert.equal(compile("a"), compile("a"));
    compile("b");
    compile("c");
    assert.deepEqual(made, ["a", "b", "c"]);
    compile("c");
    compile("a");
    assert.deepEqual(made, ["a", "b", "c", "a"]);
  });

  it("throws each time for a text that does not compile", () => {
    const compile = compiledOnce(2, (text) => JSON.parse(text) as object);

    assert.throws(() => compile("{"), SyntaxError);
    assert.throws(() => compile("{"), SyntaxError);
  });
});
