import assert from "node:assert/strict";
import { refuses, TestSqs } from "./harness.ts";

describe("ReceiveMessage", () => {
  let sqs: TestSqs;
  let url: string;
  beforeEach(async () => {
    sqs = new TestSqs();
    url = await sqs.queue("orders");
  });
  afterEach(() => sqs.close());

  it("answers a message with its id, body, MD5 and a receipt handle, and hides it", async () => {
    // Prepare
    const sent = await sqs.send(url, "hello");
    // Act
    const answer = await sqs.call("ReceiveMessage", { QueueUrl: url });
    // Assess
    const [message] = Array.isArray(answer.Messages) ? answer.Messages : [];
    assert.deepEqual(Object.keys(message ?? {}).sort(), ["Body", "MD5OfBody", "MessageId", "ReceiptHandle"]);
    assert.deepEqual(message, { ...Object(message), MessageId: sent.MessageId, Body: "hello", MD5OfBody: sent.MD5OfMessageBody });
    assert.deepEqual(await sqs.call("ReceiveMessage", { QueueUrl: url }), {}, "an empty answer has no member");
  });

  it("answers one message where no number is asked for, and at most ten in the order they were sent", async () => {
    for (let i = 0; i < 12; i++) await sqs.send(url, String(i));
    assert.deepEqual(await sqs.bodies(url, { MaxNumberOfMessages: null }), ["0"]);
    assert.deepEqual(await sqs.bodies(url), ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10"]);
  });

  it("shows a message again after its visibility timeout, ahead of those sent after it", async () => {
    // Prepare
    await sqs.send(url, "first");
    await sqs.receive(url, { VisibilityTimeout: 3 });
    sqs.pass(1.5);
    await sqs.send(url, "second");
    // Act
    sqs.pass(1.5);
    // Assess
    assert.deepEqual(await sqs.bodies(url), ["first", "second"]);
  });

  it("lets the others come first when a message is received with no visibility timeout", async () => {
    for (const body of ["a", "b"]) await sqs.send(url, body);
    const seen = [];
    for (let i = 0; i < 4; i++) seen.push((await sqs.receiveOne(url, { VisibilityTimeout: 0 })).body);
    assert.deepEqual(seen, ["a", "b", "a", "b"]);
    assert.deepEqual(await sqs.bodies(url, { VisibilityTimeout: 0 }), ["a", "b"], "once each in one answer");
  });

  it("counts receives, and remembers the first", async () => {
    // Prepare
    await sqs.send(url, "hello");
    const sentAt = String(sqs.clock);
    sqs.pass(1);
    const firstAt = String(sqs.clock);
    const first = await sqs.receiveOne(url);
    sqs.pass(60);
    // Act
    const second = await sqs.receiveOne(url);
    // Assess
    const common = { SenderId: "000000000000", SentTimestamp: sentAt, ApproximateFirstReceiveTimestamp: firstAt };
    assert.deepEqual(first.attributes, { ...common, ApproximateReceiveCount: "1" });
    assert.deepEqual(second.attributes, { ...common, ApproximateReceiveCount: "2" });
    assert.notEqual(first.handle, second.handle);
  });

  it("answers the system attributes asked for under either name", async () => {
    const names = async (input: Record<string, string[]>) => {
      const [message] = await sqs.receive(url, { AttributeNames: [], VisibilityTimeout: 0, ...input });
      return Object.keys(message?.attributes ?? {});
    };
    await sqs.send(url, "hello");
    assert.deepEqual(await names({ AttributeNames: ["SenderId", "SequenceNumber"] }), ["SenderId"]);
    assert.deepEqual(await names({ MessageSystemAttributeNames: ["SentTimestamp"] }), ["SentTimestamp"]);
    assert.equal((await names({ AttributeNames: ["SenderId"], MessageSystemAttributeNames: ["All"] })).length, 4);
    await refuses(sqs.receive(url, { AttributeNames: ["Nonsense"] }), "InvalidAttributeName");
  });

  describe("message attributes", () => {
    const attributes = {
      "Help.Me": { DataType: "String", StringValue: "Me" },
      Hello: { DataType: "String", StringValue: "There" },
      General: { DataType: "String", StringValue: "Kenobi" },
    };

    // The digests are those AWS answered for these very attributes.
    for (const [asked, found, digest] of [
      [[], [], undefined],
      [["All"], ["General", "Hello", "Help.Me"], "4c360f3fdafd970e05fae2f149d997f5"],
      [["*"], ["General", "Hello", "Help.Me"], "4c360f3fdafd970e05fae2f149d997f5"],
      [[".*"], ["General", "Hello", "Help.Me"], "4c360f3fdafd970e05fae2f149d997f5"],
      [["Foo", "Help"], [], undefined],
      [["Hello", "General"], ["General", "Hello"], "fca026605781cb4126a1e9044df24232"],
      [["Foo", "Hello"], ["Hello"], "a311262e065454b75da111d535b8dacd"],
      [["Hel.*"], ["Hello", "Help.Me"], "83fee93c1bcd8b9a5a923ffacdc636c7"],
      [["AWS."], [], undefined],
      [["..foo"], [], undefined],
    ] as const) {
      it(`asked for by ${JSON.stringify(asked)} are ${JSON.stringify(found)}`, async () => {
        await sqs.send(url, "msg", { MessageAttributes: attributes });
        const { whole } = await sqs.receiveOne(url, { MessageAttributeNames: [...asked] });
        assert.equal(whole.MD5OfMessageAttributes, digest);
        const shown = found.map((name) => [name, attributes[name]]);
        assert.deepEqual(whole.MessageAttributes, found.length === 0 ? undefined : Object.fromEntries(shown));
      });
    }
  });

  for (const [input, message] of [
    [{ MaxNumberOfMessages: 11 }, "Value 11 for parameter MaxNumberOfMessages is invalid. Reason: Must be between 1 and 10, if provided."],
    [{ MaxNumberOfMessages: 0 }, "Value 0 for parameter MaxNumberOfMessages is invalid. Reason: Must be between 1 and 10, if provided."],
    [{ WaitTimeSeconds: 21 }, "Value 21 for parameter WaitTimeSeconds is invalid. Reason: Must be >= 0 and <= 20, if provided."],
    [{ WaitTimeSeconds: -1 }, "Value -1 for parameter WaitTimeSeconds is invalid. Reason: Must be >= 0 and <= 20, if provided."],
    [
      { VisibilityTimeout: 43201 },
      "Value 43201 for parameter VisibilityTimeout is invalid. Reason: Must be >= 0 and <= 43200, if provided.",
    ],
  ] as const) {
    it(`refuses ${JSON.stringify(input)}`, async () => {
      assert.equal((await refuses(sqs.receive(url, input), "InvalidParameterValue")).message, message);
    });
  }

  it("refuses a queue that does not exist", async () => {
    await refuses(sqs.receive("http://127.0.0.1:4566/000000000000/none"), "AWS.SimpleQueueService.NonExistentQueue");
  });

  it("gives no message that has outlived its retention, in flight or not", async () => {
    // Prepare
    const short = await sqs.queue("short", { MessageRetentionPeriod: "60", VisibilityTimeout: "60" });
    await sqs.send(short, "received");
    await sqs.send(short, "waiting");
    sqs.pass(5);
    const { handle } = await sqs.receiveOne(short);
    // Act
    sqs.pass(55);
    // Assess
    assert.deepEqual(await sqs.bodies(short), []);
    sqs.pass(10);
    assert.deepEqual(await sqs.bodies(short), []);
    await sqs.delete(short, handle);
  });

  it("takes no message for a caller that has left", async () => {
    await sqs.send(url, "keep");
    assert.deepEqual(await sqs.receive(url, {}, { signal: AbortSignal.abort() }), []);
    assert.deepEqual(await sqs.counts(url), ["1", "0", "0"]);
  });

  it("stops at 120,000 messages in flight: an error for a short poll, nothing for a long one", async function () {
    this.timeout(60_000);
    // Prepare
    const full = await sqs.queue("full", { VisibilityTimeout: "600" });
    const row = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 119999)";
    await sqs.send(full, "to be received");
    await sqs.send(full, "one too many");
    await sqs.store.write(() => {
      const insert = `${row} INSERT INTO sqs_messages (id, queue, state, due, rank, receives, enqueued_at)
        SELECT i, (SELECT id FROM sqs_queues WHERE arn LIKE '%:full'), 1, ?, i, 1, ? FROM n`;
      sqs.store.sql(insert).run(sqs.clock + 300_000, sqs.clock);
    });
    // Act, assess
    assert.deepEqual(await sqs.bodies(full), ["to be received"]);
    await refuses(sqs.receive(full), "OverLimit");
    assert.deepEqual(await sqs.bodies(full, { WaitTimeSeconds: 1 }), []);
    await sqs.store.write(() => sqs.store.sql("DELETE FROM sqs_messages WHERE id < 120000").run());
    assert.deepEqual(await sqs.bodies(full), ["one too many"]);
  });
});
