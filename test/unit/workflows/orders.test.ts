import assert from "node:assert/strict";
import { ORDER_STEPS_MOST, readTimings } from "../../../config/timings.ts";
import type { JsonObject } from "../../../local/json.ts";
import { definitionOf } from "../../../workflows/definition.ts";
import { parseTaskMessage, type TaskMessage } from "../../../workflows/message.ts";
import { failureOf, outputOf, type PlayOptions, play } from "../stepfunctions/support/play.ts";

const timings = readTimings({});
const QUEUES = {
  orderQueueUrl: "http://localhost/order",
  taskQueueUrl: "http://localhost/task",
  notificationQueueUrl: "http://localhost/n",
};
const machine = JSON.parse(definitionOf("orders", { ...timings, ...QUEUES })) as JsonObject;

const event = {
  ...{ v: 1, kind: "orders", id: "abc", eventId: "abc-1", version: 1, from: null, to: "PENDING" },
  ...{ changedAt: "2026-01-01T00:00:00.000Z", changeId: "c", type: "order.placed" },
};
const cancellation = { ...event, eventId: "abc-2", version: 2, from: "PENDING", to: "CANCELLING", type: "order.cancelling" };

type Answered = ReturnType<NonNullable<PlayOptions["tasks"]>>;

/** What each step says where nothing is in the way. */
const GOOD: Readonly<Record<string, Answered>> = {
  ...{ reopen: { output: { outcome: "open" } }, reserve: { output: { outcome: "reserved" } }, score: { output: { outcome: "passed" } } },
  ...{ pay: { output: { outcome: "charged" } }, invoice: { output: { outcome: "stored" } }, notify: { output: { outcome: "sent" } } },
  ...{
    complete: { output: { outcome: "failed" } },
    refund: { output: { outcome: "nothing" } },
    release: { output: { outcome: "nothing" } },
  },
  conclude: { output: { status: "FAILED", reason: "no paper" } },
};
const declined: Answered = { output: { outcome: "declined", reason: "The card was declined." } };
const broken: Answered = { error: "StepFailed", cause: "no paper" };

interface Sent {
  readonly queue: string;
  readonly message: TaskMessage;
}

/** Plays the workflow with other answers than the good ones, and tells what it has sent. */
function played(answers: Readonly<Record<string, Answered>> = {}, options: PlayOptions = {}) {
  const sent: Sent[] = [];
  const tasks: PlayOptions["tasks"] = (task) => {
    const parameters: unknown = JSON.parse(task.parameters);
    assert.ok(typeof parameters === "object" && parameters !== null && "MessageBody" in parameters && "QueueUrl" in parameters);
    const message = parseTaskMessage(JSON.stringify(parameters.MessageBody));
    sent.push({ queue: String(parameters.QueueUrl), message });
    return message.step in answers ? answers[message.step] : GOOD[message.step];
  };
  const run = play(machine, { name: "abc-1", input: event, tasks, ...options });
  return { run, sent, steps: sent.map(({ message }) => message.step) };
}

const UNDONE = ["refund", "release", "conclude"];
/** How far the workflow comes until a step is in the way. */
const WAYS: readonly [string, readonly string[]][] = [
  ["reserve", ["reserve", "score"]],
  ["score", ["reserve", "score"]],
  ["pay", ["reserve", "score", "pay"]],
];

describe("the orders' workflow", () => {
  it("looks at stock and fraud side by side, then takes the money, writes the invoice and tells the customer", () => {
    // Act
    const { run, sent, steps } = played();

    // Assess
    assert.deepEqual(steps, ["reserve", "score", "pay", "invoice", "notify"]);
    assert.deepEqual(outputOf(run), { outcome: "sent" });
    const { orderQueueUrl, taskQueueUrl, notificationQueueUrl } = QUEUES;
    assert.deepEqual(
      sent.map(({ queue }) => queue),
      [orderQueueUrl, orderQueueUrl, orderQueueUrl, taskQueueUrl, notificationQueueUrl],
    );
    for (const { message } of sent) assert.deepEqual([message.execution, message.event], ["abc-1", event]);
  });

  for (const [step, before] of WAYS)
    it(`takes an order back, money before stock, where ${step} declines it, and ends well`, () => {
      const { run, sent, steps } = played({ [step]: declined, conclude: { output: { status: "REJECTED", reason: "no" } } });

      assert.deepEqual(steps, [...before, ...UNDONE]);
      assert.deepEqual(outputOf(run), { status: "REJECTED", reason: "no" });
      assert.ok(JSON.stringify(sent.at(-1)?.message.detail).includes("The card was declined."));
    });

  for (const [step, before] of [...WAYS, ["invoice", ["reserve", "score", "pay", "invoice"]] as const])
    it(`takes an order back, money before stock, where ${step} fails, and fails with the reason`, () => {
      const { run, sent, steps } = played({ [step]: broken });

      assert.deepEqual(steps, [...before, ...UNDONE]);
      assert.deepEqual(failureOf(run), { error: "OrderFailed", cause: "The order was taken back: no paper" });
      const detail = sent.at(-1)?.message.detail;
      assert.ok(typeof detail === "object" && detail !== null && "error" in detail);
      assert.deepEqual(detail.error, { Error: "StepFailed", Cause: "no paper" });
    });

  it("completes a paid order whose customer could not be told, unless its run was closed", () => {
    const untold = played({ notify: broken });
    const closed = played({
      notify: { error: "RunClosed", cause: "It was cancelled." },
      conclude: { output: { status: "CLOSED", reason: "It was cancelled." } },
    });

    assert.deepEqual(untold.steps, ["reserve", "score", "pay", "invoice", "notify", "complete"]);
    assert.deepEqual(outputOf(untold.run), { outcome: "failed" });
    assert.deepEqual(closed.steps, ["reserve", "score", "pay", "invoice", "notify", ...UNDONE]);
    assert.deepEqual(outputOf(closed.run), { status: "CLOSED", reason: "It was cancelled." });
    assert.deepEqual(played({ notify: broken, complete: broken }).steps.slice(-4), ["complete", ...UNDONE]);
  });

  it("only takes back where the event is a cancellation, whatever attempt it is", () => {
    for (const name of ["abc-2", "abc-2-r2"]) {
      const { run, steps } = played({ conclude: { output: { status: "CANCELLED", reason: "no" } } }, { name, input: cancellation });

      assert.deepEqual(steps, UNDONE);
      assert.deepEqual(outputOf(run), { status: "CANCELLED", reason: "no" });
    }
  });

  it("undoes the earlier runs before a later one does anything", () => {
    const again = played({}, { name: "abc-1-r2" });
    const closed = played({ reopen: { error: "RunClosed", cause: "It was cancelled." } }, { name: "abc-1-r2" });

    assert.deepEqual(again.steps, ["reopen", "reserve", "score", "pay", "invoice", "notify"]);
    assert.deepEqual(closed.steps, ["reopen", ...UNDONE]);
  });

  const forward = ["reopen", "reserve", "score", "pay", "invoice", "notify", "complete"];
  const chances = Object.fromEntries([
    ...forward.map((step) => [step, "a second chance where no worker has answered, never where it failed"]),
    ...UNDONE.map((step) => [step, "two more chances whatever happened"]),
  ]);
  for (const [step, has] of Object.entries(chances))
    it(`gives ${step} ${has}, and sits out a queue that refuses`, () => {
      // Prepare: what leads to the step.
      const before = step === "complete" ? { notify: broken } : UNDONE.includes(step) ? { pay: declined } : {};
      const count = (answer: () => Answered) => {
        const answers = Object.defineProperty({ ...before }, step, { enumerable: true, get: answer });
        const { run, steps } = played(answers, { name: "abc-1-r2" });
        return { calls: steps.filter((sent) => sent === step).length, run };
      };

      // Act
      const silent = count(() => undefined);
      const lost = count(() => ({ error: "WorkerLost", cause: "killed" }));
      const failed = count(() => broken);
      let refusals = 6;
      const refused = count(() => (refusals-- > 0 ? { error: "SQS.AmazonSQSException", cause: "down" } : GOOD[step]));

      // Assess
      const [tries, failures] = UNDONE.includes(step) ? [3, 3] : [2, 1];
      assert.deepEqual([silent.calls, lost.calls, failed.calls, refused.calls], [tries, tries, failures, 7]);
      const { orderHeartbeatSeconds, orderStepSeconds } = timings;
      const { elapsedMs } = silent.run;
      assert.ok(elapsedMs >= tries * orderHeartbeatSeconds * 1_000 && elapsedMs <= tries * orderStepSeconds * 1_000 + 60_000);
    });

  it("says what to look at where an order could not be taken back", () => {
    for (const step of UNDONE) {
      const { run, steps } = played({ pay: declined, [step]: { error: "StepFailed", cause: "the table is gone" } });

      assert.deepEqual(steps.slice(-3), [step, step, step]);
      assert.equal(failureOf(run).error, "NotUndone");
      assert.match(failureOf(run).cause ?? "", /could not be given back, which a redrive tries again: the table is gone$/);
    }
  });

  it("ends in time, whatever way it goes and however long each of its steps takes", () => {
    // Act: the longest way, at which two steps are side by side.
    const { run, steps } = played({ notify: broken, complete: broken }, { name: "abc-1-r2" });

    // Assess
    assert.deepEqual(steps, ["reopen", "reserve", "score", "pay", "invoice", "notify", "complete", ...UNDONE]);
    assert.equal(failureOf(run).error, "OrderFailed");
    assert.equal(ORDER_STEPS_MOST, 2 * (steps.length - 1) + UNDONE.length);
    assert.ok(ORDER_STEPS_MOST * timings.orderStepSeconds < timings.executionTimeoutSeconds);
  });

  it("waits with a token, a heartbeat and a limit at every step", () => {
    const tasks: JsonObject[] = [];
    JSON.stringify(machine, (_, value: JsonObject) => {
      if (typeof value === "object" && value !== null && value.Type === "Task") tasks.push(value);
      return value;
    });

    assert.equal(tasks.length, 10);
    for (const task of tasks) {
      assert.equal(task.Resource, "arn:aws:states:::sqs:sendMessage.waitForTaskToken");
      assert.deepEqual([task.HeartbeatSeconds, task.TimeoutSeconds], [timings.orderHeartbeatSeconds, timings.orderStepSeconds]);
    }
    const [onward, undoing] = [tasks.slice(0, -UNDONE.length), tasks.slice(-UNDONE.length)];
    for (const task of onward) assert.match(String(task.Comment), /at most orderStepSeconds twice\.$/);
    for (const task of undoing) assert.match(String(task.Comment), /at most orderStepSeconds three times\.$/);
    for (const alike of [onward, undoing]) for (const task of alike) assert.deepEqual(task.Retry, alike[0]?.Retry);
  });
});
