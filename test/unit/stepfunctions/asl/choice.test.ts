import assert from "node:assert/strict";
import type { Json, JsonObject } from "../../../../local/json.ts";
import { type Case, errorsOf, machineOf, refuses, schema, stateOf, warningsOf } from "./support.ts";

const RULE = "/States/S/Choices[0]";

function choice(rule: Json): JsonObject {
  return { Type: "Choice", Choices: [rule] };
}

function rule(title: string, given: JsonObject, ...errors: string[]): Case {
  return [title, choice({ Next: "Next", ...given }), errors];
}

const TESTS: [string, Json][] = [
  ...["Equals", "LessThan", "GreaterThan", "LessThanEquals", "GreaterThanEquals"].flatMap((order): [string, Json][] => [
    [`String${order}`, "a"],
    [`String${order}Path`, "$.b"],
    [`Numeric${order}`, 1],
    [`Numeric${order}Path`, "$.b"],
    [`Timestamp${order}`, "2016-03-14T01:59:00Z"],
    [`Timestamp${order}Path`, "$.b"],
  ]),
  ["BooleanEquals", true],
  ["BooleanEqualsPath", "$.b"],
  ["StringMatches", "a*"],
  ...["IsNull", "IsPresent", "IsNumeric", "IsString", "IsBoolean", "IsTimestamp"].map((name): [string, Json] => [name, true]),
];

const ONE_OF_MANY =
  /^SCHEMA_VALIDATION_FAILED: There should only be one of the following fields: \[StringEquals, StringEqualsPath, .*IsTimestamp\] at /;
const KINDS = "The object must have only one of the following fields, [And, Or, Not, Variable, Condition]";

describe("A Choice state", () => {
  refuses([
    ["has Choices", { Type: "Choice" }, [schema("These fields are required: [Choices]", "/States/S")]],
    ["has at least one", { Type: "Choice", Choices: [] }, [schema("Value cannot be empty", "/States/S/Choices")]],
    ["has rules that are objects", choice("x"), [schema("Expected value of type Object", RULE)]],
    ["has rules that lead somewhere", choice({ Variable: "$.a", IsNull: true }), [schema("These fields are required: [Next]", RULE)]],
    rule("has rules that test something", {}, schema(KINDS, RULE)),
    rule("has rules that test one thing", { Variable: "$.a", IsNull: true, Not: {} }, schema(KINDS, RULE)),
    rule(
      "has rules without unknown operators",
      { Variable: "$.a", IsNull: true, IsOdd: true },
      schema("Field 'IsOdd' is not supported", RULE),
    ),
    rule(
      "has nested rules that lead nowhere",
      { Not: { Variable: "$.a", IsNull: true, Next: "Next" } },
      schema("Field 'Next' is not supported", `${RULE}/Not`),
    ),
    rule("has no empty And", { And: [] }, schema("Value cannot be empty", `${RULE}/And`)),
    rule("has nested rules that are objects", { Or: [1] }, schema("Expected value of type Object", `${RULE}/Or[0]`)),
    rule(
      "compares numbers with numbers",
      { Variable: "$.a", NumericEquals: "1" },
      schema("Expected value of type Number", `${RULE}/NumericEquals`),
    ),
    rule(
      "compares booleans with booleans",
      { Variable: "$.a", BooleanEquals: 1 },
      schema("Expected value of type Boolean", `${RULE}/BooleanEquals`),
    ),
    rule(
      "compares texts with texts",
      { Variable: "$.a", StringEquals: 1 },
      schema("Expected value of type [STRING]", `${RULE}/StringEquals`),
    ),
    rule(
      "matches with texts",
      { Variable: "$.a", StringMatches: null },
      schema("Expected value of type [STRING]", `${RULE}/StringMatches`),
    ),
    rule(
      "takes texts for paths",
      { Variable: "$.a", StringEqualsPath: 1 },
      schema("Expected value of type [STRING]", `${RULE}/StringEqualsPath`),
    ),
    rule("asks for what is with booleans", { Variable: "$.a", IsNull: "yes" }, schema("Expected value of type Boolean", `${RULE}/IsNull`)),
    rule(
      "compares timestamps with timestamps",
      { Variable: "$.a", TimestampEquals: "2016-03-14" },
      schema("String does not match RFC3339 timestamp", `${RULE}/TimestampEquals`),
    ),
    rule(
      "reads a Variable by a reference path",
      { Variable: "States.ArrayLength($.a)", NumericEquals: 0 },
      schema("Value is not a Reference Path: Reference path didn't start with '$'", `${RULE}/Variable`),
    ),
    rule(
      "reads operands by reference paths",
      { Variable: "$.a", StringEqualsPath: "b" },
      schema("Value is not a Reference Path: Reference path didn't start with '$'", `${RULE}/StringEqualsPath`),
    ),
  ]);

  it("has exactly one operator a rule", () => {
    const wrong: JsonObject[] = [{}, { IsNull: true, IsString: true }];
    for (const operators of wrong) {
      const errors = errorsOf(machineOf(choice({ Variable: "$.a", Next: "Next", ...operators })));
      assert.equal(errors.length, 1);
      assert.match(errors[0] ?? "", ONE_OF_MANY);
    }
  });

  it("knows every operator", () => {
    for (const [op, operand] of TESTS) {
      const state = stateOf(machineOf(choice({ Variable: "$.a", [op]: operand, Next: "Next" })), "Choice");
      const comparison = { op, variable: "$.a", operand, operandIsPath: op.endsWith("Path") };
      assert.deepEqual(state.choices[0]?.test, { comparison });
    }
  });

  it("reads nested rules", () => {
    const given: JsonObject = {
      Or: [{ Not: { Variable: "$$.State.Name", IsNull: true } }, { And: [{ Variable: "$v", IsString: true }] }],
      Next: "Next",
    };
    const state = stateOf(machineOf({ ...choice(given), Default: "Next" }), "Choice");
    assert.deepEqual(state.choices[0]?.test, {
      comparison: {
        op: "Or",
        of: [
          { op: "Not", of: { op: "IsNull", variable: "$$.State.Name", operand: true, operandIsPath: false } },
          { op: "And", of: [{ op: "IsString", variable: "$v", operand: true, operandIsPath: false }] },
        ],
      },
    });
    assert.equal(state.default, "Next");
  });

  it("is warned of a text that looks like a path", () => {
    assert.equal(warningsOf(machineOf(choice({ Variable: "$.a", StringEquals: "$.b", Next: "Next" }))).length, 1);
  });
});

describe("A Choice state in JSONata", () => {
  const jsonata = { QueryLanguage: "JSONata" };
  refuses([
    ["has a Condition", choice({ Next: "Next" }), [schema("These fields are required: [Condition]", RULE)], jsonata],
    [
      "has a Condition that is an expression",
      choice({ Condition: "true", Next: "Next" }),
      [schema("JSONata string must start with {% and end with %}", `${RULE}/Condition`)],
      jsonata,
    ],
    [
      "has a Condition that is no number",
      choice({ Condition: 1, Next: "Next" }),
      [schema("Expected value of type Boolean", `${RULE}/Condition`)],
      jsonata,
    ],
    [
      "has no comparison of JSONPath",
      choice({ Condition: true, Variable: "$.a", Next: "Next" }),
      [schema("The QueryLanguage is set to 'JSONata', but field 'Variable' is only supported for the 'JSONPath' QueryLanguage", RULE)],
      jsonata,
    ],
    [
      "is read without mistakes",
      choice({ Condition: "{% 1 + %}", Next: "Next" }),
      ["INVALID_JSONATA_EXPRESSION: Unexpected end of expression at /States/S/Choices[0]/Condition"],
      jsonata,
    ],
  ]);

  it("keeps conditions, outputs and assignments", () => {
    const given = { Condition: "{% $states.input.a %}", Output: "{% 1 %}", Assign: { x: 1 }, Next: "Next" };
    const state = stateOf(machineOf(choice(given), jsonata), "Choice");
    assert.deepEqual(state.choices, [{ next: "Next", assign: { x: 1 }, output: "{% 1 %}", test: { condition: "{% $states.input.a %}" } }]);
  });
});
