import assert from "node:assert/strict";
import { errorsOf, machineOf, refuses, SEND, schema, stateOf } from "./support.ts";

const STATE = "/States/S";

describe("A Task state", () => {
  refuses([
    ["has a Resource", { Type: "Task", End: true }, [schema("These fields are required: [Resource]", STATE)]],
    ["has a Resource that is an ARN", { ...SEND, Resource: "send" }, [schema("Value is not a valid resource ARN", `${STATE}/Resource`)]],
    [
      "has not both TimeoutSeconds and TimeoutSecondsPath",
      { ...SEND, TimeoutSeconds: 1, TimeoutSecondsPath: "$.t" },
      [schema("There should only be one of the following fields: [TimeoutSeconds, TimeoutSecondsPath]", STATE)],
    ],
    [
      "has not both HeartbeatSeconds and HeartbeatSecondsPath",
      { ...SEND, HeartbeatSeconds: 1, HeartbeatSecondsPath: "$.t" },
      [schema("There should only be one of the following fields: [HeartbeatSeconds, HeartbeatSecondsPath]", STATE)],
    ],
    ["has at least a second", { ...SEND, TimeoutSeconds: 0 }, [schema("Minimum value is 1", `${STATE}/TimeoutSeconds`)]],
    ["has at most 99999999 s", { ...SEND, TimeoutSeconds: 1e8 }, [schema("Maximum value is 99999999", `${STATE}/TimeoutSeconds`)]],
    ["beats at most every second", { ...SEND, HeartbeatSeconds: 0 }, [schema("Minimum value is 1", `${STATE}/HeartbeatSeconds`)]],
    [
      "beats before it times out",
      { ...SEND, TimeoutSeconds: 5, HeartbeatSeconds: 5 },
      [schema("'HeartbeatSeconds' must be smaller than 'TimeoutSeconds'", `${STATE}/HeartbeatSeconds`)],
    ],
    [
      "takes no text for a number in JSONPath",
      { ...SEND, TimeoutSeconds: "{% 1 %}" },
      [schema("Expected value of type Integer", `${STATE}/TimeoutSeconds`)],
    ],
    [
      "has a role in its Credentials",
      { ...SEND, Credentials: { Role: "r" } },
      [schema("The field 'RoleArn' is required but was missing", `${STATE}/Credentials`)],
    ],
    [
      "has a ResultSelector that is an object",
      { ...SEND, ResultSelector: "$" },
      [schema("Expected value of type Object", `${STATE}/ResultSelector`)],
    ],
  ]);

  it("has no limits where none are given", () => {
    const { timeout, heartbeat, retry, catch: catchers } = stateOf(machineOf(SEND), "Task");
    assert.deepEqual([timeout, heartbeat, retry, catchers], [undefined, undefined, [], []]);
  });

  it("takes numbers, paths and expressions for its limits", () => {
    // Prepare
    const written = { ...SEND, TimeoutSeconds: 60, HeartbeatSecondsPath: "$.beat" };
    const { Parameters: _, ...rest } = SEND;
    const computed = { ...rest, Arguments: { QueueUrl: "q", MessageBody: "m" }, TimeoutSeconds: "{% $states.input.t %}" };
    // Act
    const first = stateOf(machineOf(written), "Task");
    const second = stateOf(machineOf(computed, { QueryLanguage: "JSONata" }), "Task");
    // Assess
    assert.deepEqual([first.timeout, first.heartbeat], [{ seconds: 60 }, { path: "$.beat" }]);
    assert.deepEqual(second.timeout, { jsonata: "{% $states.input.t %}" });
  });
});

describe("The parameters of an integration", () => {
  const put = { Type: "Task", Resource: "arn:aws:states:::dynamodb:putItem", End: true };
  refuses([
    [
      "are there",
      { Type: "Task", Resource: "arn:aws:states:::sqs:sendMessage", End: true },
      [schema("Parameters field is required for resource ARN: arn:aws:states:::sqs:sendMessage", STATE)],
    ],
    [
      "are there in JSONata",
      { Type: "Task", Resource: "arn:aws:states:::sqs:sendMessage", End: true },
      [schema("Arguments field is required for resource ARN: arn:aws:states:::sqs:sendMessage", STATE)],
      { QueryLanguage: "JSONata" },
    ],
    ["are an object", { ...SEND, Parameters: "$" }, [schema("Expected value of type Object", `${STATE}/Parameters`)]],
    [
      "are complete",
      { ...put, Parameters: {} },
      [
        schema("The field 'TableName' is required but was missing", `${STATE}/Parameters`),
        schema("The field 'Item' is required but was missing", `${STATE}/Parameters`),
      ],
    ],
    [
      "are none that the integration does not take",
      { ...put, Parameters: { TableName: "t", "Item.$": "$", QueueUrl: "q" } },
      [schema("The field 'QueueUrl' is not supported by Step Functions", `${STATE}/Parameters`)],
    ],
  ]);

  it("of an SDK integration are those of the service's API, of which none need be there", () => {
    const sdk = { ...SEND, Resource: "arn:aws:states:::aws-sdk:sfn:sendTaskSuccess", Parameters: { "TaskToken.$": "$", output: "{}" } };
    assert.deepEqual(errorsOf(machineOf(sdk)), [schema("The field 'output' is not supported by Step Functions", `${STATE}/Parameters`)]);
  });

  it("may be computed whole in JSONata", () => {
    const computed = { Type: "Task", Resource: "arn:aws:states:::sqs:sendMessage", Arguments: "{% $states.input %}", End: true };
    assert.deepEqual(errorsOf(machineOf(computed, { QueryLanguage: "JSONata" })), []);
  });
});
