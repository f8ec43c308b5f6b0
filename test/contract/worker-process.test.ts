import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { CrashPoint } from "../../config/crash-points.ts";
import { inTurns } from "../support/in-turns.ts";
import type { ManagedProcess } from "../support/managed-process.ts";
import { eventually } from "./support/endpoint.ts";
import { newRecord, stored } from "./support/ledger.ts";
import { ended, historyOf } from "./support/stepfunctions.ts";
import { countsOf, newGround, startExecution, startWorker, startWorkerProcess, type WorkerGround } from "./support/worker.ts";

/** So that what a killed worker held back shows again soon. */
const QUICK = { VISIBILITY_SECONDS: "2", EXTEND_SECONDS: "1" };

describe("A worker process", function () {
  this.timeout(60_000);
  let ground: WorkerGround;
  let processes: ManagedProcess[];

  before(async () => {
    ground = await newGround(QUICK);
  });
  beforeEach(() => {
    processes = [];
  });
  afterEach(async () => {
    for (const worker of processes) {
      await worker.kill();
      await worker.stop();
    }
  });
  after(() => ground?.drop());

  const work = async (variables: Record<string, string> = {}): Promise<ManagedProcess> => {
    const worker = await startWorkerProcess(ground, variables);
    processes.push(worker);
    return worker;
  };
  const queueIsEmpty = () =>
    eventually(async () => {
      for (const url of [ground.outputs.requests_queue_url, ground.outputs.requests_dlq_url])
        assert.deepEqual(await countsOf(url), { waiting: 0, atWork: 0 });
    }, 20_000);

  const moments: readonly [CrashPoint, string][] = [
    ["worker:before-history", "before it writes the history"],
    ["worker:after-history", "between writing the history and answering"],
    ["worker:after-success", "between answering and deleting"],
  ];
  for (const [point, moment] of moments) {
    it(`that is killed ${moment} leaves the change to another, and its history has one entry`, async () => {
      // Prepare
      const killed = await work({ MILEPOST_CRASH_AT: point });
      const event = await newRecord(ground.ledger);
      const execution = await startExecution(ground, event);
      await killed.ended();
      // Act
      await work();
      const { status, output } = await ended(execution);
      await queueIsEmpty();
      // Assess
      assert.equal(status, "SUCCEEDED");
      const { history, pending } = await stored(ground.ledger, event.id);
      assert.deepEqual([JSON.parse(output ?? "")], history);
      assert.equal(pending.size, 0);
    });
  }

  it("that is asked to end in the middle of its work finishes or gives back all of it, and exits with 0", async () => {
    // Prepare
    const events = await Promise.all(Array.from({ length: 60 }, () => newRecord(ground.ledger)));
    const executions = await Promise.all(events.map((event) => startExecution(ground, event)));
    // Act
    const first = await work();
    await eventually(() => assert.match(first.log(), /processed eventId=/));
    const code = await first.end();
    const { waiting, atWork } = await countsOf(ground.outputs.requests_queue_url);
    const deadLetters = await countsOf(ground.outputs.requests_dlq_url);
    await work();
    const outcomes = await Promise.all(executions.map((execution) => ended(execution)));
    // Assess
    assert.equal(code, 0, first.lastWords());
    const done = first.log().split("processed eventId=").length - 1;
    assert.ok(waiting + atWork <= 60 - done, `${done} done, ${waiting} waiting, ${atWork} hidden`);
    assert.deepEqual(deadLetters, { waiting: 0, atWork: 0 });
    assert.ok(outcomes.every(({ status }) => status === "SUCCEEDED"));
    for (const { id } of events) assert.equal((await stored(ground.ledger, id)).history.length, 1);
  });

  it("stays below 150 MB with its work", async function () {
    if (process.platform !== "linux") return this.skip();
    // LocalStack carries out a few a second, and what it had not done by the end of this test would hold up the next.
    this.timeout(180_000);
    // Prepare
    const worker = await work();
    const events = await Promise.all(Array.from({ length: 200 }, () => newRecord(ground.ledger)));
    // Act
    const executions: string[] = [];
    await inTurns(events, async (event) => executions.push(await startExecution(ground, event)));
    for (const execution of executions) await ended(execution);
    // Assess
    const [, kilobytes] = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${worker.pid}/status`, "utf8")) ?? [];
    assert.ok(Number(kilobytes) < 150 * 1024, `${kilobytes} kB resident at most`);
  });

  it("that cannot know where its resources are says so in one sentence, and exits with 1", async () => {
    await assert.rejects(work({ REQUESTS_QUEUE_URL: "", MILEPOST_DIR: "/nowhere" }), (error: Error) => {
      const said = error.message
        .split("\n")
        .slice(1)
        .filter((line) => line !== "");
      assert.deepEqual(said.length, 1, error.message);
      assert.match(said[0] ?? "", /No stack says where its resources are \(REQUESTS_QUEUE_URL\)/);
      return true;
    });
  });
});

describe("A worker at a step that takes long", function () {
  this.timeout(60_000);
  let ground: WorkerGround;
  before(async () => {
    ground = await newGround({ ...QUICK, BEAT_SECONDS: "1", HEARTBEAT_SECONDS: "4" });
  });
  after(() => ground?.drop());

  it("keeps the message from others and the execution waiting, beyond visibility and heartbeat", async () => {
    // Prepare
    let beats = 0;
    let isFirst = true;
    const worker = startWorker(ground, {
      UpdateItemCommand: () => {
        if (!isFirst) return;
        isFirst = false;
        return sleep(6_000);
      },
      SendTaskHeartbeatCommand: () => beats++,
    });
    const event = await newRecord(ground.ledger);
    // Act
    const execution = await startExecution(ground, event);
    const { status } = await ended(execution);
    await worker.end();
    // Assess
    assert.equal(status, "SUCCEEDED");
    assert.ok(beats >= 4, `${beats} beats`);
    assert.equal(worker.counters.get("worker_duplicates_total"), 0);
    const types = (await historyOf(execution)).map(({ type }) => type);
    assert.equal(types.filter((type) => type === "TaskScheduled").length, 1);
  });
});
