import assert from "node:assert/strict";
import { errorsOf, machineOf, refuses, schema, stateOf, warningsOf } from "./support.ts";

const PASS = { Type: "Pass", End: true };
const BOTH_KINDS = "The field 'Type' should have one of these values: [Task, Wait, Pass, Succeed, Fail, Choice, Parallel, Map]";

describe("Every state", () => {
  refuses([
    ["has a Type", { End: true }, [schema("These fields are required: [Type]", "/States/S")]],
    ["has a Type that is known", { Type: "Nap", End: true }, [schema(BOTH_KINDS, "/States/S/Type")]],
    ["has Next or End", { Type: "Pass" }, [schema("This object should have only one of the following fields: [Next, End]", "/States/S")]],
    [
      "has Next or End, where End is false",
      { Type: "Pass", End: false },
      [schema("This object should have only one of the following fields: [Next, End]", "/States/S")],
    ],
    [
      "has not both Next and End",
      { Type: "Pass", Next: "Next", End: true },
      [schema("There should only be one of the following fields: [Next, End]", "/States/S")],
    ],
    [
      "has an End that is a boolean",
      { Type: "Pass", Next: "Next", End: "yes" },
      [schema("Expected value of type Boolean", "/States/S/End")],
    ],
    ["has a Comment that is a text", { ...PASS, Comment: 1 }, [schema("Expected value of type [STRING]", "/States/S/Comment")]],
    ["has an InputPath that is a path", { ...PASS, InputPath: "a" }, [schema("Value must be a valid JSONPath.", "/States/S/InputPath")]],
    [
      "has an OutputPath that is a path",
      { ...PASS, OutputPath: "$.[" },
      [schema("Value must be a valid JSONPath.", "/States/S/OutputPath")],
    ],
    ["is an object", "Pass", [schema("Expected value of type Object", "/States/S")]],
  ]);

  const refusedFields: [string, Record<string, unknown>, string[]][] = [
    ["Pass", { End: true }, ["Resource", "TimeoutSeconds", "Retry", "Catch", "ResultSelector", "Seconds", "Choices"]],
    ["Wait", { Seconds: 1, End: true }, ["ResultPath", "Parameters", "TimeoutSeconds", "Retry", "Catch"]],
    ["Succeed", {}, ["Next", "End", "ResultPath", "Retry", "Assign"]],
    ["Fail", {}, ["Next", "End", "InputPath", "OutputPath", "Assign"]],
    ["Choice", { Choices: [{ Variable: "$.a", IsNull: true, Next: "Next" }] }, ["Next", "End", "Retry", "ResultPath"]],
  ];
  for (const [type, fields, names] of refusedFields) {
    it(`of the type ${type} has only the fields of its type`, () => {
      for (const name of names) {
        // Prepare
        const value = name === "End" ? true : name === "Next" ? "Next" : null;
        const definition = JSON.parse(JSON.stringify(machineOf({ Type: type, ...JSON.parse(JSON.stringify(fields)), [name]: value })));
        // Act
        const errors = errorsOf(definition);
        // Assess
        assert.ok(errors.includes(schema(`Field '${name}' is not supported`, "/States/S")), `${name}: ${errors.join(", ")}`);
      }
    });
  }

  it("has the whole input as input and output where no path is given, and none for null", () => {
    const whole = stateOf(machineOf(PASS), "Pass");
    const none = stateOf(machineOf({ ...PASS, InputPath: null, OutputPath: null, ResultPath: null }), "Pass");
    assert.deepEqual([whole.inputPath, whole.outputPath, whole.resultPath], ["$", "$", "$"]);
    assert.deepEqual([none.inputPath, none.outputPath, none.resultPath], [null, null, null]);
  });

  it("may read variables and the context by its paths", () => {
    assert.deepEqual(errorsOf(machineOf({ ...PASS, InputPath: "$$.Execution.Id", OutputPath: "$order.id" })), []);
  });
});

describe("ResultPath", () => {
  const at = "/States/S/ResultPath";
  it("is a reference path", () => {
    for (const path of ["a", "$.a[*]", "$..a", "$.a[?(@.b)]"]) {
      const [error] = errorsOf(machineOf({ ...PASS, ResultPath: path }));
      assert.match(error ?? "", /^SCHEMA_VALIDATION_FAILED: Value is not a Reference Path/, path);
    }
  });

  refuses([
    [
      "cannot write to the context or to variables",
      { ...PASS, ResultPath: "$$.x" },
      [schema("Value is not a Reference Path: ResultPath must start with '$.' or '$['", at)],
    ],
    ["is a text", { ...PASS, ResultPath: {} }, [schema("Expected value of type [STRING]", at)]],
  ]);
});

describe("A Pass state", () => {
  it("keeps any Result, false and null among them", () => {
    assert.equal(stateOf(machineOf({ ...PASS, Result: false }), "Pass").result, false);
    assert.equal(stateOf(machineOf({ ...PASS, Result: null }), "Pass").result, null);
    assert.equal(stateOf(machineOf(PASS), "Pass").result, undefined);
  });

  it("is warned of a Result that looks like a path", () => {
    assert.equal(warningsOf(machineOf({ ...PASS, Result: { a: "$.b" } })).length, 1);
    assert.deepEqual(warningsOf(machineOf({ ...PASS, Result: { a: "$9.99" } })), []);
  });
});

describe("A Wait state", () => {
  const fields = "[SecondsPath, Seconds, TimestampPath, Timestamp]";
  const wait = { Type: "Wait", End: true };
  refuses([
    ["says how long", wait, [schema(`This object should have only one of the following fields: ${fields}`, "/States/S")]],
    [
      "says it in one way",
      { ...wait, Seconds: 1, SecondsPath: "$.s" },
      [schema(`There should only be one of the following fields: ${fields}`, "/States/S")],
    ],
    ["waits no negative time", { ...wait, Seconds: -1 }, [schema("Minimum value is 0", "/States/S/Seconds")]],
    ["waits at most 99999999 s", { ...wait, Seconds: 100_000_000 }, [schema("Maximum value is 99999999", "/States/S/Seconds")]],
    ["waits whole seconds", { ...wait, Seconds: 1.5 }, [schema("Expected value of type Integer", "/States/S/Seconds")]],
    [
      "cannot wait for the context object",
      { ...wait, SecondsPath: "$$.x" },
      [schema("Value is not a Reference Path", "/States/S/SecondsPath")],
    ],
    [
      "takes no JSONata timestamp in JSONPath",
      { ...wait, Timestamp: "{% '2016-03-14T01:59:00Z' %}" },
      [schema("String does not match RFC3339 timestamp", "/States/S/Timestamp")],
    ],
  ]);

  it("takes each way of saying how long", () => {
    const until = (given: Record<string, string | number>, language = "JSONPath") =>
      stateOf(machineOf({ ...wait, ...given }, { QueryLanguage: language }), "Wait").until;
    assert.deepEqual(until({ Seconds: 0 }), { seconds: 0 });
    assert.deepEqual(until({ SecondsPath: "$.s" }), { path: "$.s" });
    assert.deepEqual(until({ Timestamp: "2030-01-01T00:00:00Z" }), { moment: Date.UTC(2030, 0, 1) });
    assert.deepEqual(until({ TimestampPath: "$.t" }), { timestampPath: "$.t" });
    assert.deepEqual(until({ Seconds: "{% 1 %}" }, "JSONata"), { jsonata: "{% 1 %}" });
    assert.deepEqual(until({ Timestamp: "{% $now() %}" }, "JSONata"), { timestampJsonata: "{% $now() %}" });
  });
});

describe("A Fail state", () => {
  refuses([
    [
      "has not both Error and ErrorPath",
      { Type: "Fail", Error: "E", ErrorPath: "$.e" },
      [schema("There should only be one of the following fields: [Error, ErrorPath]", "/States/S")],
    ],
    [
      "has not both Cause and CausePath",
      { Type: "Fail", Cause: "C", CausePath: "$.c" },
      [schema("There should only be one of the following fields: [Cause, CausePath]", "/States/S")],
    ],
    ["has an ErrorPath that is a text", { Type: "Fail", ErrorPath: 1 }, [schema("Expected value of type [STRING]", "/States/S/ErrorPath")]],
    [
      "has a CausePath that calls a function without mistakes",
      { Type: "Fail", CausePath: "States.Format(" },
      [schema("The value for the field 'CausePath' must be a valid JSONPath or a valid intrinsic function call", "/States/S/CausePath")],
    ],
  ]);

  it("takes texts, paths, functions and expressions", () => {
    const fail = (given: Record<string, string>, language = "JSONPath") => {
      const { error, cause } = stateOf(machineOf({ Type: "Fail", ...given }, { QueryLanguage: language }), "Fail");
      return { error, cause };
    };
    assert.deepEqual(fail({}), { error: undefined, cause: undefined });
    assert.deepEqual(fail({ Error: "E", Cause: "C" }), { error: { text: "E" }, cause: { text: "C" } });
    assert.deepEqual(fail({ ErrorPath: "$$.Execution.Id", CausePath: "States.Format('{}', $.c)" }), {
      error: { path: "$$.Execution.Id" },
      cause: { path: "States.Format('{}', $.c)" },
    });
    assert.deepEqual(fail({ Error: "{% 'E' %}", Cause: "C" }, "JSONata"), { error: { jsonata: "{% 'E' %}" }, cause: { text: "C" } });
  });
});
