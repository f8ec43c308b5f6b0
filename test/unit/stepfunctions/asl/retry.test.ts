import assert from "node:assert/strict";
import type { JsonObject } from "../../../../local/json.ts";
import { type Case, machineOf, refuses, SEND, schema, stateOf } from "./support.ts";

const RETRY = "/States/S/Retry[0]";
const CATCH = "/States/S/Catch[0]";

function retry(title: string, retrier: JsonObject, ...errors: string[]): Case {
  return [title, { ...SEND, Retry: [{ ErrorEquals: ["E"], ...retrier }] }, errors];
}

function caught(title: string, catcher: JsonObject, ...errors: string[]): Case {
  return [title, { ...SEND, Catch: [{ ErrorEquals: ["E"], Next: "Next", ...catcher }] }, errors];
}

const ALONE = "States.ALL must appear alone and at end of list";

describe("A retrier", () => {
  refuses([
    ["is one of a list", { ...SEND, Retry: {} }, [schema("Expected value of type Array", "/States/S/Retry")]],
    ["is an object", { ...SEND, Retry: ["E"] }, [schema("Expected value of type Object", RETRY)]],
    ["names errors", { ...SEND, Retry: [{}] }, [schema("These fields are required: [ErrorEquals]", RETRY)]],
    retry("names at least one error", { ErrorEquals: [] }, schema("Value cannot be empty", `${RETRY}/ErrorEquals`)),
    retry("names errors by texts", { ErrorEquals: [1] }, schema("Expected value of type [STRING]", `${RETRY}/ErrorEquals[0]`)),
    retry("has States.ALL alone", { ErrorEquals: ["E", "States.ALL"] }, schema(ALONE, `${RETRY}/ErrorEquals`)),
    [
      "has States.ALL last",
      { ...SEND, Retry: [{ ErrorEquals: ["States.ALL"] }, { ErrorEquals: ["E"] }] },
      [schema(ALONE, `${RETRY}/ErrorEquals`)],
    ],
    retry("waits no negative time", { IntervalSeconds: -1 }, schema("Minimum value is 0", `${RETRY}/IntervalSeconds`)),
    retry("waits at most 99999999 s", { IntervalSeconds: 1e8 }, schema("Maximum value is 99999999", `${RETRY}/IntervalSeconds`)),
    retry("tries no negative number of times", { MaxAttempts: -1 }, schema("Minimum value is 0", `${RETRY}/MaxAttempts`)),
    retry("tries at most 99999999 times", { MaxAttempts: 1e8 }, schema("Maximum value is 99999999", `${RETRY}/MaxAttempts`)),
    retry("tries whole numbers of times", { MaxAttempts: 1.5 }, schema("Expected value of type Integer", `${RETRY}/MaxAttempts`)),
    retry("does not come faster and faster", { BackoffRate: 0.9 }, schema("Minimum value is 1.0", `${RETRY}/BackoffRate`)),
    retry("has a rate that is a number", { BackoffRate: "2" }, schema("Expected value of type Double", `${RETRY}/BackoffRate`)),
    retry("has a delay of a second at least", { MaxDelaySeconds: 0 }, schema("Minimum value is 1", `${RETRY}/MaxDelaySeconds`)),
    retry("has a delay of a year at most", { MaxDelaySeconds: 31622401 }, schema("Maximum value is 31622400", `${RETRY}/MaxDelaySeconds`)),
    retry(
      "has a known jitter",
      { JitterStrategy: "SOME" },
      schema("Value should be one of the following: [NONE, FULL]", `${RETRY}/JitterStrategy`),
    ),
    retry("has no other fields", { Output: 1 }, schema("Field 'Output' is not supported", RETRY)),
  ]);

  it("has AWS's defaults", () => {
    const state = stateOf(machineOf({ ...SEND, Retry: [{ ErrorEquals: ["E"] }] }), "Task");
    assert.deepEqual(state.retry, [
      { errorEquals: ["E"], intervalSeconds: 1, maxAttempts: 3, backoffRate: 2, maxDelaySeconds: undefined, jitter: "NONE" },
    ]);
  });

  it("keeps what is given", () => {
    const given = {
      ErrorEquals: ["A", "B"],
      IntervalSeconds: 0,
      MaxAttempts: 0,
      BackoffRate: 1.5,
      MaxDelaySeconds: 9,
      JitterStrategy: "FULL",
    };
    const state = stateOf(machineOf({ ...SEND, Retry: [{ ...given, Comment: "c" }] }), "Task");
    assert.deepEqual(state.retry, [
      { errorEquals: ["A", "B"], intervalSeconds: 0, maxAttempts: 0, backoffRate: 1.5, maxDelaySeconds: 9, jitter: "FULL" },
    ]);
  });
});

describe("A catcher", () => {
  refuses([
    ["leads somewhere", { ...SEND, Catch: [{ ErrorEquals: ["E"] }] }, [schema("These fields are required: [Next]", CATCH)]],
    ["names errors", { ...SEND, Catch: [{ Next: "Next" }] }, [schema("These fields are required: [ErrorEquals]", CATCH)]],
    caught("has States.ALL alone", { ErrorEquals: ["States.ALL", "E"] }, schema(ALONE, `${CATCH}/ErrorEquals`)),
    caught(
      "has a ResultPath that is a reference path",
      { ResultPath: "a" },
      schema("Value is not a Reference Path: ResultPath must start with '$.' or '$['", `${CATCH}/ResultPath`),
    ),
    caught("has no other fields", { MaxAttempts: 1 }, schema("Field 'MaxAttempts' is not supported", CATCH)),
    caught(
      "has no Output in JSONPath",
      { Output: {} },
      schema("The QueryLanguage is set to 'JSONPath', but field 'Output' is only supported for the 'JSONata' QueryLanguage", CATCH),
    ),
    caught(
      "assigns to variables by legal names",
      { Assign: { "a b": 1 } },
      "INVALID_VARIABLE_NAME: Invalid variable name 'a b': the variable name contains invalid characters. at /States/S/Catch[0]/Assign/a b",
    ),
  ]);

  it("puts the error at the root where no path is given, and nowhere for null", () => {
    const catchers: JsonObject[] = [
      { ErrorEquals: ["A"], Next: "Next" },
      { ErrorEquals: ["B"], Next: "Next", ResultPath: null },
    ];
    const state = stateOf(machineOf({ ...SEND, Catch: catchers }), "Task");
    assert.deepEqual(
      state.catch.map(({ resultPath }) => resultPath),
      ["$", null],
    );
  });
});
