import assert from "node:assert/strict";
import { ROOT } from "../../../../local/stepfunctions/interpreter/execution.ts";
import { failureOf, outputOf, play, shapeOf } from "../support/play.ts";

const SEND = "arn:aws:states:::sqs:sendMessage";
const SEND_AND_WAIT = "arn:aws:states:::sqs:sendMessage.waitForTaskToken";

describe("a Task state", () => {
  it("schedules, starts and succeeds, and puts its result where ResultPath says", () => {
    // Prepare
    const machine = {
      StartAt: "Send",
      States: {
        Send: { Type: "Task", Resource: SEND, Parameters: { QueueUrl: "q", "MessageBody.$": "$.text" }, ResultPath: "$.sent", End: true },
      },
    };

    // Act
    const played = play(machine, { input: { text: "hello" }, tasks: () => ({ output: { MessageId: "1" } }) });

    // Assess
    assert.deepEqual(outputOf(played), { text: "hello", sent: { MessageId: "1" } });
    assert.deepEqual(shapeOf(played), [
      "1←0 ExecutionStarted",
      "2←0 TaskStateEntered",
      "3←2 TaskScheduled",
      "4←3 TaskStarted",
      "5←4 TaskSucceeded",
      "6←5 TaskStateExited",
      "7←6 ExecutionSucceeded",
    ]);
    assert.equal(played.history[2]?.details?.parameters, '{"QueueUrl":"q","MessageBody":"hello"}');
  });

  it("with waitForTaskToken stays until the token is answered", () => {
    // Prepare
    const machine = {
      StartAt: "Wait",
      States: {
        Wait: {
          Type: "Task",
          Resource: SEND_AND_WAIT,
          Parameters: { QueueUrl: "q", MessageBody: { "token.$": "$$.Task.Token" } },
          End: true,
        },
      },
    };

    // Act
    const parked = play(machine);
    const answered = play(machine, { afterwards: [() => ({ type: "succeeded", thread: ROOT, output: '{"done":1.0}' })] });

    // Assess
    assert.equal(parked.outcome, undefined);
    assert.equal(parked.history.at(-1)?.type, "TaskSubmitted");
    assert.match(String(parked.history[2]?.details?.parameters), /"token":"token-0-3"/);
    assert.equal(answered.outcome?.status === "SUCCEEDED" && answered.outcome.output, '{"done":1.0}', "a result leaves spelt as it came");
  });

  it("takes an answer once: what comes after the end changes nothing", () => {
    // Prepare
    const machine = {
      StartAt: "Wait",
      States: {
        Wait: { Type: "Task", Resource: SEND_AND_WAIT, Parameters: { QueueUrl: "q", MessageBody: "m" }, Next: "Pause" },
        Pause: { Type: "Wait", Seconds: 5, End: true },
      },
    };
    const answer = (output: string) => () => ({ type: "succeeded", thread: ROOT, output }) as const;

    // Act
    const played = play(machine, { afterwards: [answer("1"), answer("2")] });

    // Assess
    assert.equal(outputOf(played), 1);
    assert.equal(played.history.filter((event) => event.type === "TaskSucceeded").length, 1);
  });

  it("times out after TimeoutSeconds, and a beat does not move that", () => {
    // Prepare
    const machine = {
      StartAt: "Wait",
      States: {
        Wait: { Type: "Task", Resource: SEND_AND_WAIT, TimeoutSeconds: 30, Parameters: { QueueUrl: "q", MessageBody: "m" }, End: true },
      },
    };

    // Act
    const played = play(machine);

    // Assess
    assert.deepEqual(failureOf(played), { error: "States.Timeout", cause: undefined });
    assert.equal(played.elapsedMs, 30_000);
    assert.equal(played.history.at(-2)?.type, "TaskTimedOut");
  });

  it("reports a missed heartbeat as States.Timeout, which States.HeartbeatTimeout catches", () => {
    // Prepare
    const machine = {
      StartAt: "Wait",
      States: {
        Wait: {
          Type: "Task",
          Resource: SEND_AND_WAIT,
          TimeoutSeconds: 100,
          HeartbeatSeconds: 10,
          Parameters: { QueueUrl: "q", MessageBody: "m" },
          Catch: [{ ErrorEquals: ["States.HeartbeatTimeout"], Next: "Late" }],
          End: true,
        },
        Late: { Type: "Pass", Result: "late", End: true },
      },
    };

    // Act
    const played = play(machine);

    // Assess
    assert.equal(outputOf(played), "late");
    assert.equal(played.elapsedMs, 10_000);
  });

  it("hands a catcher an empty cause where the time ran out, although no event has one", () => {
    // Prepare
    const machine = {
      StartAt: "Both",
      States: {
        Both: {
          Type: "Parallel",
          Branches: [
            {
              StartAt: "Wait",
              States: {
                Wait: {
                  Type: "Task",
                  Resource: SEND_AND_WAIT,
                  TimeoutSeconds: 30,
                  Parameters: { QueueUrl: "q", MessageBody: "m" },
                  End: true,
                },
              },
            },
          ],
          Catch: [{ ErrorEquals: ["States.Timeout"], Next: "Late" }],
          End: true,
        },
        Late: { Type: "Pass", End: true },
      },
    };

    // Act
    const played = play(machine);

    // Assess
    assert.deepEqual(outputOf(played), { Error: "States.Timeout", Cause: "" });
    const timedOut = played.history.find((event) => event.type === "TaskTimedOut");
    assert.deepEqual(Object.keys(timedOut?.details ?? {}).sort(), ["error", "resource", "resourceType"]);
  });

  it("drops parameters its operation does not have", () => {
    // Prepare
    const machine = {
      QueryLanguage: "JSONata",
      StartAt: "Send",
      States: { Send: { Type: "Task", Resource: SEND, Arguments: "{% $states.input %}", End: true } },
    };

    // Act
    const played = play(machine, { input: { QueueUrl: "q", MessageBody: "m", Priority: 3 }, tasks: () => ({ output: {} }) });

    // Assess
    assert.equal(played.history[2]?.details?.parameters, '{"QueueUrl":"q","MessageBody":"m"}');
  });

  it("fails with States.DataLimitExceeded when its result is larger than a payload may be", () => {
    // Prepare
    const machine = {
      StartAt: "Send",
      States: { Send: { Type: "Task", Resource: SEND, Parameters: { QueueUrl: "q", MessageBody: "m" }, End: true } },
    };

    // Act
    const played = play(machine, { tasks: () => ({ output: "x".repeat(262_144) }) });

    // Assess
    assert.equal(failureOf(played).error, "States.DataLimitExceeded");
  });

  it("is not scheduled with parameters that are larger than a payload may be", () => {
    // Prepare
    const machine = {
      StartAt: "Send",
      States: {
        Send: {
          Type: "Task",
          Resource: SEND,
          Parameters: { QueueUrl: "q", "MessageBody.$": "States.Array($.text, $.text)" },
          Catch: [{ ErrorEquals: ["States.DataLimitExceeded"], ResultPath: null, Next: "Caught" }],
          End: true,
        },
        Caught: { Type: "Pass", Result: "caught", End: true },
      },
    };

    // Act
    const played = play(machine, { input: { text: "x".repeat(140_000) } });

    // Assess
    assert.equal(outputOf(played), "caught");
    assert.deepEqual(shapeOf(played).slice(1, 3), ["2←0 TaskStateEntered", "3←2 TaskStateExited"]);
  });
});
