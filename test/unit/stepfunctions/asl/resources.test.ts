import assert from "node:assert/strict";
import type { JsonObject } from "../../../../local/json.ts";
import { parseResource } from "../../../../local/stepfunctions/asl/resources.ts";
import { errorsOf, machineOf } from "./support.ts";

const PREFIX = "arn:aws:states:::";

function problemOf(arn: string): string {
  const resource = parseResource(arn);
  assert.ok("problem" in resource, arn);
  return resource.problem;
}

describe("parseResource", () => {
  it("reads every resource that is covered", () => {
    const covered = {
      "sqs:sendMessage": ["sqs", "sendMessage", "requestResponse", false, "sqs", "sendMessage"],
      "sqs:sendMessage.waitForTaskToken": ["sqs", "sendMessage", "waitForTaskToken", false, "sqs", "sendMessage.waitForTaskToken"],
      "dynamodb:getItem": ["dynamodb", "getItem", "requestResponse", false, "dynamodb", "getItem"],
      "dynamodb:putItem": ["dynamodb", "putItem", "requestResponse", false, "dynamodb", "putItem"],
      "dynamodb:updateItem": ["dynamodb", "updateItem", "requestResponse", false, "dynamodb", "updateItem"],
      "dynamodb:deleteItem": ["dynamodb", "deleteItem", "requestResponse", false, "dynamodb", "deleteItem"],
      "aws-sdk:sqs:sendMessage": ["sqs", "sendMessage", "requestResponse", true, "aws-sdk:sqs", "sendMessage"],
      "aws-sdk:sqs:sendMessage.waitForTaskToken": [
        "sqs",
        "sendMessage",
        "waitForTaskToken",
        true,
        "aws-sdk:sqs",
        "sendMessage.waitForTaskToken",
      ],
      "aws-sdk:sqs:receiveMessage": ["sqs", "receiveMessage", "requestResponse", true, "aws-sdk:sqs", "receiveMessage"],
      "aws-sdk:dynamodb:transactWriteItems": [
        "dynamodb",
        "transactWriteItems",
        "requestResponse",
        true,
        "aws-sdk:dynamodb",
        "transactWriteItems",
      ],
      "aws-sdk:sfn:sendTaskSuccess": ["states", "sendTaskSuccess", "requestResponse", true, "aws-sdk:sfn", "sendTaskSuccess"],
      "aws-sdk:dynamodb:getItem": ["dynamodb", "getItem", "requestResponse", true, "aws-sdk:dynamodb", "getItem"],
      "states:startExecution": ["states", "startExecution", "requestResponse", false, "states", "startExecution"],
      "states:startExecution.sync": ["states", "startExecution", "sync", false, "states", "startExecution.sync"],
      "states:startExecution.sync:2": ["states", "startExecution", "sync2", false, "states", "startExecution.sync:2"],
      "states:startExecution.waitForTaskToken": [
        "states",
        "startExecution",
        "waitForTaskToken",
        false,
        "states",
        "startExecution.waitForTaskToken",
      ],
      "aws-sdk:sfn:startExecution": ["states", "startExecution", "requestResponse", true, "aws-sdk:sfn", "startExecution"],
    };
    for (const [resource, expected] of Object.entries(covered)) {
      const read = parseResource(PREFIX + resource);
      assert.ok(!("problem" in read), resource);
      assert.deepEqual([read.service, read.operation, read.pattern, read.sdk, read.resourceType, read.resource], expected);
    }
  });

  it("answers as AWS for what the covered services do not have", () => {
    for (const resource of [
      "dynamodb:query",
      "sqs:sendMessage.sync",
      "dynamodb:getItem.waitForTaskToken",
      "sqs:sendMessage.later",
      "states:constructor",
    ]) {
      const arn = PREFIX + resource;
      assert.equal(
        problemOf(arn),
        `The resource provided ${arn} is not recognized. The value is not a valid resource ARN, or the resource is not available in this region.`,
      );
    }
  });

  it("names what AWS has and the endpoint does not cover", () => {
    const arns = [
      "arn:aws:lambda:us-east-1:000000000000:function:f",
      `${PREFIX}lambda:invoke`,
      `${PREFIX}sns:publish`,
      `${PREFIX}aws-sdk:dynamodb:executeStatement`,
      `${PREFIX}aws-sdk:sqs:constructor`,
      `${PREFIX}aws-sdk:s3:restoreObject`,
    ];
    for (const arn of arns) assert.ok(problemOf(arn).startsWith(`The resource ${arn} is not covered by the embedded endpoint. It covers `));
  });

  it("says that Activities are not covered", () => {
    const arn = "arn:aws:states:us-east-1:000000000000:activity:a";
    assert.match(problemOf(arn), /^The embedded endpoint does not cover Activities, and the resource arn:.*:activity:a is one\./);
  });

  it("refuses what is no ARN", () => {
    for (const text of ["", "send", "arn:aws", "arn:aws:states:::"]) assert.equal(problemOf(text), "Value is not a valid resource ARN");
  });

  it("takes the other partitions of AWS", () => {
    assert.ok(!("problem" in parseResource("arn:aws-cn:states:::sqs:sendMessage")));
  });
});

describe("A definition that the endpoint does not cover", () => {
  const LAMBDA = { Type: "Task", Resource: "arn:aws:lambda:us-east-1:000000000000:function:f", End: true };

  it("is refused for that where AWS would take it", () => {
    const [error, ...others] = errorsOf(machineOf(LAMBDA));
    assert.match(error ?? "", /is not covered by the embedded endpoint.* at \/States\/S\/Resource$/);
    assert.deepEqual(others, []);
  });

  it("is refused for its mistakes alone, as on AWS, where it has any", () => {
    const cases: [JsonObject, JsonObject, string][] = [
      [{ Credentials: {} }, {}, "SCHEMA_VALIDATION_FAILED: The field 'RoleArn' is required but was missing at /States/S/Credentials"],
      [{}, { Lost: { Type: "Succeed" } }, 'MISSING_TRANSITION_TARGET: State "Lost" is not reachable. at /States/Lost'],
    ];
    for (const [more, others, error] of cases) {
      assert.deepEqual(errorsOf({ StartAt: "S", States: { S: { ...LAMBDA, ...more }, ...others } }), [error]);
    }
  });
});
