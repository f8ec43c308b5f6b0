import assert from "node:assert/strict";
import { isObject, type JsonObject } from "../../local/json.ts";
import { awsExpects, whereLocalStack } from "./support/deviations.ts";
import { endpointUrl, uniqueName } from "./support/endpoint.ts";

/** Spoken to as its SDK would: Milepost itself has no client of this service. */
async function call(operation: string, input: JsonObject): Promise<JsonObject> {
  const answer = await fetch(endpointUrl(), {
    method: "POST",
    headers: {
      "content-type": "application/x-amz-json-1.1",
      "x-amz-target": `Logs_20140328.${operation}`,
      authorization: "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/logs/aws4_request, SignedHeaders=host, Signature=0",
    },
    body: JSON.stringify(input),
  });
  const text = await answer.text();
  const body: unknown = text === "" ? {} : JSON.parse(text);
  assert.ok(isObject(body));
  return answer.ok ? body : { status: answer.status, error: String(body.__type).replace(/^.*#/, ""), message: body.message ?? null };
}

function texts(list: unknown, member: string): unknown[] {
  assert.ok(Array.isArray(list));
  return list.map((entry) => (isObject(entry) ? entry[member] : undefined));
}

describe("CloudWatch Logs", () => {
  let logGroupName: string;
  const of = () => ({ logGroupName, logStreamName: "one" });
  beforeEach(async () => {
    logGroupName = `/milepost/${uniqueName("group")}`;
    await call("CreateLogGroup", { logGroupName, tags: { a: "1" } });
    await call("CreateLogStream", of());
  });
  afterEach(() => call("DeleteLogGroup", { logGroupName }));

  async function write(...messages: string[]): Promise<number> {
    const begin = Date.now() - 1000;
    const logEvents = messages.map((message, index) => ({ timestamp: begin + 10 * index, message }));
    const { error } = await call("PutLogEvents", { ...of(), logEvents });
    assert.equal(error, undefined);
    return begin;
  }

  it("a group is found with its retention and tags, and its name is taken once", async () => {
    await call("PutRetentionPolicy", { logGroupName, retentionInDays: 7 });
    const { logGroups } = await call("DescribeLogGroups", { logGroupNamePrefix: logGroupName });
    assert.deepEqual(texts(logGroups, "retentionInDays"), [7]);
    assert.deepEqual(texts(logGroups, "arn"), [`arn:aws:logs:us-east-1:000000000000:log-group:${logGroupName}:*`]);
    assert.deepEqual((await call("ListTagsLogGroup", { logGroupName })).tags, { a: "1" });
    assert.equal((await call("CreateLogGroup", { logGroupName })).error, "ResourceAlreadyExistsException");
    assert.equal((await call("DeleteLogGroup", { logGroupName: "/no/such" })).error, "ResourceNotFoundException");
  });

  it("events are read in their order, forward and backward, page by page", async () => {
    // Prepare
    await write("1", "2", "3", "4", "5");
    const get = (more: JsonObject) => call("GetLogEvents", { ...of(), limit: 2, ...more });
    // Act
    const first = await get({ startFromHead: true });
    const second = await get({ nextToken: first.nextForwardToken ?? null });
    const latest = await get({});
    // Assess
    assert.deepEqual(texts(first.events, "message"), ["1", "2"]);
    assert.deepEqual(texts(second.events, "message"), ["3", "4"]);
    assert.deepEqual(texts(latest.events, "message"), ["4", "5"]);
    const before = await get({ nextToken: latest.nextBackwardToken ?? null });
    assert.deepEqual(texts(before.events, "message"), ["2", "3"]);
  });

  it("events are read from a moment on, up to another", async () => {
    const begin = await write("1", "2", "3");
    const { events } = await call("GetLogEvents", { ...of(), startTime: begin + 5, endTime: begin + 15 });
    assert.deepEqual(texts(events, "message"), ["2"]);
  });

  it("events are found by the words in them, across a group's streams", async () => {
    await write("all is well", "ERROR disk full", "ERROR net");
    await call("CreateLogStream", { logGroupName, logStreamName: "two" });
    await call("PutLogEvents", { logGroupName, logStreamName: "two", logEvents: [{ timestamp: Date.now(), message: "ERROR disk gone" }] });
    const { events } = await call("FilterLogEvents", { logGroupName, filterPattern: "ERROR disk" });
    await awsExpects(
      () => {
        assert.deepEqual(texts(events, "message"), ["ERROR disk full", "ERROR disk gone"]);
        assert.deepEqual(texts(events, "logStreamName"), ["one", "two"]);
      },
      whereLocalStack("filter-pattern-is-ignored", () => assert.equal(texts(events, "message").length, 4)),
    );
  });

  it("events out of order, and streams and groups that are not there, are refused", async () => {
    const now = Date.now();
    const late = [now + 2, now + 1].map((timestamp) => ({ timestamp, message: "x" }));
    assert.equal((await call("PutLogEvents", { ...of(), logEvents: late })).error, "InvalidParameterException");
    const one = [{ timestamp: Date.now(), message: "x" }];
    assert.equal((await call("PutLogEvents", { logGroupName, logStreamName: "none", logEvents: one })).error, "ResourceNotFoundException");
    assert.equal((await call("GetLogEvents", { logGroupName: "/no/such", logStreamName: "one" })).error, "ResourceNotFoundException");
  });

  it("events that are too old are left out, and the answer says so", async () => {
    const old = Date.now() - 15 * 86_400_000;
    const answer = await call("PutLogEvents", { ...of(), logEvents: [{ timestamp: old, message: "x" }] });
    const { rejectedLogEventsInfo } = answer;
    await awsExpects(
      () => assert.deepEqual(rejectedLogEventsInfo, { tooOldLogEventEndIndex: 1 }),
      whereLocalStack("too-old-index-is-inclusive", () => assert.deepEqual(rejectedLogEventsInfo, { tooOldLogEventEndIndex: 0 })),
    );
    assert.deepEqual((await call("GetLogEvents", of())).events, []);
  });
});
