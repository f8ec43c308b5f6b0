import assert from "node:assert/strict";
import { ChangeMessageVisibilityCommand, ReceiveMessageCommand, SendMessageCommand } from "@aws-sdk/client-sqs";
import { type ChangeEvent, newEvent } from "../../domain/event.ts";
import type { Failure } from "../../domain/failure.ts";
import { listFailures, messageFailureId, readFailure } from "../../domain/failures.ts";
import { readStanding } from "../../domain/standing.ts";
import { queueName } from "../../workflows/queue-name.ts";
import { executionArn } from "../../workflows/starter.ts";
import { aws, eventually, uniqueName } from "./support/endpoint.ts";
import { newRecord, stored } from "./support/ledger.ts";
import { describeExecution, ended, historyOf } from "./support/stepfunctions.ts";
import { countsOf, newGround, type RunningWorker, startExecution, startWorker, type WorkerGround } from "./support/worker.ts";

describe("A worker with messages that fail", function () {
  this.timeout(60_000);
  let ground: WorkerGround;
  let worker: RunningWorker | undefined;

  beforeEach(async () => {
    ground = await newGround();
  });
  afterEach(async () => {
    await worker?.end();
    worker = undefined;
    await ground.drop();
  });

  const work = (meddling = {}): RunningWorker => {
    worker = startWorker(ground, meddling, () => 0);
    return worker;
  };
  const send = async (body: string): Promise<string> => {
    const { MessageId: id = "" } = await aws().sqs.send(
      new SendMessageCommand({ QueueUrl: ground.outputs.requests_queue_url, MessageBody: body }),
    );
    return id;
  };
  const kept = (messageId: string): Promise<Failure> =>
    eventually(async () => {
      const id = messageFailureId({ queue: queueName(ground.outputs.requests_queue_url), messageId });
      const failure = await readFailure(ground.failures, id);
      assert.ok(failure !== undefined && failure.state !== "noted");
      return failure;
    }, 15_000);
  const keptLetter = (): Promise<Failure> => eventually(async () => (await onlyOpen()) ?? assert.fail("nothing is open"), 15_000);
  const onlyOpen = async () => (await listFailures(ground.failures, "requests", 10)).failures[0];
  const queuesAreEmpty = () =>
    eventually(async () => {
      for (const url of [ground.outputs.requests_queue_url, ground.outputs.requests_dlq_url])
        assert.deepEqual(await countsOf(url), { waiting: 0, atWork: 0 });
    });
  /** Receives a message as often as its queue allows, as workers do that die at it. */
  const wearOut = async () => {
    const QueueUrl = ground.outputs.requests_queue_url;
    for (let receives = 0; receives < 5; receives++) {
      const ReceiptHandle = await eventually(async () => {
        const { Messages: [message] = [] } = await aws().sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 1 }));
        assert.ok(message !== undefined);
        return message.ReceiptHandle;
      });
      await aws().sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 0 }));
    }
  };
  const unknownEvent = (): ChangeEvent => {
    const facts = { kind: "requests", id: uniqueName("none"), version: 2, from: "PENDING", to: "IN_PROGRESS" };
    return newEvent({ ...facts, changedAt: new Date().toISOString(), changeId: uniqueName("change"), type: "request.status-changed" });
  };

  it("has what is no message of a workflow kept with its reason, open, within seconds", async () => {
    // Prepare
    const { counters } = work();
    // Act
    const messageId = await send("not json");
    const failure = await kept(messageId);
    // Assess
    assert.equal(failure.state, "open");
    assert.equal(failure.body, "not json");
    assert.equal(failure.reason, "5 attempts failed, the last one because: Unusable: The message is not JSON.");
    assert.deepEqual(
      failure.attempts.map(({ receives }) => receives),
      [1, 2, 3, 4, 5],
    );
    await queuesAreEmpty();
    assert.equal(counters.get("worker_dead_letters_total"), 1);
  });

  it("fails the execution of a record that is not there with a cause a person understands, and keeps no token", async () => {
    // Prepare
    work();
    const event = unknownEvent();
    // Act
    const execution = await ended(await startExecution(ground, event));
    // Assess
    assert.equal(execution.status, "FAILED");
    assert.equal(execution.error, "StepFailed");
    assert.match(execution.cause ?? "", new RegExp(`last one because: Unusable: There is no record ${event.id}\\.`));
    const { id } = await keptLetter();
    const failure = await readFailure(ground.failures, id);
    assert.deepEqual([failure?.state, failure?.eventId, failure?.recordId], ["open", event.eventId, event.id]);
    assert.equal(JSON.parse(failure?.body ?? "").taskToken, "[masked]");
  });

  it("has the next attempt made by the relay where a change's step failed again and again, which is open to nobody", async () => {
    // Prepare
    let isBroken = true;
    const { counters } = work({
      UpdateItemCommand: (input: object) => {
        if (isBroken && "TableName" in input && input.TableName === ground.outputs.requests_table) throw new Error("Not today.");
      },
    });
    const event = await newRecord(ground.ledger);
    // Act
    const first = await ended(await startExecution(ground, event));
    isBroken = false;
    await eventually(async () => assert.equal((await readStanding(ground.ledger, event)).standing, "settled"), 20_000);
    const second = await ended(executionArn(ground.outputs.requests_state_machine_arn, `${event.eventId}-r2`));
    // Assess
    assert.deepEqual([first.status, first.error, second.status], ["FAILED", "StepFailed", "SUCCEEDED"]);
    assert.match(first.cause ?? "", /5 attempts failed, the last one because: Not today\./);
    assert.equal(counters.get("worker_relay_restarted_total"), 1);
    assert.equal(await onlyOpen(), undefined);
  });

  it("has a message that workers died at done by the workflow's own retry", async () => {
    // Prepare
    const event = await newRecord(ground.ledger);
    const execution = await startExecution(ground, event);
    await wearOut();
    // Act
    const { counters } = work();
    const { status } = await ended(execution);
    // Assess
    assert.equal(status, "SUCCEEDED");
    assert.equal(counters.get("worker_dead_letters_total"), 1);
    assert.deepEqual((await stored(ground.ledger, event.id)).history.length, 1);
    const types = (await historyOf(execution)).map(({ type, taskFailedEventDetails: failed }) => failed?.error ?? type);
    assert.equal(types.filter((type) => type === "WorkerLost").length, 1);
    assert.equal(await onlyOpen(), undefined);
  });

  it("has an execution succeed in the end whose step was done and whose answer failed every time", async () => {
    // Prepare
    let failures = 5;
    work({
      SendTaskSuccessCommand: () => {
        if (failures-- > 0) throw new Error("Not today.");
      },
    });
    const event = await newRecord(ground.ledger);
    // Act
    const { status, output } = await ended(await startExecution(ground, event));
    // Assess
    assert.equal(status, "SUCCEEDED");
    assert.deepEqual([JSON.parse(output ?? "")], (await stored(ground.ledger, event.id)).history);
    assert.equal(await onlyOpen(), undefined);
    await queuesAreEmpty();
  });

  it("keeps a dead letter whose execution waits no more, and leaves none in the queue", async () => {
    // Prepare
    const { counters } = work();
    const event = unknownEvent();
    const body = { v: 1, step: "writeHistory", taskToken: "made-up-by-a-test", execution: event.eventId, event };
    // Act
    const failure = await kept(await send(JSON.stringify(body)));
    // Assess
    assert.equal(failure.state, "open");
    await queuesAreEmpty();
    assert.equal(counters.get("worker_stale_tokens_total"), 1);
  });

  it("keeps trying to keep a dead letter until it can, and tells nobody before", async () => {
    // Prepare
    let isBroken = true;
    const { counters } = work({
      UpdateItemCommand: (input: object) => {
        if (isBroken && "TableName" in input && input.TableName === ground.failures.table) throw new Error("Not today.");
      },
    });
    const event = unknownEvent();
    const execution = await startExecution(ground, event);
    // Act
    await eventually(async () => assert.equal((await countsOf(ground.outputs.requests_queue_url)).waiting, 0));
    await eventually(() => assert.ok(counters.get("worker_failed_attempts_total") >= 5));
    const meanwhile = await describeExecution(execution);
    isBroken = false;
    const { status } = await ended(execution);
    // Assess
    assert.deepEqual([meanwhile.status, status], ["RUNNING", "FAILED"]);
    assert.equal((await keptLetter()).eventId, event.eventId);
  });
});
