import assert from "node:assert/strict";
import { isObject, type Json, type JsonObject } from "../../../../local/json.ts";
import { withMetadata } from "../../../../local/stepfunctions/integrations/metadata.ts";

function headersOf(result: JsonObject): JsonObject {
  return object(object(result.SdkHttpMetadata).HttpHeaders);
}

function object(value: Json | undefined): JsonObject {
  assert.ok(isObject(value));
  return value;
}

describe("withMetadata", () => {
  it("adds what the HTTP answer was to what it held", () => {
    const result = withMetadata("sqs", "sendMessage", { MessageId: "ü" });
    const headers = headersOf(result);
    assert.deepEqual(Object.keys(result), ["MessageId", "SdkHttpMetadata", "SdkResponseMetadata"]);
    assert.deepEqual(Object.keys(headers).sort(), ["Content-Length", "Content-Type", "Date", "connection", "x-amzn-RequestId"]);
    assert.equal(headers["Content-Length"], "18");
    assert.equal(headers["x-amzn-RequestId"], object(result.SdkResponseMetadata).RequestId);
    assert.deepEqual(object(object(result.SdkHttpMetadata).AllHttpHeaders)["Content-Length"], ["18"]);
  });

  it("counts a started execution's moment as the answer spelled it", () => {
    const lengthWith = (StartDate: number) =>
      headersOf(withMetadata("states", "startExecution", { ExecutionArn: "a", StartDate }))["Content-Length"];
    // {"executionArn":"a","startDate":1.795230386871E9}
    assert.equal(lengthWith(1795230386871), "49");
    // …,"startDate":1.7952303868E9}
    assert.equal(lengthWith(1795230386800), "47");
  });

  it("has DynamoDB's own headers for it", () => {
    const names = (operation: string) => Object.keys(headersOf(withMetadata("dynamodb", operation, {}))).sort();
    const common = ["Connection", "Content-Length", "Content-Type", "Date", "Server", "x-amz-crc32"];
    assert.deepEqual(names("putItem"), [...common, "x-amzn-RequestId"]);
    assert.deepEqual(names("getItem"), [...common, "x-amzn-requestid"]);
    // The checksum that DynamoDB sends with an empty object.
    assert.equal(headersOf(withMetadata("dynamodb", "putItem", {}))["x-amz-crc32"], "2745614147");
  });
});
