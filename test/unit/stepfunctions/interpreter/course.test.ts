import assert from "node:assert/strict";
import type { JsonObject } from "../../../../local/json.ts";
import { ROOT } from "../../../../local/stepfunctions/interpreter/execution.ts";
import { HISTORY_EVENTS_MAX } from "../../../../local/stepfunctions/interpreter/limits.ts";
import { failureOf, outputOf, play, shapeOf } from "../support/play.ts";

/** An execution's course as a whole: its end by timeout, stop, redrive and limits. */

const WAIT_FOR_TOKEN = {
  Type: "Task",
  Resource: "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
  Parameters: { QueueUrl: "q", MessageBody: "m" },
  End: true,
};

describe("an execution", () => {
  it("keeps untouched input spelt as the caller spelt it", () => {
    // Prepare
    const machine = { StartAt: "A", States: { A: { Type: "Pass", Next: "B" }, B: { Type: "Succeed" } } };

    // Act
    const played = play(machine, { input: [1, 2] });

    // Assess
    assert.equal(played.outcome?.status === "SUCCEEDED" && played.outcome.output, "[1,2]");
  });

  it("times out as a whole by the machine's TimeoutSeconds", () => {
    // Act
    const played = play({ TimeoutSeconds: 7, StartAt: "W", States: { W: WAIT_FOR_TOKEN } });

    // Assess
    assert.equal(played.outcome?.status, "TIMED_OUT");
    assert.equal(played.elapsedMs, 7_000);
    assert.equal(played.history.at(-1)?.type, "ExecutionTimedOut");
  });

  it("is aborted wherever it stands", () => {
    // Act
    const played = play(
      { StartAt: "W", States: { W: WAIT_FOR_TOKEN } },
      { afterwards: [() => ({ type: "stop", failure: { error: "Enough", cause: "said so" } })] },
    );

    // Assess
    assert.equal(played.outcome?.status, "ABORTED");
    assert.deepEqual(played.history.at(-1)?.details, { error: "Enough", cause: "said so" });
  });

  it("redriven goes on at the state that failed, with that state's input", () => {
    // Prepare
    const machine = { StartAt: "First", States: { First: { Type: "Pass", Result: { made: "once" }, Next: "W" }, W: WAIT_FOR_TOKEN } };

    // Act
    const played = play(machine, {
      afterwards: [
        () => ({ type: "failed", thread: ROOT, failure: { error: "Bad", cause: undefined }, submission: false }),
        () => ({ type: "redrive" }),
        () => ({ type: "succeeded", thread: ROOT, output: '"good"' }),
      ],
    });

    // Assess
    assert.equal(outputOf(played), "good");
    assert.deepEqual(shapeOf(played).slice(7, 13), [
      "8←7 TaskFailed",
      "9←8 ExecutionFailed",
      "10←0 ExecutionRedriven",
      "11←10 TaskScheduled",
      "12←11 TaskStarted",
      "13←12 TaskSubmitted",
    ]);
  });

  it("redriven runs only those branches again that had not ended", () => {
    // Prepare
    const branches: JsonObject[] = [
      { StartAt: "Done", States: { Done: { Type: "Pass", Result: "done", End: true } } },
      { StartAt: "W", States: { W: WAIT_FOR_TOKEN } },
    ];
    const machine = { StartAt: "Both", States: { Both: { Type: "Parallel", Branches: branches, End: true } } };
    const waiting = 2;

    // Act
    const played = play(machine, {
      afterwards: [
        () => ({ type: "failed", thread: waiting, failure: { error: "Bad", cause: undefined }, submission: false }),
        () => ({ type: "redrive" }),
        () => ({ type: "succeeded", thread: waiting, output: '"then"' }),
      ],
    });

    // Assess
    assert.deepEqual(outputOf(played), ["done", "then"]);
    assert.equal(played.history.filter((event) => event.type === "PassStateEntered").length, 1);
  });

  it("that loops for ever ends at the history's limit", () => {
    // Act
    const played = play({
      StartAt: "A",
      States: {
        A: { Type: "Choice", Choices: [{ Variable: "$.stop", IsPresent: true, Next: "Stop" }], Default: "B" },
        B: { Type: "Pass", Next: "A" },
        Stop: { Type: "Succeed" },
      },
    });

    // Assess
    assert.equal(failureOf(played).error, "States.Runtime");
    assert.equal(played.history.length, HISTORY_EVENTS_MAX);
  });

  it("fails where no choice matches", () => {
    // Act
    const played = play({
      StartAt: "C",
      States: { C: { Type: "Choice", Choices: [{ Variable: "$.a", IsPresent: true, Next: "S" }] }, S: { Type: "Succeed" } },
    });

    // Assess
    assert.equal(failureOf(played).error, "States.NoChoiceMatched");
  });
});
