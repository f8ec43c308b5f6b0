import assert from "node:assert/strict";
import fc from "fast-check";
import { matchesAny, retryDelayMs } from "../../../../local/stepfunctions/interpreter/failure.ts";
import { failureOf, outputOf, play, shapeOf } from "../support/play.ts";

const SEND = "arn:aws:states:::sqs:sendMessage";
const PARAMETERS = { QueueUrl: "q", MessageBody: "m" };

function task(members: Record<string, unknown>) {
  return JSON.parse(JSON.stringify({ Type: "Task", Resource: SEND, Parameters: PARAMETERS, End: true, ...members }));
}

describe("retriers", () => {
  it("try again with growing delays until their attempts are used up, then the catcher has its turn", () => {
    // Prepare
    const machine = {
      StartAt: "Send",
      States: {
        Send: task({
          Retry: [{ ErrorEquals: ["Busy"], IntervalSeconds: 2, BackoffRate: 3, MaxAttempts: 2 }],
          Catch: [{ ErrorEquals: ["States.ALL"], ResultPath: "$.failure", Next: "Caught" }],
        }),
        Caught: { Type: "Pass", End: true },
      },
    };

    // Act
    const played = play(machine, { input: { order: 7 }, tasks: () => ({ error: "Busy", cause: "no room" }) });

    // Assess
    assert.equal(played.elapsedMs, 2_000 + 6_000);
    assert.equal(played.history.filter((event) => event.type === "TaskFailed").length, 3);
    assert.deepEqual(outputOf(played), { order: 7, failure: { Error: "Busy", Cause: "no room" } });
  });

  it("follow each other's events: a new attempt comes after the failure before it", () => {
    // Prepare
    const machine = { StartAt: "Send", States: { Send: task({ Retry: [{ ErrorEquals: ["Busy"], MaxAttempts: 1 }] }) } };

    // Act
    const played = play(machine, { tasks: (_task, call) => (call === 0 ? { error: "Busy" } : { output: {} }) });

    // Assess
    assert.deepEqual(shapeOf(played).slice(4, 8), ["5←4 TaskFailed", "6←5 TaskScheduled", "7←6 TaskStarted", "8←7 TaskSucceeded"]);
  });

  it("count for themselves: another retrier's attempts are not used up by the first's", () => {
    // Prepare
    const machine = {
      StartAt: "Send",
      States: {
        Send: task({
          Retry: [
            { ErrorEquals: ["A"], MaxAttempts: 1, IntervalSeconds: 1 },
            { ErrorEquals: ["B"], MaxAttempts: 1, IntervalSeconds: 1 },
          ],
        }),
      },
    };
    const errors = ["A", "B", "A"];

    // Act
    const played = play(machine, { tasks: (_task, call) => ({ error: errors[call] ?? "none" }) });

    // Assess
    assert.equal(failureOf(played).error, "A");
    assert.equal(played.history.filter((event) => event.type === "TaskScheduled").length, 3);
  });

  it("start anew when the state is entered again", () => {
    // Prepare
    const machine = {
      StartAt: "Send",
      States: {
        Send: task({ Retry: [{ ErrorEquals: ["Busy"], MaxAttempts: 1, IntervalSeconds: 1 }], Next: "Again", End: undefined }),
        Again: { Type: "Choice", Choices: [{ Variable: "$.stop", IsPresent: true, Next: "Stop" }], Default: "Send" },
        Stop: { Type: "Succeed" },
      },
    };
    const answers = [{ error: "Busy" }, { output: {} }, { error: "Busy" }, { output: { stop: true } }];

    // Act
    const played = play(machine, { tasks: (_task, call) => answers[call] });

    // Assess
    assert.deepEqual(outputOf(played), { stop: true });
  });
});

describe("retryDelayMs", () => {
  const retrier = { errorEquals: ["A"], intervalSeconds: 3, maxAttempts: 9, backoffRate: 2, maxDelaySeconds: 20, jitter: "NONE" as const };

  it("grows by the rate up to the cap", () => {
    // Act
    const delays = [0, 1, 2, 3, 4].map((used) => retryDelayMs(retrier, used, 0.5));

    // Assess
    assert.deepEqual(delays, [3_000, 6_000, 12_000, 20_000, 20_000]);
  });

  it("with full jitter is anything from nothing to the delay without", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 50 }), fc.double({ min: 0, max: 0.999, noNaN: true }), (used, random) => {
        const delay = retryDelayMs({ ...retrier, jitter: "FULL" }, used, random);
        assert.ok(delay >= 0 && delay <= retryDelayMs(retrier, used, random));
      }),
    );
  });
});

describe("matchesAny", () => {
  it("lets States.ALL catch everything but States.Runtime", () => {
    assert.equal(matchesAny(["States.ALL"], { error: "Custom", cause: undefined }), true);
    assert.equal(matchesAny(["States.ALL"], { error: undefined, cause: undefined }), true);
    assert.equal(matchesAny(["States.ALL"], { error: "States.Runtime", cause: undefined }), false);
  });

  it("lets States.TaskFailed catch every failed task but a timeout", () => {
    assert.equal(matchesAny(["States.TaskFailed"], { error: "SQS.Anything", cause: undefined }), true);
    assert.equal(matchesAny(["States.TaskFailed"], { error: "States.Timeout", cause: undefined }), false);
  });
});

describe("catchers", () => {
  it("in JSONata have the error output and assign from it", () => {
    // Prepare
    const machine = {
      QueryLanguage: "JSONata",
      StartAt: "Send",
      States: {
        Send: {
          Type: "Task",
          Resource: SEND,
          Arguments: PARAMETERS,
          Catch: [
            {
              ErrorEquals: ["States.ALL"],
              Assign: { why: "{% $states.errorOutput.Cause %}" },
              Output: "{% $states.errorOutput.Error %}",
              Next: "Tell",
            },
          ],
          End: true,
        },
        Tell: { Type: "Pass", Output: "{% $states.input & ': ' & $why %}", End: true },
      },
    };

    // Act
    const played = play(machine, { tasks: () => ({ error: "Busy", cause: "no room" }) });

    // Assess
    assert.equal(outputOf(played), "Busy: no room");
  });

  it("do not catch their own mistakes", () => {
    // Prepare
    const machine = {
      StartAt: "Send",
      States: {
        Send: task({ Catch: [{ ErrorEquals: ["States.ALL"], ResultPath: "$.list.x", Next: "Never" }] }),
        Never: { Type: "Pass", End: true },
      },
    };

    // Act
    const played = play(machine, { input: { list: [1] }, tasks: () => ({ error: "Busy" }) });

    // Assess
    assert.equal(played.outcome?.status, "FAILED");
    assert.notEqual(failureOf(played).error, "Busy");
  });
});
