import assert from "node:assert/strict";
import type { JsonObject } from "../../../../local/json.ts";
import { failureOf, play } from "../support/play.ts";

/** Fields that take a number or a text, where a JSONata expression gives something else. */

const PREFIX = "An error occurred while executing the state 'S' (entered at the event id #2). ";
const TASK = { Type: "Task", Resource: "arn:aws:states:::sqs:sendMessage", Arguments: { QueueUrl: "q", MessageBody: "m" } };
const PROCESSOR = { StartAt: "P", States: { P: { Type: "Pass", End: true } } };
const MAP = { Type: "Map", Items: [1], ItemProcessor: PROCESSOR };

function failureIn(state: JsonObject) {
  return failureOf(play({ QueryLanguage: "JSONata", StartAt: "S", States: { S: { ...state, End: true } } }));
}

describe("a JSONata expression", () => {
  const wrong: [string, JsonObject, string, string][] = [
    ["Seconds", { Type: "Wait", Seconds: "{% 'soon' %}" }, "'soon'", `Expected 'number', but was 'string' for value: "soon"`],
    ["Timestamp", { Type: "Wait", Timestamp: "{% 7 %}" }, "7", "Expected 'string', but was 'number' for value: 7"],
    ["TimeoutSeconds", { ...TASK, TimeoutSeconds: "{% null %}" }, "null", "Expected 'number', but was 'null' for value: null"],
    ["HeartbeatSeconds", { ...TASK, HeartbeatSeconds: "{% [1] %}" }, "[1]", "Expected 'number', but was 'array' for value: [1]"],
    ["MaxConcurrency", { ...MAP, MaxConcurrency: "{% '2' %}" }, "'2'", `Expected 'number', but was 'string' for value: "2"`],
  ];
  for (const [field, state, expression, expected] of wrong) {
    it(`of ${field} fails the state where it gives a value of another type`, () => {
      assert.deepEqual(failureIn(state), {
        error: "States.QueryEvaluationError",
        cause: `${PREFIX}The JSONata expression '${expression}' specified for the field '${field}' returned an unexpected result type. ${expected}`,
      });
    });
  }

  it("of TimeoutSeconds gives at least one second", () => {
    assert.deepEqual(failureIn({ ...TASK, TimeoutSeconds: "{% 0 %}" }), {
      error: "States.QueryEvaluationError",
      cause: `${PREFIX}The TimeoutSeconds field must be a positive integer but was: 0`,
    });
  });

  it("of Seconds gives a whole number that is not negative", () => {
    for (const seconds of ["-1", "1.5"]) {
      assert.deepEqual(failureIn({ Type: "Wait", Seconds: `{% ${seconds} %}` }), {
        error: "States.QueryEvaluationError",
        cause: `${PREFIX}The Seconds field cannot be parsed as a long value: ${seconds}`,
      });
    }
  });
});
