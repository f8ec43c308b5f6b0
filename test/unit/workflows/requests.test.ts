import assert from "node:assert/strict";
import { readTimings } from "../../../config/timings.ts";
import type { JsonObject } from "../../../local/json.ts";
import { definitionOf } from "../../../workflows/definition.ts";
import { parseTaskMessage } from "../../../workflows/message.ts";
import { failureOf, outputOf, type PlayOptions, play } from "../stepfunctions/support/play.ts";

const timings = readTimings({});
const machine = JSON.parse(definitionOf("requests", { ...timings, requestsQueueUrl: "http://localhost/q" })) as JsonObject;

const event = {
  v: 1,
  kind: "requests",
  id: "abc",
  eventId: "abc-2",
  version: 2,
  from: "PENDING",
  to: "IN_PROGRESS",
  changedAt: "2026-01-01T00:00:00.000Z",
  changeId: "c",
  type: "request.status-changed",
};

const played = (tasks: PlayOptions["tasks"] = () => undefined) => play(machine, { input: event, tasks });
const statesEntered = (of: ReturnType<typeof play>) => of.history.filter(({ type }) => type.endsWith("StateEntered")).length;

describe("the requests' workflow", () => {
  it("enters one state for a change, and ends with the worker's answer", () => {
    const run = played(() => ({ output: { eventId: "abc-2" } }));

    assert.deepEqual(outputOf(run), { eventId: "abc-2" });
    assert.equal(statesEntered(run), 1);
  });

  it("sends a message that the worker can read", () => {
    let body = "";
    played((task) => {
      const parameters: unknown = JSON.parse(task.parameters);
      if (typeof parameters === "object" && parameters !== null && "MessageBody" in parameters)
        body = JSON.stringify(parameters.MessageBody);
      return { output: {} };
    });

    const message = parseTaskMessage(body);
    assert.deepEqual(message.event, event);
    assert.equal(message.step, "writeHistory");
    assert.equal(message.execution, "run");
  });

  it("sends anew what no worker has answered in time, twice, and then fails with a cause that says what to look at", () => {
    let sent = 0;
    const run = played(() => {
      sent++;
      return undefined;
    });

    assert.equal(sent, 3);
    assert.equal(failureOf(run).error, "NoAnswer");
    assert.match(failureOf(run).cause ?? "", /See that a worker runs/);
    assert.ok(run.elapsedMs >= 3 * timings.heartbeatSeconds * 1_000 && run.elapsedMs < timings.executionTimeoutSeconds * 1_000);
  });

  it("sends anew what a worker lost, and never what a step has failed at", () => {
    const answers = (error: string) => {
      let sent = 0;
      const run = played(() => {
        sent++;
        return { error, cause: "the item is corrupt" };
      });
      return { sent, failure: failureOf(run) };
    };

    assert.equal(answers("WorkerLost").sent, 3);
    assert.deepEqual(answers("StepFailed"), {
      sent: 1,
      failure: { error: "StepFailed", cause: "The change was not written into its history: the item is corrupt" },
    });
  });

  it("sits out a queue that refuses for a while", () => {
    const run = played((_, call) => (call < 8 ? { error: "SQS.AmazonSQSException", cause: "down" } : { output: "done" }));

    assert.equal(outputOf(run), "done");
    assert.equal(statesEntered(run), 1);
  });
});
