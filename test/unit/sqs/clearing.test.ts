import assert from "node:assert/strict";
import { GroupTable } from "../../../local/sqs/group-table.ts";
import { MessageTable } from "../../../local/sqs/message-table.ts";
import { Numbers } from "../../../local/sqs/numbers.ts";
import { Polls } from "../../../local/sqs/polls.ts";
import { Sweeper } from "../../../local/sqs/sweeper.ts";
import { refuses, TestSqs } from "./harness.ts";

const TABLES = ["sqs_messages", "sqs_contents", "sqs_groups", "sqs_deduplications", "sqs_attempts", "sqs_discarded"];

function rows(sqs: TestSqs): Record<string, number> {
  return Object.fromEntries(TABLES.map((table) => [table, Number(sqs.store.sql(`SELECT count(*) AS n FROM ${table}`).get()?.n)]));
}

async function sweepAll(sqs: TestSqs): Promise<void> {
  const numbers = new Numbers(sqs.store, () => sqs.clock);
  const messages = new MessageTable(sqs.store, numbers);
  const groups = new GroupTable(sqs.store, numbers);
  const sweeper = new Sweeper(sqs.store, messages, groups, new Polls(sqs.store), () => sqs.clock);
  while ((await sweeper.sweep()) > 0);
}

describe("PurgeQueue", () => {
  let sqs: TestSqs;
  beforeEach(() => {
    sqs = new TestSqs();
  });
  afterEach(() => sqs.close());

  it("empties the queue of messages that are visible, in flight and delayed, and of nothing else", async () => {
    // Prepare
    const url = await sqs.queue("orders");
    const other = await sqs.queue("other");
    await sqs.send(other, "stays");
    await sqs.send(url, "delayed", { DelaySeconds: 5 });
    for (const body of ["in flight", "visible"]) await sqs.send(url, body);
    await sqs.receive(url);
    // Act
    assert.deepEqual(await sqs.call("PurgeQueue", { QueueUrl: url }), {});
    // Assess
    assert.deepEqual(await sqs.counts(url), ["0", "0", "0"]);
    sqs.pass(60);
    assert.deepEqual(await sqs.bodies(url), []);
    assert.deepEqual(await sqs.bodies(other), ["stays"]);
    await sqs.send(url, "new");
    assert.deepEqual(await sqs.bodies(url), ["new"]);
  });

  it("is allowed once in 60 seconds", async () => {
    const url = await sqs.queue("orders");
    const purge = () => sqs.call("PurgeQueue", { QueueUrl: url });
    await purge();
    sqs.pass(59);
    const error = await refuses(purge(), "AWS.SimpleQueueService.PurgeQueueInProgress");
    assert.equal(error.status, 403);
    assert.equal(error.message, "Only one PurgeQueue operation on orders is allowed every 60 seconds.");
    sqs.pass(1);
    await purge();
  });
});

describe("The sweep", () => {
  let sqs: TestSqs;
  beforeEach(() => {
    sqs = new TestSqs();
  });
  afterEach(() => sqs.close());

  it("gives back the space of purged and deleted queues, chunk by chunk", async () => {
    // Prepare
    const fifo = await sqs.queue("orders.fifo", { ContentBasedDeduplication: "true" });
    const standard = await sqs.queue("standard");
    for (let i = 0; i < 1200; i++) await sqs.send(standard, String(i));
    for (let i = 0; i < 10; i++) await sqs.send(fifo, String(i), { MessageGroupId: `g${i}` });
    await sqs.receive(fifo, { ReceiveRequestAttemptId: "a" });
    await sqs.call("PurgeQueue", { QueueUrl: standard });
    await sqs.send(standard, "stays");
    await sqs.call("DeleteQueue", { QueueUrl: fifo });
    // Act
    await sweepAll(sqs);
    // Assess
    const none = { sqs_groups: 0, sqs_deduplications: 0, sqs_attempts: 0, sqs_discarded: 0 };
    assert.deepEqual(rows(sqs), { sqs_messages: 1, sqs_contents: 1, ...none });
    assert.deepEqual(await sqs.bodies(standard), ["stays"]);
  });

  it("clears expired messages and lets their group go on", async () => {
    // Prepare
    const url = await sqs.queue("orders.fifo", { ContentBasedDeduplication: "true", MessageRetentionPeriod: "60" });
    await sqs.send(url, "old", { MessageGroupId: "g" });
    await sqs.receive(url, { VisibilityTimeout: 600 });
    sqs.pass(30);
    await sqs.send(url, "young", { MessageGroupId: "g" });
    sqs.pass(30);
    // Act
    await sweepAll(sqs);
    // Assess
    assert.equal(rows(sqs).sqs_messages, 1);
    assert.deepEqual(await sqs.bodies(url), ["young"]);
  });

  it("forgets deduplication ids after five minutes and not before", async () => {
    const url = await sqs.queue("orders.fifo", { ContentBasedDeduplication: "true" });
    await sqs.send(url, "one", { MessageGroupId: "g" });
    await sqs.receive(url, { ReceiveRequestAttemptId: "a" });
    sqs.pass(299);
    await sweepAll(sqs);
    assert.equal(rows(sqs).sqs_deduplications, 1);
    sqs.pass(1);
    await sweepAll(sqs);
    assert.equal(rows(sqs).sqs_deduplications, 0);
    assert.equal(rows(sqs).sqs_attempts, 0);
  });
});
