import assert from "node:assert/strict";
import type { JsonObject } from "../../../../local/json.ts";
import { variableReferences } from "../../../../local/stepfunctions/asl/variable-references.ts";
import { INNER, machineOf, programOf } from "./support.ts";

function referencesOf(state: JsonObject, language = "JSONPath"): Record<string, string[]> {
  return variableReferences(programOf(machineOf(state, { QueryLanguage: language })));
}

describe("variableReferences", () => {
  const cases: [string, JsonObject, string[]][] = [
    ["paths", { Type: "Pass", InputPath: "$b", OutputPath: "$a.x", End: true }, ["a", "b"]],
    [
      "templates",
      { Type: "Pass", Parameters: { "a.$": "$x", b: { "c.$": "States.MathAdd($y, $.z)" } }, Assign: { "v.$": "$w" }, End: true },
      ["w", "x", "y"],
    ],
    ["waits", { Type: "Wait", SecondsPath: "$s", End: true }, ["s"]],
    ["failures", { Type: "Fail", ErrorPath: "$e", CausePath: "States.Format('{}', $c)" }, ["c", "e"]],
    [
      "choices",
      {
        Type: "Choice",
        Choices: [{ And: [{ Variable: "$g", StringEqualsPath: "$h" }, { Not: { Variable: "$i", IsNull: true } }], Next: "Next" }],
      },
      ["g", "h", "i"],
    ],
    [
      "maps",
      {
        Type: "Map",
        ItemsPath: "$l",
        MaxConcurrencyPath: "$m",
        ToleratedFailureCountPath: "$t",
        ItemSelector: { "a.$": "$n" },
        ItemProcessor: INNER,
        End: true,
      },
      ["l", "m", "n", "t"],
    ],
    [
      "tasks",
      {
        Type: "Task",
        Resource: "arn:aws:states:::aws-sdk:sqs:sendMessage",
        Parameters: { "QueueUrl.$": "$q" },
        ResultSelector: { "r.$": "$r" },
        TimeoutSecondsPath: "$t",
        HeartbeatSecondsPath: "$h",
        Catch: [{ ErrorEquals: ["States.ALL"], Next: "Next", Assign: { "e.$": "$f" } }],
        Next: "Next",
      },
      ["f", "h", "q", "r", "t"],
    ],
  ];
  for (const [what, state, expected] of cases) {
    it(`finds the variables that ${what} read`, () => {
      assert.deepEqual(referencesOf(state), { S: expected });
    });
  }

  it("finds the variables of JSONata, not its functions, nor what an expression binds itself", () => {
    const state = { Type: "Pass", Output: { a: "{% ($y := $x; $sum([$y, $states.input.z])) %}" }, Assign: { b: "{% $w %}" }, End: true };
    assert.deepEqual(referencesOf(state, "JSONata"), { S: ["w", "x"] });
  });

  it("takes nothing for a variable that is not evaluated", () => {
    assert.deepEqual(referencesOf({ Type: "Pass", Parameters: { result: "$result", list: ["$a"] }, End: true }), {});
  });

  it("lists states inside others by their own names", () => {
    const inner = { StartAt: "In", States: { In: { Type: "Pass", InputPath: "$a", End: true } } };
    assert.deepEqual(referencesOf({ Type: "Parallel", Branches: [inner], End: true }), { In: ["a"] });
  });
});
