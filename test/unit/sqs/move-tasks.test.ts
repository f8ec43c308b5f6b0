import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { isObject, type JsonObject } from "../../../local/json.ts";
import { arnOf, redriveTo, refuses, TestSqs, textOf } from "./harness.ts";

describe("Message move tasks", () => {
  let sqs: TestSqs;
  let letters: string;
  let orders: string;
  beforeEach(async () => {
    sqs = new TestSqs();
    letters = await sqs.queue("letters");
    orders = await sqs.queue("orders", { ...redriveTo("letters", 1), VisibilityTimeout: "0" });
  });
  afterEach(() => sqs.close());

  /** Makes dead letters the way they come about: by one receive too many. */
  async function kill(count: number, url = orders): Promise<void> {
    for (let i = 0; i < count; i++) await sqs.send(url, `message-${i}`);
    for (let i = 0; i < count / 5 + 1; i++) await sqs.receive(url, { MaxNumberOfMessages: 10 });
  }

  const start = (input: JsonObject = {}) => sqs.call("StartMessageMoveTask", { SourceArn: arnOf("letters"), ...input });

  async function list(limit = 1): Promise<JsonObject[]> {
    const { Results: results } = await sqs.call("ListMessageMoveTasks", { SourceArn: arnOf("letters"), MaxResults: limit });
    return Array.isArray(results) ? results.filter(isObject) : [];
  }

  async function ended(): Promise<JsonObject> {
    for (let tries = 0; tries < 500; tries++) {
      const [task] = await list();
      if (task !== undefined && task.Status !== "RUNNING") return task;
      await sleep(10);
    }
    throw new Error("The move task did not end.");
  }

  it("move dead letters back to where each came from, as new messages", async () => {
    // Prepare
    const other = await sqs.queue("other", { ...redriveTo("letters", 1), VisibilityTimeout: "0" });
    await kill(2);
    await kill(1, other);
    const [dead] = await sqs.receive(letters, { VisibilityTimeout: 0 });
    // Act
    const startedAt = sqs.clock;
    const started = await start();
    const task = await ended();
    // Assess
    assert.match(textOf(started, "TaskHandle"), /^[A-Za-z0-9+/=]+$/);
    assert.deepEqual(task, {
      Status: "COMPLETED",
      SourceArn: arnOf("letters"),
      ApproximateNumberOfMessagesMoved: 3,
      ApproximateNumberOfMessagesToMove: 3,
      StartedTimestamp: startedAt,
    });
    const back = await sqs.receive(orders, { MaxNumberOfMessages: 10 });
    assert.deepEqual(back.map(({ body }) => body).sort(), ["message-0", "message-1"]);
    assert.deepEqual(
      back.map(({ attributes }) => attributes.ApproximateReceiveCount),
      ["1", "1"],
    );
    assert.ok(back.every(({ id }) => id !== dead?.id));
    assert.deepEqual(await sqs.counts(other), ["1", "0", "0"]);
    assert.deepEqual(await sqs.counts(letters), ["0", "0", "0"]);
  });

  it("move dead letters to the queue that is named", async () => {
    const target = await sqs.queue("target");
    await kill(12);
    await start({ DestinationArn: arnOf("target") });
    assert.equal((await ended()).DestinationArn, arnOf("target"));
    assert.deepEqual(await sqs.counts(target), ["12", "0", "0"]);
  });

  it("move no faster than they are told", async () => {
    // Prepare
    await kill(4);
    // Act
    const started = await start({ MaxNumberOfMessagesPerSecond: 1 });
    await sleep(150);
    // Assess
    const [running] = await list();
    assert.equal(running?.Status, "RUNNING");
    assert.equal(running?.ApproximateNumberOfMessagesMoved, 1);
    assert.equal(running?.MaxNumberOfMessagesPerSecond, 1);
    assert.equal(running?.TaskHandle, started.TaskHandle);
    sqs.pass(2);
    await sleep(150);
    assert.equal((await list())[0]?.ApproximateNumberOfMessagesMoved, 3);
    sqs.pass(1);
    assert.equal((await ended()).ApproximateNumberOfMessagesMoved, 4);
  });

  it("run once a source at a time, and can be cancelled", async () => {
    // Prepare
    await kill(3);
    const { TaskHandle: handle } = await start({ MaxNumberOfMessagesPerSecond: 1 });
    await sleep(100);
    // Act, assess
    await refuses(start(), "InvalidParameterValue", /^There is already a task running\. Only one active task is allowed/);
    const cancelled = await sqs.call("CancelMessageMoveTask", { TaskHandle: handle ?? null });
    assert.deepEqual(cancelled, { ApproximateNumberOfMessagesMoved: 1 });
    assert.equal((await ended()).Status, "CANCELLED");
    sqs.pass(60);
    await sleep(100);
    assert.deepEqual(await sqs.counts(letters), ["2", "0", "0"]);
    await refuses(sqs.call("CancelMessageMoveTask", { TaskHandle: handle ?? null }), "InvalidParameterValue", /Only active tasks/);
    await start();
    await ended();
    assert.deepEqual((await list(10)).map(({ Status }) => Status).sort(), ["CANCELLED", "COMPLETED"]);
  });

  it("go on after a restart, and repeat nothing", async () => {
    // Prepare
    await kill(3);
    await start({ MaxNumberOfMessagesPerSecond: 1 });
    await sleep(100);
    // Act
    sqs.restart();
    sqs.sqs.start();
    await sleep(100);
    sqs.pass(5);
    // Assess
    assert.equal((await ended()).ApproximateNumberOfMessagesMoved, 3);
    assert.deepEqual(await sqs.counts(orders), ["3", "0", "0"]);
  });

  it("fail where the destination is gone or no source is known", async () => {
    const target = await sqs.queue("target");
    await kill(2);
    await start({ DestinationArn: arnOf("target"), MaxNumberOfMessagesPerSecond: 1 });
    await sleep(100);
    await sqs.call("DeleteQueue", { QueueUrl: target });
    sqs.pass(1);
    const gone = await ended();
    assert.deepEqual([gone.Status, gone.FailureReason], ["FAILED", "AWS.SimpleQueueService.NonExistentQueue"]);
    await sqs.receive(letters);
    await sqs.send(letters, "put here by hand");
    await start();
    const unknown = await ended();
    assert.deepEqual([unknown.Status, unknown.FailureReason], ["FAILED", "CouldNotDetermineMessageSource"]);
  });

  it("keep groups and order in FIFO queues", async () => {
    // Prepare
    const fifo = { ContentBasedDeduplication: "true" };
    await sqs.queue("letters.fifo", fifo);
    const url = await sqs.queue("orders.fifo", { ...fifo, ...redriveTo("letters.fifo", 1) });
    for (const body of ["1", "2", "3"]) await sqs.send(url, body, { MessageGroupId: "g" });
    await sqs.receive(url, { MaxNumberOfMessages: 3, VisibilityTimeout: 0 });
    await sqs.receive(url);
    // Act
    await sqs.call("StartMessageMoveTask", { SourceArn: arnOf("letters.fifo") });
    // Assess
    for (let tries = 0; tries < 200 && (await sqs.counts(url))[0] !== "3"; tries++) await sleep(10);
    assert.deepEqual(await sqs.bodies(url), ["1", "2", "3"]);
  });

  it("are refused with AWS's words", async () => {
    const plain = await sqs.call("StartMessageMoveTask", { SourceArn: arnOf("orders") }).catch((error: Error) => error.message);
    assert.equal(plain, "Source queue must be configured as a Dead Letter Queue.");
    const missing = await refuses(start({ DestinationArn: arnOf("none") }), "ResourceNotFoundException");
    assert.equal(missing.status, 404);
    assert.equal(missing.message, "The resource that you specified for the DestinationArn parameter doesn't exist.");
    const cancel = (handle: string) => sqs.call("CancelMessageMoveTask", { TaskHandle: handle });
    await refuses(cancel("foobared"), "InvalidParameterValue", /^Value for parameter TaskHandle is invalid\.$/);
    const handle = (arn: string) => Buffer.from(JSON.stringify({ taskId: "10f57157", sourceArn: arn })).toString("base64");
    await refuses(cancel(handle(arnOf("none"))), "ResourceNotFoundException", /SourceArn parameter doesn't exist\.$/);
    await refuses(cancel(handle(arnOf("letters"))), "ResourceNotFoundException", /^Task does not exist\.$/);
    await refuses(sqs.call("ListMessageMoveTasks", { SourceArn: arnOf("none") }), "ResourceNotFoundException");
    await refuses(start({ MaxNumberOfMessagesPerSecond: 501 }), "InvalidParameterValue");
    await refuses(start({ DestinationArn: arnOf("letters") }), "InvalidParameterValue");
  });
});
