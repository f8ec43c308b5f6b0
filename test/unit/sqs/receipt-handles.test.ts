import assert from "node:assert/strict";
import { refuses, TestSqs } from "./harness.ts";

describe("DeleteMessage", () => {
  let sqs: TestSqs;
  let url: string;
  beforeEach(async () => {
    sqs = new TestSqs();
    url = await sqs.queue("orders");
  });
  afterEach(() => sqs.close());

  it("deletes the message, and may be called again", async () => {
    await sqs.send(url, "hello");
    const { handle } = await sqs.receiveOne(url);
    assert.deepEqual(await sqs.delete(url, handle), {});
    assert.deepEqual(await sqs.delete(url, handle), {});
    sqs.pass(60);
    assert.deepEqual(await sqs.bodies(url), []);
    assert.deepEqual(await sqs.counts(url), ["0", "0", "0"]);
  });

  it("deletes after the visibility timeout, as long as nobody received the message again", async () => {
    await sqs.send(url, "hello");
    const { handle } = await sqs.receiveOne(url, { VisibilityTimeout: 1 });
    sqs.pass(2);
    await sqs.delete(url, handle);
    assert.deepEqual(await sqs.bodies(url), []);
  });

  it("deletes nothing by the handle of an earlier receive, and says nothing about it", async () => {
    await sqs.send(url, "hello");
    const stale = await sqs.receiveOne(url, { VisibilityTimeout: 0 });
    const newer = await sqs.receiveOne(url);
    assert.deepEqual(await sqs.delete(url, stale.handle), {});
    assert.deepEqual(await sqs.counts(url), ["0", "1", "0"]);
    await sqs.delete(url, newer.handle);
    assert.deepEqual(await sqs.counts(url), ["0", "0", "0"]);
  });

  it("waits for the disk where the queue is FIFO, since only a standard queue may deliver a deleted message once more", async () => {
    // Prepare
    const fifo = await sqs.queue("orders.fifo", { ContentBasedDeduplication: "true" });
    await sqs.send(url, "standard");
    await sqs.send(fifo, "in order", { MessageGroupId: "g" });
    const handles = [await sqs.receiveOne(url), await sqs.receiveOne(fifo)].map(({ handle }) => handle);

    // Act
    const flushes = [sqs.flushes];
    for (const [index, queue] of [url, fifo].entries()) {
      await sqs.delete(queue, handles[index] ?? "");
      flushes.push(sqs.flushes);
    }

    // Assess
    const [before = 0, afterStandard = 0, afterFifo = 0] = flushes;
    assert.deepEqual([afterStandard - before, afterFifo - afterStandard], [0, 1]);
  });

  it("goes behind what else came in the same turn, since nobody's next step waits for it", async () => {
    // Prepare
    await sqs.send(url, "first");
    const { handle } = await sqs.receiveOne(url);
    const answered: string[] = [];

    // Act
    const deletion = sqs.delete(url, handle).then(() => answered.push("deletion"));
    const sending = sqs.send(url, "second").then(() => answered.push("sending"));
    await Promise.all([deletion, sending]);

    // Assess
    assert.deepEqual(answered, ["sending", "deletion"]);
    assert.deepEqual(await sqs.counts(url), ["1", "0", "0"]);
  });

  it("does nothing by a handle of before a purge", async () => {
    await sqs.send(url, "hello");
    const { handle } = await sqs.receiveOne(url);
    await sqs.call("PurgeQueue", { QueueUrl: url });
    assert.deepEqual(await sqs.delete(url, handle), {});
  });

  it("refuses what is no handle, and a handle of another queue", async () => {
    const other = await sqs.queue("other");
    await sqs.send(other, "hello");
    const { handle } = await sqs.receiveOne(other);
    const error = await refuses(sqs.delete(url, "garbage"), "ReceiptHandleIsInvalid");
    assert.equal(error.message, 'The input receipt handle "garbage" is not a valid receipt handle.');
    await refuses(sqs.delete(url, handle), "ReceiptHandleIsInvalid");
    await refuses(sqs.call("DeleteMessage", { QueueUrl: url }), "MissingParameter", /ReceiptHandle/);
  });

  it("refuses an expired or stale handle of a FIFO queue", async () => {
    // Prepare
    const fifo = await sqs.queue("orders.fifo", { ContentBasedDeduplication: "true", VisibilityTimeout: "1" });
    await sqs.send(fifo, "hello", { MessageGroupId: "g" });
    const first = await sqs.receiveOne(fifo);
    sqs.pass(2);
    // Act, assess
    const expired = await refuses(sqs.delete(fifo, first.handle), "InvalidParameterValue");
    const reason = "is invalid. Reason: The receipt handle has expired.";
    assert.equal(expired.message, `Value ${first.handle} for parameter ReceiptHandle ${reason}`);
    const second = await sqs.receiveOne(fifo);
    await refuses(sqs.delete(fifo, first.handle), "InvalidParameterValue", /has expired/);
    await sqs.hide(fifo, second.handle, 5);
    sqs.pass(3);
    await sqs.delete(fifo, second.handle);
    assert.deepEqual(await sqs.delete(fifo, second.handle), {}, "what is deleted may be deleted again");
    assert.deepEqual(await sqs.counts(fifo), ["0", "0", "0"]);
  });
});

describe("ChangeMessageVisibility", () => {
  let sqs: TestSqs;
  let url: string;
  beforeEach(async () => {
    sqs = new TestSqs();
    url = await sqs.queue("orders");
  });
  afterEach(() => sqs.close());

  it("hides a message for longer or shorter, from now on", async () => {
    await sqs.send(url, "hello");
    const { handle } = await sqs.receiveOne(url, { VisibilityTimeout: 10 });
    sqs.pass(9);
    await sqs.hide(url, handle, 10);
    sqs.pass(9);
    assert.deepEqual(await sqs.bodies(url), []);
    await sqs.hide(url, handle, 2);
    sqs.pass(2);
    assert.deepEqual(await sqs.bodies(url), ["hello"]);
  });

  it("to 0 shows the message at once; the next receive hides it by the usual timeout", async () => {
    await sqs.send(url, "hello");
    const { handle } = await sqs.receiveOne(url);
    await sqs.hide(url, handle, 0);
    assert.deepEqual(await sqs.bodies(url), ["hello"]);
    assert.deepEqual(await sqs.bodies(url), []);
  });

  it("hides a message again whose timeout has passed, as long as nobody received it", async () => {
    await sqs.send(url, "hello");
    const { handle } = await sqs.receiveOne(url, { VisibilityTimeout: 1 });
    sqs.pass(2);
    await sqs.hide(url, handle, 2);
    assert.deepEqual(await sqs.bodies(url), []);
  });

  it("goes up to 12 hours after the receive and no further", async () => {
    await sqs.send(url, "hello");
    const { handle } = await sqs.receiveOne(url);
    await sqs.hide(url, handle, 43_200);
    sqs.pass(1);
    const error = await refuses(sqs.hide(url, handle, 43_200), "InvalidParameterValue");
    const reason = "Total VisibilityTimeout for the message is beyond the limit [43200 seconds]";
    assert.equal(error.message, `Value 43200 for parameter VisibilityTimeout is invalid. Reason: ${reason}`);
    await sqs.hide(url, handle, 43_199);
    await refuses(sqs.hide(url, handle, 43_201), "InvalidParameterValue");
    await refuses(sqs.hide(url, handle, -1), "InvalidParameterValue");
  });

  it("refuses a handle that is stale, or whose message is gone", async () => {
    await sqs.send(url, "hello");
    const stale = await sqs.receiveOne(url, { VisibilityTimeout: 0 });
    const { handle } = await sqs.receiveOne(url);
    const error = await refuses(sqs.hide(url, stale.handle, 5), "InvalidParameterValue");
    const reason = "Message does not exist or is not available for visibility timeout change.";
    assert.equal(error.message, `Value ${stale.handle} for parameter ReceiptHandle is invalid. Reason: ${reason}`);
    await sqs.delete(url, handle);
    await refuses(sqs.hide(url, handle, 5), "InvalidParameterValue", /Message does not exist/);
    await refuses(sqs.hide(url, "INVALID", 5), "ReceiptHandleIsInvalid");
    await refuses(sqs.call("ChangeMessageVisibility", { QueueUrl: url, ReceiptHandle: handle }), "MissingParameter", /VisibilityTimeout/);
  });
});

describe("Numbers of messages", () => {
  it("are not given out again after a restart, even with the clock set back", async () => {
    // Prepare
    const sqs = new TestSqs();
    const url = await sqs.queue("orders.fifo");
    const send = (id: string) => sqs.send(url, id, { MessageGroupId: "g", MessageDeduplicationId: id });
    const first = await send("first");
    const { handle } = await sqs.receiveOne(url);
    await sqs.delete(url, handle);
    // Act
    sqs.restart();
    sqs.pass(-3600);
    const second = await send("second");
    // Assess
    assert.ok(String(second.SequenceNumber) > String(first.SequenceNumber));
    await sqs.delete(url, handle);
    assert.deepEqual(await sqs.bodies(url), ["second"]);
    sqs.close();
  });
});
