import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { refuses, TestSqs, textOf } from "./harness.ts";

const md5 = (text: string) => createHash("md5").update(text).digest("hex");

describe("SendMessage", () => {
  let sqs: TestSqs;
  let url: string;
  beforeEach(async () => {
    sqs = new TestSqs();
    url = await sqs.queue("orders");
  });
  afterEach(() => sqs.close());

  it("answers the message's id and the MD5 of its body", async () => {
    const sent = await sqs.send(url, "héllo");
    assert.match(textOf(sent, "MessageId"), /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    assert.deepEqual(sent, { MessageId: sent.MessageId, MD5OfMessageBody: md5("héllo") });
  });

  it("answers the MD5 of message attributes as AWS computes it", async () => {
    const several = await sqs.send(url, "msg", {
      MessageAttributes: {
        "Help.Me": { DataType: "String", StringValue: "Me" },
        Hello: { DataType: "String", StringValue: "There" },
        General: { DataType: "String", StringValue: "Kenobi" },
      },
    });
    assert.equal(several.MD5OfMessageAttributes, "4c360f3fdafd970e05fae2f149d997f5");
    const bytes = Buffer.from("traceparent\x1e00-774062d6c37081a5a0b9b5b88e30627c-2d2482211f6489da-01").toString("base64");
    const binary = await sqs.send(url, "test", { MessageAttributes: { attr1: { DataType: "Binary", BinaryValue: bytes } } });
    assert.equal(binary.MD5OfMessageAttributes, "8cbe4db156db8a94db8b801b7addb984");
  });

  it("takes the trace header, answers its MD5, and gives it to receivers", async () => {
    const header = { AWSTraceHeader: { DataType: "String", StringValue: "Root=1-5759e988-bd862e3fe1be46a994272793" } };
    const sent = await sqs.send(url, "traced", { MessageSystemAttributes: header });
    assert.match(textOf(sent, "MD5OfMessageSystemAttributes"), /^[0-9a-f]{32}$/);
    assert.equal((await sqs.receiveOne(url)).attributes.AWSTraceHeader, header.AWSTraceHeader.StringValue);
    const other = { Other: { DataType: "String", StringValue: "x" } };
    await refuses(sqs.send(url, "x", { MessageSystemAttributes: other }), "InvalidParameterValue");
  });

  it("refuses a message without a body", async () => {
    for (const input of [{ MessageBody: "" }, { MessageBody: null }]) {
      const error = await refuses(sqs.send(url, "x", input), "MissingParameter");
      assert.equal(error.message, "The request must contain the parameter MessageBody.");
    }
    await refuses(sqs.call("SendMessage", { MessageBody: "x" }), "MissingParameter", /QueueUrl/);
    await refuses(sqs.send(url, "x", { MessageBody: 5 }), "MalformedInput");
  });

  for (const character of ["\u0000", "\b", "\u0013", "\uFFFF", "\uFFFE", "\uD800"]) {
    it(`refuses the character ${JSON.stringify(character)} in a body`, async () => {
      await refuses(sqs.send(url, `a${character}b`), "InvalidMessageContents");
    });
  }

  it("keeps every allowed character as it was sent", async () => {
    const body = "tab\t line\n return\r é 漢 😀 \uE000\uFFFD";
    await sqs.send(url, body);
    assert.deepEqual(await sqs.bodies(url), [body]);
  });

  it("takes a message as large as the queue allows, attributes included, and no larger", async () => {
    // Prepare
    const attributes = { k: { DataType: "String", StringValue: "x" } };
    const room = 1_048_576 - "kStringx".length;
    // Act, assess
    await sqs.send(url, "a".repeat(room), { MessageAttributes: attributes });
    const error = await refuses(sqs.send(url, "a".repeat(room + 1), { MessageAttributes: attributes }), "InvalidParameterValue");
    assert.equal(error.message, "One or more parameters are invalid. Reason: Message must be shorter than 1048576 bytes.");
    await sqs.call("SetQueueAttributes", { QueueUrl: url, Attributes: { MaximumMessageSize: "1024" } });
    await refuses(sqs.send(url, "é".repeat(513)), "InvalidParameterValue", /shorter than 1024 bytes\.$/);
    await sqs.send(url, "é".repeat(512));
  });

  it("delays by the message's own delay, or else the queue's", async () => {
    // Prepare
    const slow = await sqs.queue("slow", { DelaySeconds: "20" });
    await sqs.send(slow, "queue's delay");
    await sqs.send(slow, "own delay", { DelaySeconds: 5 });
    await sqs.send(slow, "no delay", { DelaySeconds: 0 });
    // Act, assess
    assert.deepEqual(await sqs.bodies(slow), ["no delay"]);
    sqs.pass(5);
    assert.deepEqual(await sqs.bodies(slow), ["own delay"]);
    sqs.pass(15);
    assert.deepEqual(await sqs.bodies(slow), ["queue's delay"]);
    await refuses(sqs.send(slow, "x", { DelaySeconds: 901 }), "InvalidParameterValue", /^Value 901 for parameter DelaySeconds is invalid/);
    await refuses(sqs.send(slow, "x", { DelaySeconds: "1" }), "MalformedInput");
  });

  for (const [why, attributes] of [
    ["an empty value", { a: { DataType: "String", StringValue: "" } }],
    ["no type", { a: { StringValue: "x" } }],
    ["a type there is not", { a: { DataType: "Invalid", StringValue: "x" } }],
    ["a type that is too long", { a: { DataType: `Number.${"L".repeat(256)}`, StringValue: "1" } }],
    ["a number that is none", { a: { DataType: "Number", StringValue: "many" } }],
    ["characters that are not allowed", { a: { DataType: "String", StringValue: "Invalid-\b,\v" } }],
    ["a name that begins with AWS", { "aWs.name": { DataType: "String", StringValue: "x" } }],
    ["a name that begins with Amazon", { "AMAZON.name": { DataType: "String", StringValue: "x" } }],
    ["a name that begins with a period", { ".name": { DataType: "String", StringValue: "x" } }],
    ["a name that ends with a period", { "name.": { DataType: "String", StringValue: "x" } }],
    ["a name with a question mark", { "na?me": { DataType: "String", StringValue: "x" } }],
    ["a name that is too long", { ["L".repeat(257)]: { DataType: "String", StringValue: "x" } }],
    ["more than ten", Object.fromEntries(Array.from({ length: 11 }, (_, i) => [`a${i}`, { DataType: "String", StringValue: "x" }]))],
  ] as const) {
    it(`refuses message attributes with ${why}`, async () => {
      await refuses(sqs.send(url, "x", { MessageAttributes: attributes }), "InvalidParameterValue");
    });
  }

  it("words an empty attribute as AWS does", async () => {
    const attributes = { ErrorDetails: { DataType: "String", StringValue: "" } };
    const error = await refuses(sqs.send(url, "x", { MessageAttributes: attributes }), "InvalidParameterValue");
    assert.equal(error.message, "Message (user) attribute 'ErrorDetails' must contain a non-empty value of type 'String'.");
  });

  it("keeps a group of a standard queue's message, for fair queues, and checks it", async () => {
    await sqs.send(url, "fair", { MessageGroupId: "tenant" });
    assert.equal((await sqs.receiveOne(url)).attributes.MessageGroupId, "tenant");
    for (const group of ["", "a".repeat(129), "group 123"]) {
      const error = await refuses(sqs.send(url, "x", { MessageGroupId: group }), "InvalidParameterValue");
      const rule = "MessageGroupId can only include alphanumeric and punctuation characters. 1 to 128 in length.";
      assert.equal(error.message, `Value ${group} for parameter MessageGroupId is invalid. Reason: ${rule}`);
    }
    await refuses(sqs.send(url, "x", { MessageDeduplicationId: "d" }), "InvalidParameterValue", /not valid for this queue type/);
  });
});

describe("sendMessage for other services", () => {
  let sqs: TestSqs;
  let url: string;
  beforeEach(async () => {
    sqs = new TestSqs();
    url = await sqs.queue("orders");
  });
  afterEach(() => sqs.close());

  const send = (body: string) => sqs.sqs.sendMessage({ QueueUrl: url, MessageBody: body }, "us-east-1", "http://127.0.0.1:4566");

  it("sends with the write it is called in", async () => {
    const sent = await sqs.store.write(() => sqs.store.within(() => send("inside")));
    assert.equal(sent.MD5OfMessageBody, md5("inside"));
    assert.deepEqual(await sqs.bodies(url), ["inside"]);
  });

  it("sends nothing when that write is taken back", async () => {
    const write = sqs.store.write(() => {
      sqs.store.within(() => send("never"));
      throw new Error("changed its mind");
    });
    await assert.rejects(write, /changed its mind/);
    assert.deepEqual(await sqs.bodies(url), []);
  });

  it("wakes a poll that waits", async () => {
    const poll = sqs.receive(url, { WaitTimeSeconds: 5 });
    await sqs.store.write(() => send("wake"));
    assert.deepEqual(
      (await poll).map((message) => message.body),
      ["wake"],
    );
  });

  it("throws AWS's error for a queue that does not exist", async () => {
    const write = sqs.store.write(() => sqs.sqs.sendMessage({ QueueUrl: "http://x/000000000000/none", MessageBody: "x" }, "us-east-1", ""));
    await refuses(write, "AWS.SimpleQueueService.NonExistentQueue");
  });
});
