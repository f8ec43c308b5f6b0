import assert from "node:assert/strict";
import fc from "fast-check";
import type { Json, JsonObject } from "../../../../local/json.ts";
import { type Scope, StatesError } from "../../../../local/stepfunctions/expressions/scope.ts";
import { evaluateText, fillTemplate } from "../../../../local/stepfunctions/expressions/template.ts";

const SCOPE: Scope = {
  input: { a: { b: [1, 2] }, flag: false },
  context: { State: { Name: "S" } },
  variables: { count: 3 },
};

describe("fillTemplate", () => {
  it("replaces members whose name ends in .$ at any depth", () => {
    const template: Json = {
      "value.$": "$.a.b",
      nested: [{ "name.$": "$$.State.Name" }, { deep: { "n.$": "States.MathAdd($count, 1)" } }],
      "flag.$": "$.flag",
    };

    assert.deepEqual(fillTemplate(template, SCOPE, "Parameters"), {
      value: [1, 2],
      nested: [{ name: "S" }, { deep: { n: 4 } }],
      flag: false,
    });
  });

  it("leaves texts that look like paths alone where the name does not end in .$", () => {
    const template = { a: "$.x", b: "States.UUID()", c: ["$$"], "d.$x": "$.y" };

    assert.deepEqual(fillTemplate(template, SCOPE, "Parameters"), template);
  });

  it("gives a copy of any template without .$", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const template = JSON.parse(JSON.stringify(value)) as Json;
        fc.pre(!JSON.stringify(template).includes('.$"'));
        const filled = fillTemplate(template, SCOPE, "Parameters");
        assert.equal(JSON.stringify(filled), JSON.stringify(template));
      }),
    );
  });

  it("shares nothing with the template or the input", () => {
    const template: JsonObject = { fixed: { x: 1 }, "taken.$": "$.a" };
    const before = JSON.stringify([template, SCOPE.input]);

    const filled = fillTemplate(template, SCOPE, "Parameters") as { fixed: JsonObject; taken: JsonObject };
    filled.fixed.x = 2;
    filled.taken.b = 3;

    assert.equal(JSON.stringify([template, SCOPE.input]), before);
  });

  it("names the member, not the template, where a path leads nowhere", () => {
    assert.throws(
      () => fillTemplate({ outer: { "inner.$": "$.nope" } }, { ...SCOPE, input: {} }, "Parameters"),
      (problem: unknown) =>
        problem instanceof StatesError &&
        problem.error === "States.Runtime" &&
        problem.cause === "The JSONPath '$.nope' specified for the field 'inner.$' could not be found in the input '{}'",
    );
  });
});

describe("evaluateText", () => {
  it("takes a path or an intrinsic function", () => {
    assert.equal(evaluateText("$.a.b[1]", SCOPE, "CausePath"), 2);
    assert.equal(evaluateText("States.Format('n={}', $count)", SCOPE, "CausePath"), "n=3");
  });
});
