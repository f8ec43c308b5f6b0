import assert from "node:assert/strict";
import { arnOf, redriveTo, refuses, TestSqs } from "./harness.ts";

describe("Queue attributes", () => {
  let sqs: TestSqs;
  let url: string;
  beforeEach(async () => {
    sqs = new TestSqs();
    url = await sqs.queue("orders");
  });
  afterEach(() => sqs.close());

  const set = (attributes: Record<string, string>, queue = url) =>
    sqs.call("SetQueueAttributes", { QueueUrl: queue, Attributes: attributes });

  it("GetQueueAttributes answers only what is asked for, and nothing for nothing", async () => {
    assert.deepEqual(await sqs.attributes(url, ["DelaySeconds"]), { DelaySeconds: "0" });
    assert.deepEqual(await sqs.call("GetQueueAttributes", { QueueUrl: url }), {});
    assert.deepEqual(await sqs.call("GetQueueAttributes", { QueueUrl: url, AttributeNames: ["Policy"] }), {});
    await refuses(sqs.attributes(url, ["Nonsense"]), "InvalidAttributeName", /^Unknown Attribute Nonsense\.$/);
  });

  it("SetQueueAttributes changes what is given, leaves the rest, and moves the time of the last change", async () => {
    // Prepare
    await set({ VisibilityTimeout: "5" });
    sqs.pass(10);
    // Act
    await set({ DelaySeconds: "420", MaximumMessageSize: "2048" });
    // Assess
    const attributes = await sqs.attributes(url);
    assert.equal(attributes.DelaySeconds, "420");
    assert.equal(attributes.MaximumMessageSize, "2048");
    assert.equal(attributes.VisibilityTimeout, "5");
    assert.equal(Number(attributes.LastModifiedTimestamp) - Number(attributes.CreatedTimestamp), 10);
  });

  it("an empty redrive policy takes it away", async () => {
    await sqs.queue("letters");
    await set(redriveTo("letters", 42));
    assert.deepEqual(await sqs.attributes(url, ["RedrivePolicy"]), {
      RedrivePolicy: `{"deadLetterTargetArn":"${arnOf("letters")}","maxReceiveCount":42}`,
    });
    await set({ RedrivePolicy: "" });
    assert.deepEqual(await sqs.attributes(url, ["RedrivePolicy"]), {});
  });

  it("a key for encryption and SQS's own encryption replace each other", async () => {
    const names = ["KmsMasterKeyId", "KmsDataKeyReusePeriodSeconds", "SqsManagedSseEnabled"];
    await set({ KmsMasterKeyId: "testKeyId", KmsDataKeyReusePeriodSeconds: "6000" });
    assert.deepEqual(await sqs.attributes(url, names), {
      KmsMasterKeyId: "testKeyId",
      KmsDataKeyReusePeriodSeconds: "6000",
      SqsManagedSseEnabled: "false",
    });
    await set({ KmsMasterKeyId: "", KmsDataKeyReusePeriodSeconds: "300" });
    assert.deepEqual(await sqs.attributes(url, names), { SqsManagedSseEnabled: "false" });
    await set({ KmsMasterKeyId: "again" });
    await set({ SqsManagedSseEnabled: "true" });
    assert.deepEqual(await sqs.attributes(url, names), { SqsManagedSseEnabled: "true" });
  });

  it("the kind of a queue cannot change", async () => {
    const fifo = await sqs.queue("orders.fifo");
    await refuses(set({ FifoQueue: "true" }), "InvalidAttributeName", /^Unknown Attribute FifoQueue\.$/);
    const change = set({ FifoQueue: "false" }, fifo);
    const message = /^Invalid value for the parameter FifoQueue\. Reason: Modifying queue type is not supported\.$/;
    await refuses(change, "InvalidAttributeValue", message);
    await set({ FifoQueue: "true" }, fifo);
  });

  it("a refused change leaves every attribute as it was", async () => {
    await refuses(set({ DelaySeconds: "5", VisibilityTimeout: "99999" }), "InvalidAttributeValue");
    assert.deepEqual(await sqs.attributes(url, ["DelaySeconds", "VisibilityTimeout"]), { DelaySeconds: "0", VisibilityTimeout: "30" });
  });

  it("a redrive allow policy is checked and kept", async () => {
    await set({ RedriveAllowPolicy: `{"redrivePermission":"denyAll"}` });
    assert.deepEqual(await sqs.attributes(url, ["RedriveAllowPolicy"]), { RedriveAllowPolicy: `{"redrivePermission":"denyAll"}` });
    for (const wrong of ["{", `{"redrivePermission":"maybe"}`, `{"redrivePermission":"byQueue"}`]) {
      await refuses(set({ RedriveAllowPolicy: wrong }), "InvalidParameterValue", /RedriveAllowPolicy/);
    }
  });

  it("messages are counted by what state they are in", async () => {
    // Prepare
    await sqs.send(url, "ready");
    await sqs.send(url, "also ready");
    await sqs.send(url, "delayed", { DelaySeconds: 60 });
    // Act
    await sqs.receive(url);
    // Assess
    assert.deepEqual(await sqs.counts(url), ["1", "1", "1"]);
    sqs.pass(31);
    assert.deepEqual(await sqs.counts(url), ["2", "0", "1"]);
    sqs.pass(30);
    assert.deepEqual(await sqs.counts(url), ["3", "0", "0"]);
  });

  it("a FIFO queue's new delay holds for messages sent before it, a standard queue's does not", async () => {
    // Prepare
    const fifo = await sqs.queue("delayed.fifo", { ContentBasedDeduplication: "true" });
    await sqs.send(fifo, "fifo", { MessageGroupId: "g" });
    await sqs.send(url, "standard");
    // Act
    await set({ DelaySeconds: "30" }, fifo);
    await set({ DelaySeconds: "30" });
    // Assess
    assert.deepEqual(await sqs.bodies(url), ["standard"]);
    assert.deepEqual(await sqs.bodies(fifo), []);
    await set({ DelaySeconds: "0" }, fifo);
    assert.deepEqual(await sqs.bodies(fifo), ["fifo"]);
  });

  it("ListDeadLetterSourceQueues answers the queues that redrive to this one", async () => {
    // Prepare
    const letters = await sqs.queue("letters");
    const sources = await Promise.all(["a", "b", "c"].map((name) => sqs.queue(name, redriveTo("letters", 3))));
    // Act
    const all = await sqs.call("ListDeadLetterSourceQueues", { QueueUrl: letters });
    const page = await sqs.call("ListDeadLetterSourceQueues", { QueueUrl: letters, MaxResults: 2 });
    // Assess
    assert.deepEqual(all, { queueUrls: sources });
    assert.deepEqual(page.queueUrls, sources.slice(0, 2));
    const rest = { QueueUrl: letters, MaxResults: 2, NextToken: page.NextToken ?? null };
    assert.deepEqual(await sqs.call("ListDeadLetterSourceQueues", rest), { queueUrls: sources.slice(2) });
  });
});
