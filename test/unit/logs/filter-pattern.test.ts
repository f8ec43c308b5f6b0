import assert from "node:assert/strict";
import { AwsError } from "../../../local/errors.ts";
import { readPattern } from "../../../local/logs/filter-pattern.ts";

describe("readPattern", () => {
  for (const [pattern, fits, others] of [
    ["", ["anything"], []],
    ["ERROR", ["an ERROR here"], ["an error here"]],
    ["ERROR disk", ["disk ERROR"], ["ERROR", "disk"]],
    ["?ERROR ?WARN", ["ERROR", "WARN"], ["INFO"]],
    ["ERROR -disk", ["ERROR net"], ["ERROR disk", "net"]],
    ['"full disk"', ["a full disk"], ["disk full"]],
    ['"a \\"quoted\\" word"', ['a "quoted" word'], ["a quoted word"]],
  ] as const) {
    it(`takes ${pattern === "" ? "an empty pattern" : pattern} as AWS does`, () => {
      const test = readPattern(pattern);
      for (const message of fits) assert.ok(test(message), message);
      for (const message of others) assert.ok(!test(message), message);
    });
  }

  it("refuses patterns over fields", () => {
    for (const pattern of ['{ $.level = "error" }', "[ip, user]", "%re%"]) {
      assert.throws(
        () => readPattern(pattern),
        (error) => error instanceof AwsError && error.code === "InvalidParameterException",
      );
    }
  });
});
