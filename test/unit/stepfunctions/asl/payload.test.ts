import assert from "node:assert/strict";
import { errorsOf, INNER, machineOf, refuses, SEND, schema, warningsOf } from "./support.ts";

const PASS = { Type: "Pass", End: true };
const JSONATA = { QueryLanguage: "JSONata" };

function notDynamic(field: string, at: string): string {
  return schema(`The value for the field '${field}' must be a valid JSONPath or a valid intrinsic function call`, at);
}

describe("A payload template in JSONPath", () => {
  const at = "/States/S/Parameters";
  refuses([
    ["evaluates texts only", { ...PASS, Parameters: { "a.$": 1 } }, [notDynamic("a.$", at)]],
    ["evaluates paths", { ...PASS, Parameters: { "a.$": "b" } }, [notDynamic("a.$", at)]],
    ["evaluates functions without mistakes", { ...PASS, Parameters: { "a.$": "States.Format('{}', $.a" } }, [notDynamic("a.$", at)]],
    ["is checked however deep", { ...PASS, Parameters: { a: [{ b: { "c.$": "d" } }] } }, [notDynamic("c.$", at)]],
    ["is checked as ResultSelector", { ...SEND, ResultSelector: { "a.$": "b" } }, [notDynamic("a.$", "/States/S/ResultSelector")]],
    [
      "is checked as ItemSelector",
      { Type: "Map", ItemProcessor: INNER, ItemSelector: { "a.$": "b" }, End: true },
      [notDynamic("a.$", "/States/S/ItemSelector")],
    ],
    ["is checked as Assign", { ...PASS, Assign: { "a.$": "b" } }, [notDynamic("a.$", "/States/S/Assign")]],
    ["is checked as Credentials", { ...SEND, Credentials: { "RoleArn.$": "b" } }, [notDynamic("RoleArn.$", "/States/S/Credentials")]],
  ]);

  it("takes paths, variables, the context and functions", () => {
    const template = { "a.$": "$.a", "b.$": "$v.b", "c.$": "$$.Task.Token", "d.$": "States.UUID()", e: ["$.literal"], "f.$": "$" };
    assert.deepEqual(errorsOf(machineOf({ ...PASS, Parameters: template })), []);
  });

  it("is warned of what looks like a path but is not evaluated", () => {
    assert.equal(warningsOf(machineOf({ ...PASS, Parameters: { a: "$.b", c: { d: "States.UUID()" }, e: "$5" } })).length, 2);
  });
});

describe("A payload template in JSONata", () => {
  const invalid = (message: string, at: string) => `INVALID_JSONATA_EXPRESSION: ${message} at ${at}`;
  const unsupported = (message: string, at: string) => `UNSUPPORTED_JSONATA_EXPRESSION: ${message} at ${at}`;
  const at = "/States/S/Output";
  const task = { Type: "Task", Resource: "arn:aws:states:::aws-sdk:sqs:sendMessage", Arguments: {}, End: true };
  refuses([
    [
      "has expressions without mistakes",
      { ...PASS, Output: { a: ["{% 1 + %}"] } },
      [invalid("Unexpected end of expression", `${at}/a[0]`)],
      JSONATA,
    ],
    ["closes what it opens", { ...PASS, Output: "{% 1" }, [schema("JSONata string must start with {% and end with %}", at)], JSONATA],
    [
      "reads nothing at the top level",
      { ...PASS, Output: "{% phone.number %}" },
      [unsupported("Reference to 'phone' at the top level is not supported.", at)],
      JSONATA,
    ],
    ["reads no root", { ...PASS, Output: "{% $$ %}" }, [unsupported("Reference to '$$' is not supported.", at)], JSONATA],
    [
      "has no result where nothing is called",
      { ...PASS, Output: "{% $states.result %}" },
      [unsupported("Field '$states.result' does not exist.", at)],
      JSONATA,
    ],
    [
      "has no result before the call",
      { ...task, Arguments: { MessageBody: "{% $states.result %}" } },
      [unsupported("Field '$states.result' does not exist.", "/States/S/Arguments/MessageBody")],
      JSONATA,
    ],
    [
      "has an error only in a catcher",
      { ...task, Output: "{% $states.errorOutput %}" },
      [unsupported("Field '$states.errorOutput' does not exist.", at)],
      JSONATA,
    ],
    [
      "has no other members of $states",
      { ...PASS, Assign: { a: "{% $states.output %}" } },
      [unsupported("Field '$states.output' does not exist.", "/States/S/Assign/a")],
      JSONATA,
    ],
  ]);

  it("has the result after the call, and the error in a catcher", () => {
    const catcher = {
      ErrorEquals: ["States.ALL"],
      Next: "Next",
      Output: "{% $states.errorOutput.Cause %}",
      Assign: { e: "{% $states.errorOutput %}" },
    };
    const state = { ...task, Output: "{% $states.result.MessageId %}", Assign: { r: "{% $states.result %}" }, Catch: [catcher] };
    assert.deepEqual(errorsOf(machineOf(state, JSONATA)), []);
  });

  it("takes texts that are no expressions as they are", () => {
    assert.deepEqual(errorsOf(machineOf({ ...PASS, Output: { a: "$.b", "c.$": "d", e: "50 %}" } }, JSONATA)), []);
  });
});

describe("Assign", () => {
  const at = (name: string) => `/States/S/Assign/${name}`;
  const long = "v".repeat(81);
  refuses([
    ["is an object", { ...PASS, Assign: [] }, [schema("Expected value of type Object", "/States/S/Assign")]],
    [
      "cannot set the reserved variable",
      { ...PASS, Assign: { states: 1 } },
      [`RESERVED_VARIABLE_NAME: Cannot assign to reserved variable '$states'. at ${at("states")}`],
    ],
    [
      "sets variables by names without special characters",
      { ...PASS, Assign: { "a-b": 1 } },
      [`INVALID_VARIABLE_NAME: Invalid variable name 'a-b': the variable name contains invalid characters. at ${at("a-b")}`],
    ],
    [
      "sets variables by names of at most 80 characters",
      { ...PASS, Assign: { [long]: 1 } },
      [`INVALID_VARIABLE_NAME: Invalid variable name '${long}': the variable name exceeds the 80-character limit. at ${at(long)}`],
    ],
    [
      "sets no variable inside that is set outside",
      {
        Type: "Parallel",
        Assign: { "a.$": "$" },
        Branches: [{ StartAt: "In", States: { In: { Type: "Pass", Assign: { a: 1 }, End: true } } }],
        End: true,
      },
      ["DUPLICATE_VARIABLE_NAME: The variable name 'a' was already defined in a parent scope. at /States/S/Branches[0]/States/In/Assign"],
    ],
  ]);

  it("may set the same variable in branches side by side", () => {
    const branch = (name: string) => ({ StartAt: name, States: { [name]: { Type: "Pass", Assign: { a: 1 }, End: true } } });
    assert.deepEqual(errorsOf(machineOf({ Type: "Parallel", Branches: [branch("A"), branch("B")], End: true })), []);
  });

  it("may set a variable inside that only a catcher sets outside", () => {
    const branch = { StartAt: "In", States: { In: { Type: "Pass", Assign: { a: 1 }, End: true } } };
    const parallel = {
      Type: "Parallel",
      Branches: [branch],
      Catch: [{ ErrorEquals: ["States.ALL"], Assign: { a: 2 }, Next: "Caught" }],
      End: true,
    };
    const machine = { StartAt: "S", States: { S: parallel, Caught: { Type: "Pass", End: true } } };

    assert.deepEqual(errorsOf(machine), []);
  });

  it("takes letters of all languages", () => {
    assert.deepEqual(errorsOf(machineOf({ ...PASS, Assign: { größe: 1, "名前.$": "$.n" } })), []);
  });
});
