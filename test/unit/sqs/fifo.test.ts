import assert from "node:assert/strict";
import { refuses, TestSqs, textOf } from "./harness.ts";

describe("FIFO queues", () => {
  let sqs: TestSqs;
  let url: string;
  beforeEach(async () => {
    sqs = new TestSqs();
    url = await sqs.queue("orders.fifo", { ContentBasedDeduplication: "true", VisibilityTimeout: "30" });
  });
  afterEach(() => sqs.close());

  /** Sends messages named `<group>-<anything>` to their groups. */
  async function send(...bodies: string[]): Promise<void> {
    for (const body of bodies) await sqs.send(url, body, { MessageGroupId: body.split("-")[0] ?? "" });
  }

  it("answer and show sequence numbers that grow, the group and the deduplication id", async () => {
    const first = await sqs.send(url, "a", { MessageGroupId: "g" });
    const second = await sqs.send(url, "b", { MessageGroupId: "g", MessageDeduplicationId: "own" });
    const sequences = [first, second].map((sent) => textOf(sent, "SequenceNumber"));
    assert.match(sequences[0] ?? "", /^\d{20}$/);
    assert.ok((sequences[0] ?? "") < (sequences[1] ?? ""));
    const received = await sqs.receive(url, { MaxNumberOfMessages: 2 });
    assert.deepEqual(
      received.map(({ attributes }) => attributes.SequenceNumber),
      sequences,
    );
    assert.equal(received[0]?.attributes.MessageDeduplicationId, "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb");
    assert.equal(received[1]?.attributes.MessageDeduplicationId, "own");
    assert.equal(received[1]?.attributes.MessageGroupId, "g");
  });

  it("need a group, and an id unless the content makes one", async () => {
    const plain = await sqs.queue("plain.fifo");
    await refuses(sqs.send(url, "x"), "MissingParameter", /^The request must contain the parameter MessageGroupId\.$/);
    const noId = sqs.send(plain, "x", { MessageGroupId: "g" });
    await refuses(
      noId,
      "InvalidParameterValue",
      /^The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId/,
    );
    for (const id of ["", "a".repeat(129), "group 123"]) {
      const wrong = sqs.send(plain, "x", { MessageGroupId: "g", MessageDeduplicationId: id });
      await refuses(wrong, "InvalidParameterValue", /MessageDeduplicationId can only include alphanumeric and punctuation characters/);
    }
    await sqs.send(plain, "x", { MessageGroupId: "g", MessageDeduplicationId: "a".repeat(128) });
  });

  it("take no delay of a single message; zero stands for the queue's", async () => {
    const slow = await sqs.queue("slow.fifo", { ContentBasedDeduplication: "true", DelaySeconds: "2" });
    const own = sqs.send(slow, "x", { MessageGroupId: "g", DelaySeconds: 2 });
    const reason = "The request include parameter that is not valid for this queue type.";
    assert.equal((await refuses(own, "InvalidParameterValue")).message, `Value 2 for parameter DelaySeconds is invalid. Reason: ${reason}`);
    await sqs.send(slow, "x", { MessageGroupId: "g", DelaySeconds: 0 });
    assert.deepEqual(await sqs.bodies(slow), []);
    sqs.pass(2);
    assert.deepEqual(await sqs.bodies(slow), ["x"]);
  });

  it("answer as many messages of one group as they can before the next group's", async () => {
    await send("g1-1", "g2-1", "g1-2", "g1-3");
    assert.deepEqual(await sqs.bodies(url), ["g1-1", "g1-2", "g1-3", "g2-1"]);
  });

  it("hold back a group while a message of it is in flight, and only that group", async () => {
    // Prepare
    await send("g1-1", "g1-2", "g2-1", "g2-2");
    // Act
    const first = await sqs.receiveOne(url);
    const second = await sqs.receiveOne(url);
    // Assess
    assert.deepEqual([first.body, second.body], ["g1-1", "g2-1"]);
    await send("g1-3");
    assert.deepEqual(await sqs.bodies(url), []);
    await sqs.delete(url, first.handle);
    assert.deepEqual(await sqs.bodies(url), ["g1-2", "g1-3"]);
  });

  it("hold a group back until the last message received from it is done with", async () => {
    await send("g1-1", "g2-1", "g1-2", "g2-2", "g1-3", "g3-1");
    const [first] = await sqs.receive(url, { MaxNumberOfMessages: 2 });
    await sqs.delete(url, first?.handle ?? "");
    assert.deepEqual(await sqs.bodies(url), ["g2-1", "g2-2", "g3-1"]);
  });

  it("let groups take turns", async () => {
    await send("g1-1", "g1-2", "g1-3", "g2-1", "g3-1");
    await sqs.receive(url, { MaxNumberOfMessages: 2, VisibilityTimeout: 1 });
    await sqs.receive(url, { MaxNumberOfMessages: 1, VisibilityTimeout: 1 });
    sqs.pass(1);
    assert.deepEqual(await sqs.bodies(url), ["g3-1", "g1-1", "g1-2", "g1-3", "g2-1"]);
  });

  it("keep the order of a group received with no visibility timeout", async () => {
    await send("g1-1", "g2-1", "g2-2", "g3-1", "g1-2");
    assert.deepEqual(await sqs.bodies(url, { MaxNumberOfMessages: 3, VisibilityTimeout: 0 }), ["g1-1", "g1-2", "g2-1"]);
    assert.deepEqual(await sqs.bodies(url, { VisibilityTimeout: 0 }), ["g3-1", "g1-1", "g1-2", "g2-1", "g2-2"]);
  });

  for (const [position, visible] of [
    [0, []],
    [1, ["g-1"]],
    [2, ["g-1", "g-2"]],
  ] as const) {
    it(`give the messages before the one that is still hidden at position ${position}`, async () => {
      await send("g-1", "g-2", "g-3");
      const messages = await sqs.receive(url, { MaxNumberOfMessages: 5, VisibilityTimeout: 1 });
      await sqs.hide(url, messages[position]?.handle ?? "", 4);
      sqs.pass(2);
      assert.deepEqual(await sqs.bodies(url), visible);
    });
  }

  it("release a single message of a group by ending its visibility timeout", async () => {
    await send("g1-1", "g1-2", "g2-1");
    const [first] = await sqs.receive(url, { MaxNumberOfMessages: 2 });
    await sqs.hide(url, first?.handle ?? "", 0);
    assert.deepEqual(await sqs.bodies(url), ["g2-1", "g1-1"]);
  });

  it("begin a group anew after it was empty", async () => {
    await send("g-1");
    await sqs.delete(url, (await sqs.receiveOne(url)).handle);
    assert.deepEqual(await sqs.bodies(url), []);
    await send("g-2");
    assert.deepEqual(await sqs.bodies(url), ["g-2"]);
  });

  it("drop what has expired at the head of a group and go on", async () => {
    await sqs.call("SetQueueAttributes", { QueueUrl: url, Attributes: { MessageRetentionPeriod: "60" } });
    await send("g-1");
    sqs.pass(59);
    await send("g-2");
    sqs.pass(1);
    assert.deepEqual(await sqs.bodies(url), ["g-2"]);
  });

  describe("deduplication", () => {
    const sendTo = (group: string, body: string, id: string, queue = url) =>
      sqs.send(queue, body, { MessageGroupId: group, MessageDeduplicationId: id });

    it("accepts a message once in five minutes, and answers what the first was answered", async () => {
      // Prepare
      const first = await sendTo("g", "one", "id");
      await sqs.delete(url, (await sqs.receiveOne(url)).handle);
      // Act
      sqs.pass(299);
      const second = await sendTo("g", "two", "id");
      // Assess
      assert.equal(second.MessageId, first.MessageId);
      assert.equal(second.SequenceNumber, first.SequenceNumber);
      assert.deepEqual(await sqs.bodies(url), []);
      sqs.pass(1);
      await sendTo("g", "three", "id");
      assert.deepEqual(await sqs.bodies(url), ["three"]);
    });

    it("holds for the whole queue, or for a group where the queue says so", async () => {
      await sendTo("a", "1", "id");
      await sendTo("b", "2", "id");
      assert.deepEqual(await sqs.bodies(url), ["1"]);
      const fast = await sqs.queue("fast.fifo", { DeduplicationScope: "messageGroup", FifoThroughputLimit: "perMessageGroupId" });
      await sendTo("a", "1", "id", fast);
      await sendTo("b", "2", "id", fast);
      await sendTo("b", "3", "id", fast);
      assert.deepEqual(await sqs.bodies(fast), ["1", "2"]);
    });

    it("goes by the content where no id is given", async () => {
      await send("g-1", "g-1", "g-2");
      assert.deepEqual(await sqs.bodies(url), ["g-1", "g-2"]);
    });

    it("keeps its scope for a minute after a change of it, as AWS does", async () => {
      const scope = (name: string) => sqs.call("SetQueueAttributes", { QueueUrl: url, Attributes: { DeduplicationScope: name } });
      await sendTo("a", "1", "id");
      await scope("messageGroup");
      await sendTo("b", "2", "id");
      sqs.pass(60);
      await sendTo("c", "3", "id");
      assert.deepEqual(await sqs.bodies(url), ["1", "3"]);
    });

    it("survives a restart", async () => {
      await sendTo("g", "one", "id");
      sqs.restart();
      await sendTo("g", "two", "id");
      assert.deepEqual(await sqs.bodies(url), ["one"]);
    });

    it("begins anew with a purge", async () => {
      await sendTo("g", "one", "id");
      await sqs.call("PurgeQueue", { QueueUrl: url });
      await sendTo("g", "two", "id");
      assert.deepEqual(await sqs.bodies(url), ["two"]);
    });
  });

  describe("ReceiveRequestAttemptId", () => {
    const attempt = (id = "attempt") => sqs.receive(url, { MaxNumberOfMessages: 2, ReceiveRequestAttemptId: id });
    const handles = async () => (await attempt()).map(({ handle }) => handle);

    it("gives the same messages under the same handles again, and hides them anew", async () => {
      await send("g-1", "g-2", "g-3");
      const first = await handles();
      sqs.pass(29);
      assert.deepEqual(await handles(), first);
      sqs.pass(29);
      assert.deepEqual(await sqs.bodies(url), []);
      assert.equal((await attempt())[0]?.attributes.ApproximateReceiveCount, "1");
      await sqs.delete(url, first[0] ?? "");
    });

    it("gives other messages once one of the first was deleted, changed, or came back", async () => {
      await send("g-1", "g-2", "h-1", "i-1");
      const first = await handles();
      await sqs.delete(url, first[0] ?? "");
      assert.deepEqual(
        (await attempt()).map(({ body }) => body),
        ["h-1", "i-1"],
      );
      sqs.pass(31);
      assert.deepEqual(
        (await attempt()).map(({ attributes }) => attributes.ApproximateReceiveCount),
        ["2", "2"],
      );
    });

    it("survives a restart, and is refused by standard queues", async () => {
      await send("g-1");
      const first = await handles();
      sqs.restart();
      assert.deepEqual(await handles(), first);
      const standard = await sqs.queue("standard");
      await refuses(sqs.receive(standard, { ReceiveRequestAttemptId: "x" }), "InvalidParameterValue", /not valid for this queue type/);
      await refuses(attempt("with space"), "InvalidParameterValue", /ReceiveRequestAttemptId can only include/);
    });
  });
});
