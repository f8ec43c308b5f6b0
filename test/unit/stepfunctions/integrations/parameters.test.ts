import assert from "node:assert/strict";
import { parseResource, type Resource } from "../../../../local/stepfunctions/asl/resources.ts";
import { callInput, supportedParameters } from "../../../../local/stepfunctions/integrations/parameters.ts";

function resource(name: string): Resource {
  const parsed = parseResource(`arn:aws:states:::${name}`);
  assert.ok(!("problem" in parsed));
  return parsed;
}

function input(parameters: object) {
  return callInput({
    resource: "",
    resourceType: "",
    token: undefined,
    parameters: JSON.stringify(parameters),
    timeoutSeconds: undefined,
    heartbeatSeconds: undefined,
  });
}

describe("supportedParameters", () => {
  it("drops what the operation does not take", () => {
    const text = supportedParameters(resource("aws-sdk:sfn:sendTaskSuccess"), '{"TaskToken":"t","Output":"{}","Other":1}');
    assert.equal(text, '{"TaskToken":"t","Output":"{}"}');
  });

  it("leaves text alone that needs no change", () => {
    const text = '{ "QueueUrl": "u", "MessageBody": 1.0 }';
    assert.equal(supportedParameters(resource("sqs:sendMessage"), text), text);
  });

  it("takes nothing for an operation without parameters", () => {
    assert.equal(supportedParameters(resource("aws-sdk:dynamodb:describeLimits"), '{"a":1}'), "{}");
  });
});

describe("callInput", () => {
  it("sends JSON as its text where the service takes text", () => {
    assert.deepEqual(input({ Output: { a: 1 }, TaskToken: "t" }), { Output: '{"a":1}', TaskToken: "t" });
    assert.deepEqual(input({ MessageBody: "text", Input: null }), { MessageBody: "text", Input: null });
  });

  it("does so in the entries of a batch as well", () => {
    const entries = [{ Id: "1", MessageBody: [1] }, { Id: "2", MessageBody: "text" }, "no entry"];
    assert.deepEqual(input({ Entries: entries }).Entries, [{ Id: "1", MessageBody: "[1]" }, entries[1], "no entry"]);
  });
});
