import assert from "node:assert/strict";
import { newRecord, stored } from "./support/ledger.ts";
import { ended } from "./support/stepfunctions.ts";
import { newGround, type RunningWorker, startExecution, startWorker, type WorkerGround } from "./support/worker.ts";

describe("A worker with changes of status", function () {
  this.timeout(30_000);
  let ground: WorkerGround;
  let worker: RunningWorker;

  before(async () => {
    ground = await newGround();
    worker = startWorker(ground);
  });
  after(async () => {
    await worker?.end();
    await ground?.drop();
  });

  it("carries a change through: its execution succeeds with the history entry as its output", async () => {
    // Prepare
    const creation = await newRecord(ground.ledger);
    // Act
    const { status, output } = await ended(await startExecution(ground, creation));
    // Assess
    assert.equal(status, "SUCCEEDED");
    const { history, pending } = await stored(ground.ledger, creation.id);
    assert.deepEqual([JSON.parse(output ?? "")], history);
    assert.equal(pending.size, 0);
  });
});
