import assert from "node:assert/strict";
import { readTimings } from "../../../config/timings.ts";
import type { JsonObject } from "../../../local/json.ts";
import { definitionOf } from "../../../workflows/definition.ts";
import { parseTaskMessage, type TaskMessage } from "../../../workflows/message.ts";
import { failureOf, outputOf, type PlayOptions, play } from "../stepfunctions/support/play.ts";

const timings = readTimings({});
const machine = JSON.parse(definitionOf("tasks", { ...timings, tasksQueueUrl: "http://localhost/q" })) as JsonObject;

const event = {
  ...{ v: 1, kind: "tasks", id: "abc", eventId: "abc-1", version: 1, from: null, to: "pending" },
  ...{ changedAt: "2026-01-01T00:00:00.000Z", changeId: "c", type: "task.created" },
};
const completed = { to: "completed" };
const failed = { to: "failed", note: "3 attempts failed, the last one because: no paper" };

/** Plays the workflow with an answer to each step, and tells the messages it has sent. */
function played(answer: (message: TaskMessage, call: number) => ReturnType<NonNullable<PlayOptions["tasks"]>>) {
  const messages: TaskMessage[] = [];
  const tasks: PlayOptions["tasks"] = (task, call) => {
    const parameters: unknown = JSON.parse(task.parameters);
    assert.ok(typeof parameters === "object" && parameters !== null && "MessageBody" in parameters);
    const message = parseTaskMessage(JSON.stringify(parameters.MessageBody));
    messages.push(message);
    return answer(message, call);
  };
  const run = play(machine, { input: event, tasks });
  return { run, messages, steps: messages.map(({ step }) => step) };
}

describe("the tasks' workflow", () => {
  it("enters one state for a task that is done, and ends with the worker's answer", () => {
    const { run, messages } = played(() => ({ output: completed }));

    assert.deepEqual(outputOf(run), completed);
    assert.deepEqual(
      messages.map(({ step, execution, event: about }) => ({ step, execution, about })),
      [{ step: "process", execution: "run", about: event }],
    );
    assert.equal(run.history.filter(({ type }) => type.endsWith("StateEntered")).length, 1);
  });

  for (const error of ["StepFailed", "WorkerLost"]) {
    it(`has a task marked as failed after ${error}, which is not tried again, and fails with the reason`, () => {
      const { run, messages, steps } = played(({ step }) => (step === "process" ? { error, cause: "no paper" } : { output: failed }));

      assert.deepEqual(steps, ["process", "fail"]);
      assert.deepEqual(messages[1]?.event, event);
      assert.deepEqual(messages[1]?.detail, { Error: error, Cause: "no paper" });
      assert.deepEqual(failureOf(run), { error: "TaskFailed", cause: failed.note });
    });
  }

  it("sends anew what no worker has answered in time, twice, before it is marked as failed", () => {
    const { run, steps } = played(({ step }) => (step === "process" ? undefined : { output: failed }));

    assert.deepEqual(steps, ["process", "process", "process", "fail"]);
    assert.equal(failureOf(run).error, "TaskFailed");
    assert.ok(run.elapsedMs >= 3 * timings.heartbeatSeconds * 1_000 && run.elapsedMs < timings.executionTimeoutSeconds * 1_000);
  });

  it("succeeds where a worker has completed the task after all", () => {
    const { run } = played(({ step }) =>
      step === "process" ? { error: "StepFailed", cause: "its answer was lost" } : { output: completed },
    );

    assert.deepEqual(outputOf(run), completed);
  });

  it("says what to look at where nobody could mark the task", () => {
    const { run, steps } = played(({ step }) =>
      step === "process" ? { error: "StepFailed", cause: "no paper" } : { error: "WorkerLost" },
    );

    assert.deepEqual(steps, ["process", "fail", "fail", "fail"]);
    assert.equal(failureOf(run).error, "NotMarked");
    assert.match(failureOf(run).cause ?? "", /See that a worker runs/);
  });

  it("sits out a queue that refuses for a while", () => {
    const { run } = played((_, call) => (call < 8 ? { error: "SQS.AmazonSQSException", cause: "down" } : { output: completed }));

    assert.deepEqual(outputOf(run), completed);
  });
});
