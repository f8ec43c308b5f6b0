import assert from "node:assert/strict";
import type { Json } from "../../../../local/json.ts";
import type { Comparison } from "../../../../local/stepfunctions/asl/program.ts";
import { matches } from "../../../../local/stepfunctions/expressions/choice.ts";
import { type Scope, StatesError } from "../../../../local/stepfunctions/expressions/scope.ts";

const SCOPE: Scope = {
  input: { n: 5, m: 5, s: "b", t: "2024-02-29T12:00:00Z", yes: true, no: null, list: [1], other: "2024-02-29T13:00:00+01:00" },
  context: { State: { Name: "S" } },
  variables: { v: 1 },
};

function compare(op: string, variable: string, operand: Json): Comparison {
  return { op, variable, operand, operandIsPath: op.endsWith("Path") };
}

function holds(op: string, variable: string, operand: Json): boolean {
  return matches(compare(op, variable, operand), SCOPE);
}

describe("matches", () => {
  it("compares numbers, texts, booleans and timestamps in every order", () => {
    assert.deepEqual(
      ["Equals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals"].map((o) => holds(`Numeric${o}`, "$.n", 6)),
      [false, true, true, false, false],
    );
    assert.deepEqual(
      ["Equals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals"].map((o) => holds(`String${o}`, "$.s", "b")),
      [true, false, true, false, true],
    );
    assert.equal(holds("TimestampLessThan", "$.t", "2024-02-29T12:00:00.001Z"), true);
    assert.equal(holds("TimestampGreaterThanEquals", "$.t", "2024-02-29T11:59:59-01:00"), false);
    assert.equal(holds("BooleanEquals", "$.yes", true), true);
    assert.equal(holds("BooleanEquals", "$.yes", false), false);
  });

  it("reads the operand from the input where the operator ends in Path", () => {
    assert.equal(holds("NumericEqualsPath", "$.n", "$.m"), true);
    assert.equal(holds("TimestampEqualsPath", "$.t", "$.other"), true);
    assert.equal(holds("StringEqualsPath", "$$.State.Name", "$.s"), false);
    assert.equal(holds("NumericLessThanPath", "$v", "$.n"), true);
  });

  it("never holds for a value of another type", () => {
    assert.equal(holds("NumericEquals", "$.s", 5), false);
    assert.equal(holds("NumericLessThan", "$.no", 5), false);
    assert.equal(holds("StringEquals", "$.n", "5"), false);
    assert.equal(holds("BooleanEquals", "$.n", true), false);
    assert.equal(holds("TimestampEquals", "$.s", "2024-02-29T12:00:00Z"), false);
    assert.equal(holds("NumericEqualsPath", "$.n", "$.s"), false);
  });

  it("tells the type of a value, either way", () => {
    const types: [string, string[]][] = [
      ["IsNull", ["$.no"]],
      ["IsBoolean", ["$.yes"]],
      ["IsNumeric", ["$.n"]],
      ["IsString", ["$.s", "$.t"]],
      ["IsTimestamp", ["$.t"]],
    ];
    for (const [op, of] of types) {
      for (const variable of ["$.no", "$.yes", "$.n", "$.s", "$.t", "$.list"]) {
        assert.equal(holds(op, variable, true), of.includes(variable), `${op} ${variable}`);
        assert.equal(holds(op, variable, false), !of.includes(variable), `not ${op} ${variable}`);
      }
    }
  });

  it("asks whether a place is there at all", () => {
    assert.equal(holds("IsPresent", "$.missing", false), true);
    assert.equal(holds("IsPresent", "$.missing", true), false);
    assert.equal(holds("IsPresent", "$.no", true), true);
    assert.equal(holds("IsPresent", "$.no.deeper", false), true);
    assert.equal(holds("IsPresent", "$.list[0]", true), true);
    assert.equal(holds("IsPresent", "$.list[1]", true), false);
    assert.equal(holds("IsPresent", "$nope", true), false);
  });

  it("fails for a variable or operand that is not there, whatever the operator", () => {
    const cases: [string, string, Json, string][] = [
      ["NumericEquals", "$.missing", 1, "$.missing"],
      ["IsNull", "$.missing", true, "$.missing"],
      ["StringMatches", "$.missing", "*", "$.missing"],
      ["NumericEqualsPath", "$.n", "$.nope", "$.nope"],
    ];
    for (const [op, variable, operand, named] of cases) {
      assert.throws(
        () => holds(op, variable, operand),
        (problem: unknown) =>
          problem instanceof StatesError &&
          problem.error === "States.Runtime" &&
          problem.cause === `Invalid path '${named}': The choice state's condition path references an invalid value.`,
      );
    }
  });

  it("joins comparisons, and looks no further than it must", () => {
    const yes = compare("IsString", "$.s", true);
    const no = compare("IsNull", "$.s", true);
    const broken = compare("IsNull", "$.missing", true);

    assert.equal(matches({ op: "And", of: [yes, { op: "Not", of: no }] }, SCOPE), true);
    assert.equal(matches({ op: "And", of: [no, broken] }, SCOPE), false);
    assert.equal(matches({ op: "Or", of: [yes, broken] }, SCOPE), true);
    assert.equal(matches({ op: "Or", of: [no, { op: "And", of: [yes, no] }] }, SCOPE), false);
    assert.equal(matches({ op: "Not", of: { op: "Or", of: [no, no] } }, SCOPE), true);
  });

  it("matches patterns", () => {
    assert.equal(holds("StringMatches", "$.t", "2024-*Z"), true);
    assert.equal(holds("StringMatches", "$.n", "*"), false);
  });
});
