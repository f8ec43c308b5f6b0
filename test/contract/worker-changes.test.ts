import assert from "node:assert/strict";
import { SendMessageCommand } from "@aws-sdk/client-sqs";
import type { ChangeEvent } from "../../domain/event.ts";
import { readStanding } from "../../domain/standing.ts";
import { executionArn } from "../../workflows/starter.ts";
import { awsExpects, whereLocalStack } from "./support/deviations.ts";
import { aws, eventually } from "./support/endpoint.ts";
import { change, idOf, newRecord, recordWithEvents, stored, versions } from "./support/ledger.ts";
import { ended } from "./support/stepfunctions.ts";
import { countsOf, newGround, type RunningWorker, startExecution, startWorker, type WorkerGround } from "./support/worker.ts";

describe("A worker with changes of status", function () {
  this.timeout(40_000);
  let ground: WorkerGround;
  let workers: RunningWorker[];

  before(async () => {
    // What LocalStack hands to a worker that has ended in the middle of a poll shows again soon.
    ground = await newGround({ VISIBILITY_SECONDS: "3", EXTEND_SECONDS: "1" });
  });
  beforeEach(() => {
    workers = [];
  });
  afterEach(async () => {
    for (const worker of workers) await worker.end();
  });
  after(() => ground?.drop());

  const work = (meddling = {}): RunningWorker => {
    const worker = startWorker(ground, meddling);
    workers.push(worker);
    return worker;
  };
  const sendByHand = (body: object) =>
    aws().sqs.send(new SendMessageCommand({ QueueUrl: ground.outputs.requests_queue_url, MessageBody: JSON.stringify(body) }));

  it("carries a change through: its execution succeeds with the history entry as its output", async () => {
    // Prepare
    work();
    const creation = await newRecord(ground.ledger);
    // Act
    const { status, output } = await ended(await startExecution(ground, creation));
    // Assess
    assert.equal(status, "SUCCEEDED");
    const { history, pending } = await stored(ground.ledger, creation.id);
    assert.deepEqual([JSON.parse(output ?? "")], history);
    assert.equal(pending.size, 0);
  });

  it("says of each change, once, that it was processed, in the words that are agreed", async () => {
    // Prepare
    const { log } = work();
    const creation = await newRecord(ground.ledger);
    const second = await change(ground.ledger, creation.id, "IN_PROGRESS");
    // Act
    for (const event of [creation, second]) await ended(await startExecution(ground, event));
    // Assess
    const said = log.lines
      .filter(({ msg }) => String(msg).startsWith("processed "))
      .toSorted((a, b) => (String(a.msg) < String(b.msg) ? -1 : 1));
    assert.deepEqual(
      said.map(({ msg, eventId, requestId, newStatus, level }) => ({ msg, eventId, requestId, newStatus, level })),
      [creation, second].map(({ eventId, id, to }) => {
        return { msg: `processed eventId=${eventId} requestId=${id} newStatus=${to}`, eventId, requestId: id, newStatus: to, level: 30 };
      }),
    );
  });

  it("answers a message whose change is written already with the entry as it is stored, and counts a duplicate", async () => {
    // Prepare
    const { log, counters } = work();
    const creation = await newRecord(ground.ledger);
    const first = await ended(await startExecution(ground, creation));
    // Act
    const second = await ended(await startExecution(ground, creation, `${creation.eventId}-again`));
    // Assess
    assert.deepEqual([second.status, second.output], ["SUCCEEDED", first.output]);
    assert.equal(counters.get("worker_duplicates_total"), 1);
    assert.equal(log.messages.filter((message) => message.startsWith("processed ")).length, 1);
    assert.equal((await stored(ground.ledger, creation.id)).history.length, 1);
  });

  it("acknowledges a message whose token is of no execution, does its step, and counts that", async () => {
    // Prepare
    const { counters, log } = work();
    const event = await newRecord(ground.ledger);
    // Act
    await sendByHand({ v: 1, step: "writeHistory", taskToken: "made-up-by-a-test", execution: event.eventId, event });
    await eventually(() => assert.equal(counters.get("worker_stale_tokens_total"), 1));
    // Assess
    assert.equal((await readStanding(ground.ledger, event)).standing, "settled");
    assert.equal(counters.get("worker_failed_attempts_total"), 0);
    await eventually(async () => assert.deepEqual(await countsOf(ground.outputs.requests_queue_url), { waiting: 0, atWork: 0 }));
    assert.ok(!JSON.stringify(log.lines).includes("made-up-by-a-test"), "no token is logged");
  });

  it("starts, by its relay, the executions that nobody has started", async () => {
    // Prepare
    const { counters } = work();
    // Act
    const event = await newRecord(ground.ledger);
    await eventually(async () => assert.equal((await readStanding(ground.ledger, event)).standing, "settled"), 15_000);
    // Assess
    const { status } = await ended(executionArn(ground.outputs.requests_state_machine_arn, event.eventId));
    assert.equal(status, "SUCCEEDED");
    assert.equal(counters.get("worker_relay_started_total"), 1);
  });

  it("takes for each change one write and one answer, and shares of a receive and a delete with others", async () => {
    // Prepare
    const events = await Promise.all(Array.from({ length: 40 }, () => newRecord(ground.ledger)));
    const executions = await Promise.all(events.map((event) => startExecution(ground, event)));
    await eventually(async () => assert.equal((await countsOf(ground.outputs.requests_queue_url)).waiting, 40));
    const calls: Record<string, number> = {};
    const count = (name: string) => (input: object) => {
      // The relay leases what is slow to arrive; that is no part of the change's own way.
      const isLease = "UpdateExpression" in input && String(input.UpdateExpression).startsWith("SET #pendingDue");
      if (!isLease) calls[name] = (calls[name] ?? 0) + 1;
    };
    // Act
    const names = ["UpdateItem", "GetItem", "SendTaskSuccess", "SendTaskHeartbeat", "DeleteMessageBatch"];
    work(Object.fromEntries(names.map((name) => [`${name}Command`, count(name)])));
    for (const execution of executions) assert.equal((await ended(execution)).status, "SUCCEEDED");
    await eventually(async () => assert.deepEqual(await countsOf(ground.outputs.requests_queue_url), { waiting: 0, atWork: 0 }));
    // Assess
    const { DeleteMessageBatch: deletes = 0, ...others } = calls;
    assert.deepEqual(others, { UpdateItem: 40, SendTaskSuccess: 40 });
    await awsExpects(
      () => assert.ok(deletes <= 20, `${deletes} deletes`),
      whereLocalStack("changes-trickle", () => assert.ok(deletes < 40, `${deletes} deletes`)),
    );
  });

  it("does the work of many records beside another worker, each change once and in order", async () => {
    // Prepare
    const [one, other] = [work(), work()];
    const records = await Promise.all(Array.from({ length: 15 }, () => recordWithEvents(ground.ledger, 4)));
    const events: ChangeEvent[] = records.flat().sort((a, b) => b.version - a.version);
    // Act
    const executions = await Promise.all(events.map((event) => startExecution(ground, event)));
    const outcomes = await Promise.all(executions.map((execution) => ended(execution)));
    // Assess
    assert.deepEqual(
      outcomes.filter(({ status }) => status !== "SUCCEEDED"),
      [],
    );
    for (const record of records) assert.deepEqual(versions(await stored(ground.ledger, idOf(record))), [1, 2, 3, 4]);
    assert.ok(one.counters.get("worker_processed_total") > 0 && other.counters.get("worker_processed_total") > 0);
  });
});
