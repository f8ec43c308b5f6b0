import assert from "node:assert/strict";
import { SendMessageCommand } from "@aws-sdk/client-sqs";
import { whole } from "../../domain/attributes.ts";
import type { ChangeEvent } from "../../domain/event.ts";
import { listFailures } from "../../domain/failures.ts";
import { write } from "../../domain/ledger.ts";
import { redriveFailure } from "../../domain/redrive.ts";
import { type TaskStatus, tasks } from "../../domain/tasks.ts";
import { executionArn } from "../../workflows/starter.ts";
import type { ManagedProcess } from "../support/managed-process.ts";
import { aws, eventually } from "./support/endpoint.ts";
import { stored } from "./support/ledger.ts";
import { ended, historyOf } from "./support/stepfunctions.ts";
import { newTask, Processors } from "./support/tasks.ts";
import {
  countsOf,
  newGround,
  pollsAreOver,
  type RunningWorker,
  startExecution,
  startWorker,
  startWorkerProcess,
  type WorkerGround,
} from "./support/worker.ts";

/** So that what a killed worker held back shows again soon. */
const QUICK = { VISIBILITY_SECONDS: "2", EXTEND_SECONDS: "1", BEAT_SECONDS: "1" };

describe("A worker with tasks", function () {
  this.timeout(60_000);
  const processors = new Processors();
  let ground: WorkerGround<TaskStatus>;
  let workers: RunningWorker[];
  let processes: ManagedProcess[];

  before(async () => {
    ground = await newGround(QUICK, tasks);
  });
  beforeEach(() => {
    workers = [];
    processes = [];
  });
  afterEach(async () => {
    for (const worker of workers) await worker.end();
    for (const process of processes) await process.stop();
    if (processes.length > 0) await pollsAreOver();
  });
  after(async () => {
    processors.drop();
    await ground?.drop();
  });

  const work = (variables: Record<string, string> = {}, meddling = {}): RunningWorker => {
    const worker = startWorker({ ...ground, environment: { ...ground.environment, ...variables } }, meddling, () => 0);
    workers.push(worker);
    return worker;
  };
  const workInProcess = async (variables: Record<string, string>): Promise<ManagedProcess> => {
    const process = await startWorkerProcess(ground, variables);
    processes.push(process);
    return process;
  };
  const made = (title: string, description?: string) => newTask(ground.ledger, title, description);
  const executed = async (event: ChangeEvent) => ended(await startExecution(ground, event));
  const statuses = async ({ id }: ChangeEvent) => (await stored(ground.ledger, id)).history.map(({ to }) => to);
  const resultOf = async ({ id }: ChangeEvent) => (await stored(ground.ledger, id)).attributes.result?.S;
  const openFailures = async ({ id }: ChangeEvent) => {
    const { failures } = await listFailures(ground.failures, "tasks", 100);
    return failures.filter(({ recordId }) => recordId === id);
  };
  const sendByHand = async (message: { step: string; execution: string; event: ChangeEvent; detail?: object }) => {
    const body = JSON.stringify({ v: 1, taskToken: "made-up-by-a-test", ...message });
    await aws().sqs.send(new SendMessageCommand({ QueueUrl: ground.queueUrl, MessageBody: body }));
  };
  const queueIsEmpty = () => eventually(async () => assert.deepEqual(await countsOf(ground.queueUrl), { waiting: 0, atWork: 0 }), 15_000);

  it("does one, and ends its execution with the entry of its completion", async () => {
    // Prepare
    const { log } = work();
    const event = await made("Complete Flow Test", "Testing end-to-end process");
    // Act
    const { status, output } = await executed(event);
    // Assess
    assert.equal(status, "SUCCEEDED");
    const { history, pending, attributes } = await stored(ground.ledger, event.id);
    assert.deepEqual(
      history.map(({ type, from, to }) => [type, from, to]),
      [
        ["task.created", null, "pending"],
        ["task.processing", "pending", "processing"],
        ["task.completed", "processing", "completed"],
      ],
    );
    assert.deepEqual(JSON.parse(output ?? ""), history.at(-1));
    assert.equal(pending.size, 0);
    assert.match(
      attributes.result?.S ?? "",
      /^Processed task 'Complete Flow Test' at \d{4}-\d\d-\d\dT[\d:.]+Z with description: Testing end-to-end process$/,
    );
    assert.ok(log.messages.includes(`processed eventId=${event.eventId} taskId=${event.id} newStatus=completed`));
    await queueIsEmpty();
  });

  for (const [what, ageMs, reads] of [
    ["does one that was just made without reading it", -5_000, 0],
    ["reads one that others may have had to do with before it does it", 2_500, 1],
  ] as const) {
    it(what, async () => {
      // Prepare
      let found = 0;
      work({}, { GetItemCommand: () => found++ });
      const event = await newTask({ ...ground.ledger, clock: () => Date.now() - ageMs }, "the manual");
      // Act
      const { status } = await executed(event);
      // Assess
      assert.deepEqual([status, found], ["SUCCEEDED", reads]);
      assert.deepEqual(await statuses(event), ["pending", "processing", "completed"]);
    });
  }

  it("leaves one to the execution that has taken it over, however new the message of the one before", async () => {
    // Prepare
    // Of an hour from now, so that the relay leaves it alone.
    const event = await newTask({ ...ground.ledger, clock: () => Date.now() + 3_600_000 }, "taken over");
    await write(ground.ledger, event.id, {
      update: "SET #pending.#n.#attempt = :attempt",
      condition: "attribute_exists(#pending.#n)",
      names: { "#n": "1" },
      values: { ":attempt": whole(2) },
    });
    work();
    // Act
    await sendByHand({ step: "process", execution: event.eventId, event });
    await queueIsEmpty();
    // Assess
    assert.deepEqual([await statuses(event), await resultOf(event)], [[], undefined]);
  });

  it("shows one that lasts in processing, from when it was begun", async () => {
    // Prepare
    work(processors.of("async () => new Promise((resolve) => setTimeout(resolve, 2_000, 'done'))"));
    const event = await made("Lasting");
    const execution = await startExecution(ground, event);
    // Act
    await eventually(async () => assert.equal((await stored(ground.ledger, event.id)).status, "processing"), 10_000);
    await ended(execution);
    // Assess
    const { history } = await stored(ground.ledger, event.id);
    assert.ok(Date.parse(history[2]?.changedAt ?? "") - Date.parse(history[1]?.changedAt ?? "") >= 1_900);
    assert.deepEqual(await statuses(event), ["pending", "processing", "completed"]);
  });

  it("tries one that fails three times, then marks it as failed with the reason, open for a person", async () => {
    // Prepare
    const { counters } = work(processors.ofDocumentation());
    const event = await made("the manual");
    const reason = "3 attempts failed, the last one because: the description must say how many pages";
    // Act
    const { status, error, cause } = await executed(event);
    // Assess
    assert.deepEqual([status, error, cause], ["FAILED", "TaskFailed", reason]);
    const { history, attributes, pending } = await stored(ground.ledger, event.id);
    assert.deepEqual(await statuses(event), ["pending", "processing", "failed"]);
    assert.deepEqual([history.at(-1)?.note, attributes.reason?.S, pending.size], [reason, reason, 0]);
    assert.equal(counters.get("worker_failed_attempts_total"), 3);
    assert.deepEqual(
      (await openFailures(event)).map(({ eventId, reason: why }) => [eventId, why]),
      [[event.eventId, reason]],
    );
  });

  it("does a failed one in a new execution once it is redriven", async () => {
    // Prepare
    const broken = work(processors.of("async () => { throw new Error('no paper') }"));
    const event = await made("the manual");
    await executed(event);
    await broken.end();
    work();
    const [failure] = await openFailures(event);
    // Act
    const ports = { ledgerOf: () => ground.ledger, send: async () => assert.fail("no message is sent by hand") };
    const outcome = await redriveFailure(ground.failures, failure?.id ?? "", ports);
    // Assess
    assert.deepEqual(outcome, { outcome: "redriven" });
    await eventually(async () => assert.equal((await stored(ground.ledger, event.id)).status, "completed"), 20_000);
    const { status } = await ended(executionArn(ground.stateMachineArn, `${event.eventId}-r2`));
    assert.equal(status, "SUCCEEDED");
    assert.deepEqual(await statuses(event), ["pending", "processing", "failed", "processing", "completed"]);
    assert.deepEqual(await openFailures(event), []);
  });

  it("marks one as failed that three workers have died at, and says so", async () => {
    // Prepare
    const deadly = processors.of("async () => { process.kill(process.pid, 'SIGKILL') }");
    const event = await made("a deadly one");
    const execution = await startExecution(ground, event);
    // Act
    const worker = await workInProcess(deadly);
    for (let deaths = 1; deaths <= 3; deaths++) {
      await worker.ended();
      await worker.start();
    }
    // Assess
    const { status, error, cause } = await eventually(async () => {
      const described = await ended(execution);
      assert.ok(worker.isRunning(), "a fourth worker has died");
      return described;
    }, 30_000);
    assert.deepEqual([status, error], ["FAILED", "TaskFailed"]);
    assert.match(cause ?? "", /Workers received the message again and again.*they may have been killed at it\./);
    assert.deepEqual(await statuses(event), ["pending", "processing", "failed"]);
    assert.equal((await stored(ground.ledger, event.id)).attributes.reason?.S, cause);
  });

  it("does one again that its worker has died at", async () => {
    // Prepare
    const event = await made("the manual", "1");
    const execution = await startExecution(ground, event);
    const deadly = await workInProcess(processors.of("async () => { process.kill(process.pid, 'SIGKILL') }"));
    await deadly.ended();
    // Act
    work(processors.ofDocumentation());
    const { status } = await ended(execution);
    // Assess
    assert.equal(status, "SUCCEEDED");
    assert.deepEqual(await statuses(event), ["pending", "processing", "completed"]);
  });

  it("keeps the first result of one whose worker died before it answered", async () => {
    // Prepare
    const event = await made("the manual");
    const execution = await startExecution(ground, event);
    const dies = await workInProcess({ MILEPOST_CRASH_AT: "worker:after-history", ...processors.of("async () => 'first'") });
    await dies.ended();
    // Act
    work(processors.of("async () => 'second'"));
    const { status, output } = await ended(execution);
    // Assess
    assert.equal(status, "SUCCEEDED");
    assert.deepEqual(JSON.parse(output ?? ""), (await stored(ground.ledger, event.id)).history.at(-1));
    assert.equal(await resultOf(event), "first");
    assert.deepEqual(await statuses(event), ["pending", "processing", "completed"]);
  });

  it("completes one once that two messages are about at the same time", async () => {
    // Prepare
    const event = await made("twice");
    const execution = await startExecution(ground, event);
    await sendByHand({ step: "process", execution: event.eventId, event });
    await eventually(async () => assert.equal((await countsOf(ground.queueUrl)).waiting, 2));
    // Act
    work(processors.of("async () => { await new Promise((done) => setTimeout(done, 300)); return 'done' }"));
    const { status } = await ended(execution);
    await queueIsEmpty();
    // Assess
    assert.equal(status, "SUCCEEDED");
    assert.deepEqual(await statuses(event), ["pending", "processing", "completed"]);
  });

  it("refuses what an execution has left in the queue that the task waits for no more", async () => {
    // Prepare
    const { counters } = work();
    const event = await made("late");
    // Act
    await sendByHand({ step: "process", execution: `${event.eventId}-r7`, event });
    await sendByHand({ step: "fail", execution: `${event.eventId}-r7`, event, detail: { Error: "States.Timeout" } });
    await queueIsEmpty();
    // Assess
    assert.equal(counters.get("worker_stale_tokens_total"), 2);
    assert.deepEqual([(await stored(ground.ledger, event.id)).status, await openFailures(event)], ["pending", []]);
  });

  it("leaves a completed one completed, whatever comes afterwards", async () => {
    // Prepare
    const { counters } = work();
    const event = await made("done");
    await executed(event);
    const result = await resultOf(event);
    const stale = counters.get("worker_stale_tokens_total");
    // Act
    await sendByHand({ step: "process", execution: event.eventId, event });
    await sendByHand({ step: "fail", execution: event.eventId, event, detail: { Error: "States.Timeout" } });
    await eventually(() => assert.equal(counters.get("worker_stale_tokens_total"), stale + 2));
    // Assess
    assert.deepEqual(await statuses(event), ["pending", "processing", "completed"]);
    assert.equal(await resultOf(event), result);
  });

  it("says why one has failed that no worker has answered for in time", async () => {
    // Prepare
    work();
    const event = await made("nobody");
    // Act
    await sendByHand({ step: "fail", execution: event.eventId, event, detail: { Error: "States.HeartbeatTimeout", Cause: "" } });
    await eventually(async () => assert.equal((await stored(ground.ledger, event.id)).status, "failed"));
    // Assess
    assert.equal((await stored(ground.ledger, event.id)).attributes.reason?.S, "No worker has done it in time (States.HeartbeatTimeout).");
  });

  for (const [what, result] of [
    ["no text", "7"],
    ["more than 16 KB", "'x'.repeat(16 * 1024 + 1)"],
  ]) {
    it(`takes no result that is ${what}`, async () => {
      // Prepare
      work(processors.of(`async () => ${result}`));
      const event = await made("a result");
      // Act
      const { cause } = await executed(event);
      // Assess
      assert.match(cause ?? "", /last one because: Unusable: The task's result must be a text of at most 16384 bytes\.$/);
      assert.equal(await resultOf(event), undefined);
    });
  }

  it("does not start with a processor that is none", async () => {
    const said = (error: Error) => /TASK_PROCESSOR names nowhere\.ts, which cannot be loaded: .*\.$/m.test(error.message);
    await assert.rejects(workInProcess({ TASK_PROCESSOR: "nowhere.ts" }), (error: Error) => said(error));
  });
});

describe("A worker with a task that takes long", function () {
  this.timeout(60_000);
  const processors = new Processors();
  let ground: WorkerGround<TaskStatus>;
  before(async () => {
    ground = await newGround({ ...QUICK, HEARTBEAT_SECONDS: "4" }, tasks);
  });
  after(async () => {
    processors.drop();
    await ground?.drop();
  });

  it("keeps it to itself, beyond visibility and heartbeat, and does it once", async () => {
    // Prepare
    const environment = { ...ground.environment, ...processors.ofDocumentation() };
    const workers = [startWorker({ ...ground, environment }), startWorker({ ...ground, environment })];
    const event = await newTask(ground.ledger, "the manual", "6");
    // Act
    const execution = await startExecution(ground, event);
    const { status } = await ended(execution);
    for (const worker of workers) await worker.end();
    // Assess
    assert.equal(status, "SUCCEEDED");
    const { history, attributes } = await stored(ground.ledger, event.id);
    assert.equal(attributes.result?.S, "Printed 6 pages of the manual");
    assert.deepEqual(
      history.map(({ to }) => to),
      ["pending", "processing", "completed"],
    );
    assert.deepEqual(workers.map(({ counters }) => counters.get("worker_processed_total")).sort(), [0, 1]);
    const types = (await historyOf(execution)).map(({ type }) => type);
    assert.equal(types.filter((type) => type === "TaskScheduled").length, 1);
  });
});
