import assert from "node:assert/strict";
import { executionArn } from "../../workflows/starter.ts";
import { eventually } from "../support/eventually.ts";
import type { ManagedProcess } from "../support/managed-process.ts";
import { TestSystem } from "../support/system.ts";
import { sh, shJson } from "./support/shell.ts";

/** LocalStack takes its time. */
const WAIT_MS = 30_000;

/** The tasks' smoke test a user follows by hand, line for line; only addresses and the id are put in. */
describe("the tasks' smoke test", function () {
  this.timeout(180_000);
  let system: TestSystem;
  let worker: ManagedProcess | undefined;
  let queueUrl = "";
  let id = "";
  const aws = { AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test", AWS_DEFAULT_REGION: "us-east-1" };

  before(async () => {
    // What is looked at by hand shows again soon.
    system = await TestSystem.start({ variables: { VISIBILITY_SECONDS: "3", EXTEND_SECONDS: "1" }, workers: 0 });
    queueUrl = `${system.proxy.url}/000000000000/interview-queue`;
  });
  after(async () => {
    await worker?.stop();
    await system?.stop();
  });

  it("1. creates a task", async () => {
    const answer = await shJson(`curl -s -X POST ${system.url}/tasks \\
      -H "Content-Type: application/json" \\
      -d '{"title":"Test","description":"Testing"}'`);

    id = String(answer.id);
    assert.deepEqual([answer.title, answer.description, answer.status, answer.result], ["Test", "Testing", "pending", null]);
    for (const moment of [answer.created_at, answer.updated_at]) assert.ok(!Number.isNaN(Date.parse(String(moment))));
  });

  it("2. shows it: pending", async () => {
    const answer = await shJson(`curl -s ${system.url}/tasks/${id} | python3 -m json.tool`);

    assert.deepEqual([answer.id, answer.status], [id, "pending"]);
  });

  it("3. has its message in the queue", async () => {
    const { Messages: messages } = await eventually(async () => {
      const answer = await shJson(
        `aws --endpoint-url=${system.proxy.url} sqs receive-message \\
          --queue-url ${queueUrl}`,
        aws,
      );
      assert.ok(Array.isArray(answer.Messages));
      return answer;
    }, WAIT_MS);

    assert.ok(Array.isArray(messages) && messages.length === 1);
    const { step, event } = JSON.parse(messages[0].Body);
    assert.deepEqual([step, event.id], ["process", id]);
  });

  it("4. has it done by a worker, and written back", async () => {
    worker = await system.startWorker();
    const answer = await eventually(async () => {
      const task = await shJson(`curl -s ${system.url}/tasks/${id} | python3 -m json.tool`);
      assert.equal(task.status, "completed");
      return task;
    }, WAIT_MS);

    assert.match(String(answer.result), /^Processed task 'Test' at \d{4}-\d\d-\d\dT[\d:.]+Z with description: Testing$/);
  });

  it("5. has an empty queue again", async () => {
    await eventually(async () => {
      const { Attributes: attributes } = await shJson(
        `aws --endpoint-url=${system.proxy.url} sqs get-queue-attributes \\
          --queue-url ${queueUrl} \\
          --attribute-names ApproximateNumberOfMessages`,
        aws,
      );
      assert.deepEqual(attributes, { ApproximateNumberOfMessages: "0" });
    }, WAIT_MS);
  });

  it("ends the execution with the entry of the completion", async () => {
    const arn = executionArn(system.outputs.tasks_state_machine_arn, `${id}-1`);
    const described = await eventually(async () => {
      const answer = await shJson(`aws --endpoint-url=${system.proxy.url} stepfunctions describe-execution --execution-arn ${arn}`, aws);
      assert.equal(answer.status, "SUCCEEDED");
      return answer;
    }, WAIT_MS);

    const { history } = await shJson(`curl -s ${system.url}/tasks/${id}/history`);
    assert.ok(Array.isArray(history));
    assert.deepEqual(
      history.map(({ to }) => to),
      ["pending", "processing", "completed"],
    );
    assert.deepEqual(JSON.parse(String(described.output)), history.at(-1));
  });

  it("does one without a description, too", async () => {
    const made = await shJson(`curl -s -X POST ${system.url}/tasks -H 'Content-Type: application/json' -d '{"title":"Test"}'`);

    const answer = await eventually(async () => {
      const task: Record<string, unknown> = JSON.parse(await sh(`curl -s ${system.url}/tasks/${made.id} | python3 -m json.tool`));
      assert.equal(task.status, "completed");
      return task;
    }, WAIT_MS);
    assert.match(String(answer.result), /^Processed task 'Test' at \S+Z$/);
  });
});
