import assert from "node:assert/strict";
import type { Json, JsonObject } from "../../../../local/json.ts";
import { fromApi, toApi } from "../../../../local/stepfunctions/integrations/spelling.ts";

describe("toApi", () => {
  it("begins Step Functions' members with small letters, at any depth", () => {
    const input = { Name: "m", Tags: [{ Key: "Team", Value: "Red" }], LoggingConfiguration: { Level: "ALL", Destinations: [] } };
    assert.deepEqual(toApi("states", "createStateMachine", input), {
      name: "m",
      tags: [{ key: "Team", value: "Red" }],
      loggingConfiguration: { level: "ALL", destinations: [] },
    });
  });

  it("gives SQS's members their own spelling", () => {
    const createQueue = toApi("sqs", "createQueue", { QueueName: "q", Tags: { Team: "red" } });
    const tagQueue = toApi("sqs", "tagQueue", { QueueUrl: "u", Tags: { Team: "red" } });
    const addPermission = toApi("sqs", "addPermission", { AwsAccountIds: ["1"], Actions: ["*"] });
    assert.deepEqual(createQueue, { QueueName: "q", tags: { Team: "red" } });
    assert.deepEqual(tagQueue, { QueueUrl: "u", Tags: { Team: "red" } });
    assert.deepEqual(addPermission, { AWSAccountIds: ["1"], Actions: ["*"] });
  });

  it("takes DynamoDB's types in Java's spelling and in the API's", () => {
    const item = { a: { Bool: true }, b: { BOOL: false }, c: { Nul: true }, d: { Ss: ["x"] }, e: { L: [{ Ns: ["1"] }] } };
    assert.deepEqual(toApi("dynamodb", "putItem", { TableName: "t", Item: item }), {
      TableName: "t",
      Item: { a: { BOOL: true }, b: { BOOL: false }, c: { NULL: true }, d: { SS: ["x"] }, e: { L: [{ NS: ["1"] }] } },
    });
  });

  it("leaves alone an attribute that is called like a type", () => {
    const input = { Item: { Bool: { S: "x" }, Nul: { M: { Ss: { S: "y" } } } } };
    assert.deepEqual(toApi("dynamodb", "putItem", input), input);
  });

  it("sends the body of an object to S3 as JSON, with what the SDK adds to a text", () => {
    const sent = (Body: Json, more: JsonObject = {}) => toApi("s3", "putObject", { Bucket: "b", Key: "k", Body, ...more });
    const added = { Bucket: "b", Key: "k", ChecksumAlgorithm: "CRC32", ContentType: "text/plain; charset=UTF-8" };
    for (const body of ["text", { a: 1 }, ["x"], false, 0]) assert.deepEqual(sent(body), { ...added, Body: JSON.stringify(body) });
    assert.equal(sent("text", { ContentType: "text/csv" }).ContentType, "text/csv");
  });

  it("gives S3's members its own spelling", () => {
    const input = { Acl: "private", SsekmsKeyId: "k", SseCustomerAlgorithm: "AES256" };
    assert.deepEqual(toApi("s3", "copyObject", input), { ACL: "private", SSEKMSKeyId: "k", SSECustomerAlgorithm: "AES256" });
  });

  it("gives a table's encryption DynamoDB's own spelling", () => {
    const input = { SseSpecification: { Enabled: true, SseType: "KMS", KmsMasterKeyId: "k" } };
    const expected = { SSESpecification: { Enabled: true, SSEType: "KMS", KMSMasterKeyId: "k" } };
    assert.deepEqual(toApi("dynamodb", "createTable", input), expected);
  });
});

describe("fromApi", () => {
  it("begins Step Functions' members with capitals and writes moments as ISO text", () => {
    const result = { executions: [{ name: "a", startDate: 1_767_225_600.5 }], stopDate: 1_767_225_600, redriveCount: 0 };
    assert.deepEqual(fromApi("states", result), {
      Executions: [{ Name: "a", StartDate: "2026-01-01T00:00:00.500Z" }],
      StopDate: "2026-01-01T00:00:00Z",
      RedriveCount: 0,
    });
  });

  it("leaves the names of states and variables as they are", () => {
    const result = { variableReferences: { lowState: ["x"] }, events: [{ stateExitedEventDetails: { assignedVariables: { low: "1" } } }] };
    assert.deepEqual(fromApi("states", result), {
      VariableReferences: { lowState: ["x"] },
      Events: [{ StateExitedEventDetails: { AssignedVariables: { low: "1" } } }],
    });
  });

  it("spells SQS's members as Java does, but not what callers named", () => {
    const attributes = { Attributes: { AWSTraceHeader: "h" }, MessageAttributes: { MD5OfBody: { StringValue: "x" } } };
    const received = fromApi("sqs", { Messages: [{ Body: "b", MD5OfBody: "m", ...attributes }] });
    assert.deepEqual(received, { Messages: [{ Body: "b", Md5OfBody: "m", ...attributes }] });
    assert.deepEqual(fromApi("sqs", { queueUrls: ["u"] }), { QueueUrls: ["u"] });
    assert.deepEqual(fromApi("sqs", { Tags: { MD5OfBody: "x" } }), { Tags: { MD5OfBody: "x" } });
  });

  it("spells the id of an owner in S3 as Java does", () => {
    assert.deepEqual(fromApi("s3", { Owner: { ID: "o" }, ETag: '"e"' }), { Owner: { Id: "o" }, ETag: '"e"' });
  });

  it("spells DynamoDB's types as Java does, and its moments as ISO text", () => {
    const result = { Items: [{ BOOL: { BOOL: true }, n: { NULL: true }, s: { S: "BOOL" } }], Count: 1 };
    const expected = { Items: [{ BOOL: { Bool: true }, n: { Nul: true }, s: { S: "BOOL" } }], Count: 1 };
    assert.deepEqual(fromApi("dynamodb", result), expected);
    const described = { Table: { CreationDateTime: 1_767_225_600, ItemCount: 3, SSEDescription: { Status: "ENABLED", SSEType: "KMS" } } };
    assert.deepEqual(fromApi("dynamodb", described), {
      Table: { CreationDateTime: "2026-01-01T00:00:00Z", ItemCount: 3, SseDescription: { Status: "ENABLED", SseType: "KMS" } },
    });
  });
});
