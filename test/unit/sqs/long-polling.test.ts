import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { redriveTo, refuses, TestSqs } from "./harness.ts";

/** Far above what waking takes and far below the polls' 20 seconds: a poll that ends within it was woken. */
const SOON_MS = 5_000;

async function soon<T>(promise: Promise<T>): Promise<T> {
  const late = Symbol("late");
  const first = await Promise.race([promise, sleep(SOON_MS, late, { ref: false })]);
  if (first === late) throw new Error(`The poll did not end within ${SOON_MS} ms.`);
  return promise;
}

describe("Long polling", () => {
  let sqs: TestSqs;
  let url: string;
  let ticking: NodeJS.Timeout;
  beforeEach(async () => {
    sqs = new TestSqs();
    url = await sqs.queue("orders");
    // Here the queues' clock goes by itself: polls wait in true time.
    ticking = setInterval(() => {
      sqs.clock = Math.max(sqs.clock, Date.now());
    }, 5);
  });
  afterEach(() => {
    clearInterval(ticking);
    sqs.close();
  });

  const poll = (input: Record<string, number> = {}, signal?: AbortSignal) =>
    sqs
      .receive(url, { WaitTimeSeconds: 20, ...input }, signal === undefined ? {} : { signal })
      .then((messages) => messages.map(({ body }) => body));

  it("answers at once what is there already", async () => {
    await sqs.send(url, "there");
    assert.deepEqual(await soon(poll()), ["there"]);
  });

  it("ends at once when a message is sent, and only for as many polls as there are messages", async () => {
    // Prepare
    const polls = [poll(), poll(), poll()];
    // Act
    await sqs.send(url, "one");
    await sqs.send(url, "two");
    // Assess
    assert.deepEqual(await soon(Promise.all(polls.slice(0, 2))), [["one"], ["two"]]);
    await sqs.send(url, "three");
    assert.deepEqual(await soon(Promise.all(polls)), [["one"], ["two"], ["three"]]);
  });

  it("ends with nothing after its time", async () => {
    assert.deepEqual(await sqs.call("ReceiveMessage", { QueueUrl: url, WaitTimeSeconds: 1 }), {});
  });

  it("waits as long as the queue says where the call does not", async () => {
    await sqs.call("SetQueueAttributes", { QueueUrl: url, Attributes: { ReceiveMessageWaitTimeSeconds: "20" } });
    const waiting = sqs.bodies(url);
    await sqs.send(url, "late");
    assert.deepEqual(await soon(waiting), ["late"]);
    assert.deepEqual(await soon(sqs.bodies(url, { WaitTimeSeconds: 0 })), [], "a call may say not to wait");
  });

  it("ends when a delayed message becomes visible", async () => {
    await sqs.send(url, "delayed", { DelaySeconds: 1 });
    assert.deepEqual(await soon(poll()), ["delayed"]);
  });

  it("ends when a delayed message that was sent during it becomes visible", async () => {
    const waiting = poll();
    await sqs.send(url, "delayed", { DelaySeconds: 1 });
    assert.deepEqual(await soon(waiting), ["delayed"]);
  });

  it("ends when a message in flight comes back by itself", async () => {
    await sqs.send(url, "back");
    await sqs.receive(url, { VisibilityTimeout: 1 });
    assert.deepEqual(await soon(poll()), ["back"]);
  });

  it("ends when another poll's message comes back", async () => {
    const first = poll({ VisibilityTimeout: 1 });
    const second = poll();
    await sqs.send(url, "twice");
    assert.deepEqual(await soon(Promise.all([first, second])), [["twice"], ["twice"]]);
  });

  it("ends for all who wait where none of them hides the message", async () => {
    const polls = [poll({ VisibilityTimeout: 0 }), poll({ VisibilityTimeout: 0 }), poll()];
    await sqs.send(url, "shown to all");
    assert.deepEqual(await soon(Promise.all(polls)), [["shown to all"], ["shown to all"], ["shown to all"]]);
  });

  it("ends for each that there is a message for, when several are sent at once", async () => {
    const polls = [poll({ MaxNumberOfMessages: 2 }), poll({ MaxNumberOfMessages: 2 })];
    await Promise.all(["one", "two", "three"].map((body) => sqs.send(url, body)));
    assert.deepEqual(await soon(Promise.all(polls)), [["one", "two"], ["three"]]);
  });

  it("ends when a message's visibility is ended", async () => {
    await sqs.send(url, "released");
    const { handle } = await sqs.receiveOne(url);
    const waiting = poll();
    await sqs.hide(url, handle, 0);
    assert.deepEqual(await soon(waiting), ["released"]);
  });

  it("ends when a message's visibility is shortened, at the new moment", async () => {
    await sqs.send(url, "sooner");
    const { handle } = await sqs.receiveOne(url);
    const waiting = poll();
    await sqs.hide(url, handle, 1);
    assert.deepEqual(await soon(waiting), ["sooner"]);
  });

  it("ends for a message and for a delayed one that was sent with it, each at its moment", async () => {
    const polls = [poll(), poll()];
    await Promise.all([sqs.send(url, "now"), sqs.send(url, "delayed", { DelaySeconds: 1 })]);
    assert.deepEqual(await soon(Promise.all(polls)), [["now"], ["delayed"]]);
  });

  it("ends when a deletion lets a FIFO group go on", async () => {
    // Prepare
    const fifo = await sqs.queue("orders.fifo", { ContentBasedDeduplication: "true" });
    for (const body of ["first", "second"]) await sqs.send(fifo, body, { MessageGroupId: "g" });
    const { handle } = await sqs.receiveOne(fifo);
    const waiting = sqs.bodies(fifo, { WaitTimeSeconds: 20 });
    // Act
    await sqs.delete(fifo, handle);
    // Assess
    assert.deepEqual(await soon(waiting), ["second"]);
  });

  it("ends when a message arrives in a dead-letter queue", async () => {
    // Prepare
    const letters = await sqs.queue("letters");
    const source = await sqs.queue("source", redriveTo("letters", 1));
    await sqs.send(source, "poison");
    await sqs.receive(source, { VisibilityTimeout: 0 });
    const waiting = sqs.bodies(letters, { WaitTimeSeconds: 20 });
    // Act
    await sqs.receive(source);
    // Assess
    assert.deepEqual(await soon(waiting), ["poison"]);
  });

  it("ends without taking a message when the client leaves", async () => {
    // Prepare
    const client = new AbortController();
    const waiting = poll({}, client.signal);
    // Act
    client.abort();
    // Assess
    assert.deepEqual(await soon(waiting), []);
    await sqs.send(url, "for others");
    assert.deepEqual(await sqs.counts(url), ["1", "0", "0"]);
  });

  it("a client that has left does not stand in the way of the next", async () => {
    const client = new AbortController();
    const left = poll({}, client.signal);
    const next = poll();
    client.abort();
    await sqs.send(url, "for the next");
    assert.deepEqual(await soon(Promise.all([left, next])), [[], ["for the next"]]);
  });

  it("ends with an error when the queue is deleted", async () => {
    const waiting = assert.rejects(soon(poll()), { code: "QueueDoesNotExist" });
    await sqs.call("DeleteQueue", { QueueUrl: url });
    await waiting;
    await refuses(sqs.receive(url), "AWS.SimpleQueueService.NonExistentQueue");
  });

  it("goes on after a purge", async () => {
    const waiting = poll();
    await sqs.call("PurgeQueue", { QueueUrl: url });
    await sqs.send(url, "new");
    assert.deepEqual(await soon(waiting), ["new"]);
  });

  it("ends with nothing when the endpoint stops", async () => {
    const waiting = poll();
    sqs.sqs.stop();
    assert.deepEqual(await soon(waiting), []);
  });

  it("holds a hundred waiting polls without working", async () => {
    // Prepare
    const client = new AbortController();
    const waiting = Array.from({ length: 100 }, () => poll({}, client.signal));
    clearInterval(ticking);
    // Act
    const costs: number[] = [];
    for (let look = 0; look < 5; look++) {
      const before = process.threadCpuUsage();
      await sleep(300);
      const { user, system } = process.threadCpuUsage(before);
      costs.push(user + system);
    }
    client.abort();
    await Promise.all(waiting);
    // Assess: the tests before may have left the process something to clear up, which is seen at some looks; polls that work, at all.
    const hundredth = 3_000;
    assert.ok(Math.min(...costs) < hundredth, `300 ms of waiting cost ${costs.join(", ")} µs of CPU`);
  });
});
