import assert from "node:assert/strict";
import type { JsonObject } from "../../../../local/json.ts";
import { errorsOf, INNER, machineOf, programOf, refuses, schema, stateOf } from "./support.ts";

const PASS = { Type: "Pass", End: true };
const JSONATA = { QueryLanguage: "JSONata" };

function belongs(language: string, field: string, other: string, at = "/States/S"): string {
  return schema(`The QueryLanguage is set to '${language}', but field '${field}' is only supported for the '${other}' QueryLanguage`, at);
}

describe("The query language", () => {
  it("is JSONPath where none is given", () => {
    assert.equal(stateOf(machineOf(PASS), "Pass").language, "JSONPath");
  });

  it("of a machine is that of its states, however deep", () => {
    const program = programOf(machineOf({ Type: "Parallel", Branches: [INNER], End: true }, JSONATA));
    const outer = program.states.get("S");
    assert.ok(outer?.type === "Parallel");
    assert.deepEqual([outer.language, outer.branches[0]?.states.get("In")?.language], ["JSONata", "JSONata"]);
  });

  it("of a Map or Parallel is not that of the states inside", () => {
    const state = stateOf(machineOf({ Type: "Map", ItemProcessor: INNER, ...JSONATA, End: true }), "Map");
    assert.deepEqual([state.language, state.processor.states.get("In")?.language], ["JSONata", "JSONPath"]);
  });

  it("of a state may be JSONata in a JSONPath machine", () => {
    assert.equal(stateOf(machineOf({ ...PASS, ...JSONATA, Output: 1 }), "Pass").language, "JSONata");
  });

  refuses([
    [
      "of a state cannot be JSONPath in a JSONata machine, and is told nothing else about it",
      { ...PASS, QueryLanguage: "JSONPath", Output: 1 },
      [schema("'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine", "/States/S")],
      JSONATA,
    ],
    [
      "of a state is one that exists; any other counts as JSONata",
      { ...PASS, QueryLanguage: "SQL", InputPath: "$" },
      [
        schema("Value should be one of the following: [JSONPath, JSONata]", "/States/S/QueryLanguage"),
        belongs("JSONata", "InputPath", "JSONPath"),
      ],
    ],
  ]);

  it("JSONPath has no fields of JSONata", () => {
    const states: Record<string, JsonObject> = {
      Output: PASS,
      Arguments: { Type: "Parallel", Branches: [INNER], End: true },
      Items: { Type: "Map", ItemProcessor: INNER, End: true },
    };
    for (const [field, state] of Object.entries(states)) {
      assert.deepEqual(errorsOf(machineOf({ ...state, [field]: [] })), [belongs("JSONPath", field, "JSONata")]);
    }
  });

  it("JSONata has no fields of JSONPath", () => {
    const task = { Type: "Task", Resource: "arn:aws:states:::aws-sdk:sqs:sendMessage", Arguments: {}, End: true };
    const map = { Type: "Map", ItemProcessor: INNER, End: true };
    const cases: [object, Record<string, string | object>][] = [
      [PASS, { InputPath: "$", OutputPath: "$", ResultPath: "$", Parameters: {}, Result: {} }],
      [task, { ResultSelector: {}, TimeoutSecondsPath: "$.t", HeartbeatSecondsPath: "$.t" }],
      [{ Type: "Wait", End: true }, { SecondsPath: "$.s" }],
      [{ Type: "Wait", End: true }, { TimestampPath: "$.s" }],
      [map, { ItemsPath: "$", MaxConcurrencyPath: "$.m", ToleratedFailureCountPath: "$.t", ToleratedFailurePercentagePath: "$.t" }],
      [{ Type: "Fail" }, { ErrorPath: "$.e", CausePath: "$.c" }],
    ];
    for (const [state, fields] of cases) {
      for (const [field, value] of Object.entries(fields)) {
        const given = JSON.parse(JSON.stringify({ ...state, [field]: value }));
        assert.deepEqual(errorsOf(machineOf(given, JSONATA)), [belongs("JSONata", field, "JSONPath")]);
      }
    }
  });
});
