import assert from "node:assert/strict";
import fc from "fast-check";
import { conditionOf } from "../../../../../api/console/graph/conditions.ts";

describe("A Choice's condition in words", () => {
  const cases: [object, string][] = [
    [{ Variable: "$.to", StringEquals: "CANCELLING", Next: "A" }, "to = CANCELLING"],
    [{ Variable: "$$.Execution.Name", StringMatches: "*-r*" }, "Execution.Name like *-r*"],
    [{ Variable: "$.n", NumericGreaterThanEqualsPath: "$.least" }, "n ≥ least"],
    [{ Variable: "$.n", IsPresent: true }, "n is present"],
    [{ Variable: "$.n", IsNull: false }, "n is not null"],
    [{ Condition: "{% $states.input.n > 3 %}", Next: "A" }, "$states.input.n > 3"],
    [{ Not: { Variable: "$.a", BooleanEquals: true } }, "not (a = true)"],
    [
      {
        And: [
          { Variable: "$.a", NumericLessThan: 1 },
          {
            Or: [
              { Variable: "$.b", IsString: true },
              { Variable: "$.c", TimestampEquals: "t" },
            ],
          },
        ],
      },
      "a < 1 and (b is string or c = t)",
    ],
  ];
  for (const [rule, words] of cases) it(`is short: ${words}`, () => assert.equal(conditionOf(rule), words));

  it("is cut off where it is deeper than anybody reads", () => {
    // Prepare
    const deep = Array.from({ length: 10_000 }).reduce<object>((Not) => ({ Not }), { Variable: "$.a", IsPresent: true });
    // Act and assess
    assert.equal(conditionOf(deep), "not (not (not (not (not (not (…))))))");
  });

  it("is a text for whatever stands there", () => {
    fc.assert(fc.property(fc.jsonValue(), (rule) => assert.equal(typeof conditionOf(rule), "string")));
  });
});
