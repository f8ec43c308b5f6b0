import assert from "node:assert/strict";
import { arnOf, redriveTo, TestSqs } from "./harness.ts";

describe("Dead-letter queues", () => {
  let sqs: TestSqs;
  beforeEach(() => {
    sqs = new TestSqs();
  });
  afterEach(() => sqs.close());

  it("get a message on the receive that would be one too many, with its count, id and attributes", async () => {
    // Prepare
    const letters = await sqs.queue("letters");
    const url = await sqs.queue("orders", { ...redriveTo("letters", 2), VisibilityTimeout: "0" });
    const attributes = { MyAttribute: { DataType: "String", StringValue: "foobar" } };
    const sent = await sqs.send(url, "poison", { MessageAttributes: attributes });
    // Act
    assert.deepEqual(await sqs.bodies(url), ["poison"]);
    assert.deepEqual(await sqs.bodies(url), ["poison"]);
    assert.deepEqual(await sqs.counts(letters), ["0", "0", "0"]);
    assert.deepEqual(await sqs.bodies(url), []);
    // Assess
    const letter = await sqs.receiveOne(letters, { MessageAttributeNames: ["All"] });
    assert.equal(letter.id, sent.MessageId);
    assert.equal(letter.attributes.ApproximateReceiveCount, "3");
    assert.equal(letter.attributes.DeadLetterQueueSourceArn, arnOf("orders"));
    assert.deepEqual(letter.whole.MessageAttributes, attributes);
    assert.deepEqual(await sqs.counts(url), ["0", "0", "0"]);
  });

  it("do not keep the good messages behind from being received by the same call", async () => {
    await sqs.queue("letters");
    const url = await sqs.queue("orders", redriveTo("letters", 1));
    for (const body of ["bad", "worse"]) await sqs.send(url, body);
    await sqs.receive(url, { MaxNumberOfMessages: 10, VisibilityTimeout: 5 });
    sqs.pass(5);
    await sqs.send(url, "good");
    assert.deepEqual(await sqs.bodies(url), ["good"]);
  });

  it("make the source's receipt handle void", async () => {
    const letters = await sqs.queue("letters");
    const url = await sqs.queue("orders", redriveTo("letters", 1));
    await sqs.send(url, "poison");
    const { handle } = await sqs.receiveOne(url, { VisibilityTimeout: 0 });
    await sqs.receive(url);
    await sqs.delete(url, handle);
    assert.deepEqual(await sqs.bodies(letters), ["poison"]);
  });

  it("count their own receives where they redrive to a further queue", async () => {
    // Prepare
    const last = await sqs.queue("last");
    const letters = await sqs.queue("letters", { ...redriveTo("last", 2), VisibilityTimeout: "0" });
    const url = await sqs.queue("orders", { ...redriveTo("letters", 3), VisibilityTimeout: "0" });
    await sqs.send(url, "poison");
    for (let i = 0; i < 4; i++) await sqs.receive(url);
    // Act
    for (let i = 0; i < 2; i++) assert.deepEqual(await sqs.bodies(letters), ["poison"]);
    assert.deepEqual(await sqs.bodies(letters), []);
    // Assess
    assert.equal((await sqs.receiveOne(last)).attributes.ApproximateReceiveCount, "6");
  });

  it("that are gone leave the message where it is", async () => {
    const letters = await sqs.queue("letters");
    const url = await sqs.queue("orders", { ...redriveTo("letters", 1), VisibilityTimeout: "0" });
    await sqs.send(url, "poison");
    await sqs.call("DeleteQueue", { QueueUrl: letters });
    for (let i = 0; i < 3; i++) assert.deepEqual(await sqs.bodies(url), ["poison"]);
  });

  it("keep a message's age where standard, and begin it anew where FIFO", async () => {
    // Prepare
    const fifo = { ContentBasedDeduplication: "true" };
    const urls = [];
    for (const suffix of ["", ".fifo"]) {
      const kind = suffix === "" ? {} : fifo;
      const letters = await sqs.queue(`letters${suffix}`, { ...kind, MessageRetentionPeriod: "100" });
      const url = await sqs.queue(`orders${suffix}`, { ...kind, ...redriveTo(`letters${suffix}`, 1) });
      await sqs.send(url, "poison", suffix === "" ? {} : { MessageGroupId: "g" });
      sqs.pass(60);
      await sqs.receive(url, { VisibilityTimeout: 0 });
      await sqs.receive(url);
      urls.push(letters);
      sqs.pass(-60);
    }
    const [standard = "", ordered = ""] = urls;
    // Act
    sqs.pass(110);
    // Assess
    assert.deepEqual(await sqs.bodies(standard), []);
    assert.deepEqual(await sqs.bodies(ordered), ["poison"]);
  });

  it("expire by the age they brought, in flight as well, though the queue was found empty before they came", async () => {
    // Prepare
    const letters = await sqs.queue("letters", { MessageRetentionPeriod: "600" });
    const source = await sqs.queue("source", redriveTo("letters", 1));
    await sqs.send(source, "old");
    await sqs.receive(source, { VisibilityTimeout: 1 });
    assert.deepEqual(await sqs.bodies(letters), []);
    sqs.pass(500);
    await sqs.receive(source);
    assert.equal((await sqs.receive(letters, { VisibilityTimeout: 3600 })).length, 1);

    // Act
    sqs.pass(101);
    assert.deepEqual(await sqs.bodies(letters), []);

    // Assess
    assert.equal(Number(sqs.store.sql("SELECT count(*) AS n FROM sqs_messages").get()?.n), 0);
  });

  it("of FIFO queues keep groups and order, and let the source's group go on", async () => {
    // Prepare
    const fifo = { ContentBasedDeduplication: "true" };
    const letters = await sqs.queue("letters.fifo", fifo);
    const url = await sqs.queue("orders.fifo", { ...fifo, ...redriveTo("letters.fifo", 1) });
    for (const body of ["1", "2", "3"]) await sqs.send(url, body, { MessageGroupId: "g" });
    await sqs.receive(url, { MaxNumberOfMessages: 2, VisibilityTimeout: 0 });
    // Act
    const next = await sqs.bodies(url);
    // Assess
    assert.deepEqual(next, ["3"]);
    const moved = await sqs.receive(letters, { MaxNumberOfMessages: 10 });
    assert.deepEqual(
      moved.map(({ body, attributes }) => [body, attributes.MessageGroupId]),
      [
        ["1", "g"],
        ["2", "g"],
      ],
    );
  });

  it("get many poisoned messages by one receive", async () => {
    const letters = await sqs.queue("letters");
    const url = await sqs.queue("orders", { ...redriveTo("letters", 1), VisibilityTimeout: "0" });
    for (let i = 0; i < 25; i++) await sqs.send(url, String(i));
    for (let i = 0; i < 3; i++) await sqs.receive(url, { MaxNumberOfMessages: 10 });
    await sqs.receive(url, { MaxNumberOfMessages: 10 });
    assert.deepEqual(await sqs.counts(url), ["0", "0", "0"]);
    assert.deepEqual(await sqs.counts(letters), ["25", "0", "0"]);
  });
});
