import assert from "node:assert/strict";
import { failureOf, outputOf, play, shapeOf } from "../support/play.ts";

const SEND = "arn:aws:states:::sqs:sendMessage";

function branch(name: string, state: Record<string, unknown>) {
  return { StartAt: name, States: { [name]: { End: true, ...state } } };
}

function machine(state: unknown, rest: Record<string, unknown> = {}) {
  return JSON.parse(JSON.stringify({ StartAt: "Work", States: { Work: state, ...rest } }));
}

describe("a Parallel state", () => {
  it("gives its branches' outputs in their order, whichever ends first", () => {
    // Prepare
    const definition = machine({
      Type: "Parallel",
      Branches: [branch("Slow", { Type: "Wait", Seconds: 9 }), branch("Quick", { Type: "Pass", Result: "quick" })],
      End: true,
    });

    // Act
    const played = play(definition, { input: { n: 1 } });

    // Assess
    assert.deepEqual(outputOf(played), [{ n: 1 }, "quick"]);
    assert.deepEqual(shapeOf(played), [
      "1←0 ExecutionStarted",
      "2←0 ParallelStateEntered",
      "3←2 ParallelStateStarted",
      "4←3 WaitStateEntered",
      "5←3 PassStateEntered",
      "6←5 PassStateExited",
      "7←4 WaitStateExited",
      "8←7 ParallelStateSucceeded",
      "9←7 ParallelStateExited",
      "10←9 ExecutionSucceeded",
    ]);
  });

  it("stops the other branches when one fails, and tells of each that was under way", () => {
    // Prepare
    const definition = machine({
      Type: "Parallel",
      Branches: [branch("Waits", { Type: "Wait", Seconds: 99 }), { StartAt: "Fails", States: { Fails: { Type: "Fail", Error: "No" } } }],
      End: true,
    });

    // Act
    const played = play(definition);

    // Assess
    assert.equal(failureOf(played).error, "No");
    assert.equal(played.elapsedMs, 0, "the wait was given up");
    assert.deepEqual(shapeOf(played).slice(3), [
      "4←3 WaitStateEntered",
      "5←3 FailStateEntered",
      "6←5 WaitStateAborted",
      "7←5 ParallelStateFailed",
      "8←7 ExecutionFailed",
    ]);
  });

  it("starts all branches again when it is retried", () => {
    // Prepare
    const definition = machine({
      Type: "Parallel",
      Retry: [{ ErrorEquals: ["Busy"], IntervalSeconds: 1, MaxAttempts: 1 }],
      Branches: [
        branch("Send", { Type: "Task", Resource: SEND, Parameters: { QueueUrl: "q", MessageBody: "m" } }),
        branch("Pass", { Type: "Pass" }),
      ],
      End: true,
    });

    // Act
    const played = play(definition, { tasks: (_task, call) => (call === 0 ? { error: "Busy" } : { output: "sent" }) });

    // Assess
    assert.deepEqual(outputOf(played), ["sent", {}]);
    assert.equal(played.history.filter((event) => event.type === "ParallelStateStarted").length, 2);
    assert.equal(
      played.history.some((event) => event.type === "ParallelStateFailed"),
      false,
    );
  });

  it("lets branches read the variables around it, and keeps theirs to themselves", () => {
    // Prepare
    const definition = JSON.parse(
      JSON.stringify({
        QueryLanguage: "JSONata",
        StartAt: "Set",
        States: {
          Set: { Type: "Pass", Assign: { outer: 1 }, Next: "Both" },
          Both: {
            Type: "Parallel",
            Branches: [
              {
                StartAt: "One",
                States: {
                  One: { Type: "Pass", Assign: { inner: 2 }, Next: "Two" },
                  Two: { Type: "Pass", Output: "{% $outer + $inner %}", End: true },
                },
              },
            ],
            Next: "After",
          },
          After: { Type: "Pass", Output: "{% [$states.input[0], $exists($inner)] %}", End: true },
        },
      }),
    );

    // Act
    let refused: unknown;
    try {
      const played = play(definition);
      assert.deepEqual(outputOf(played), [3, false]);
    } catch (error) {
      refused = error;
    }

    // Assess
    assert.equal(refused, undefined);
  });
});

describe("a Map state", () => {
  it("fails where an item's selected input is larger than a payload may be", () => {
    // Prepare
    const definition = machine({
      Type: "Map",
      ItemsPath: "$.items",
      ItemSelector: { "twice.$": "States.Array($.text, $.text)" },
      ItemProcessor: branch("Small", { Type: "Pass", Result: "small" }),
      End: true,
    });

    // Act
    const played = play(definition, { input: { items: [1], text: "x".repeat(140_000) } });

    // Assess
    assert.deepEqual(failureOf(played), {
      error: "States.DataLimitExceeded",
      cause: "The state/task 'Work' provided parameters with a size exceeding the maximum number of bytes service limit.",
    });
  });

  it("runs as many iterations at once as MaxConcurrency allows", () => {
    // Prepare
    const definition = machine({
      Type: "Map",
      MaxConcurrency: 2,
      ItemProcessor: branch("Wait", { Type: "Wait", Seconds: 10 }),
      End: true,
    });

    // Act
    const played = play(definition, { input: [1, 2, 3, 4, 5] });

    // Assess
    assert.deepEqual(outputOf(played), [1, 2, 3, 4, 5]);
    assert.equal(played.elapsedMs, 30_000);
  });

  it("gives each iteration what ItemSelector makes of its item", () => {
    // Prepare
    const definition = machine({
      Type: "Map",
      ItemsPath: "$.items",
      ItemSelector: { "index.$": "$$.Map.Item.Index", "item.$": "$$.Map.Item.Value", "all.$": "$.items" },
      ItemProcessor: branch("Same", { Type: "Pass" }),
      ResultPath: "$.done",
      End: true,
    });

    // Act
    const played = play(definition, { input: { items: ["a", "b"] } });

    // Assess
    assert.deepEqual(outputOf(played), {
      items: ["a", "b"],
      done: [
        { index: 0, item: "a", all: ["a", "b"] },
        { index: 1, item: "b", all: ["a", "b"] },
      ],
    });
  });

  it("over no items ends at once with an empty list", () => {
    // Act
    const played = play(machine({ Type: "Map", ItemProcessor: branch("Same", { Type: "Pass" }), End: true }), { input: [] });

    // Assess
    assert.deepEqual(outputOf(played), []);
    assert.deepEqual(shapeOf(played).slice(2, 5), ["3←2 MapStateStarted", "4←3 MapStateSucceeded", "5←3 MapStateExited"]);
  });

  it("fails with the iteration that fails first, and aborts the others", () => {
    // Prepare
    const definition = machine(
      {
        Type: "Map",
        ItemProcessor: {
          StartAt: "Which",
          States: {
            Which: { Type: "Choice", Choices: [{ Variable: "$", NumericEquals: 2, Next: "Fails" }], Default: "Waits" },
            Fails: { Type: "Fail", Error: "Two", Cause: "is too many" },
            Waits: { Type: "Wait", Seconds: 60, End: true },
          },
        },
        Catch: [{ ErrorEquals: ["Two"], Next: "Caught" }],
        End: true,
      },
      { Caught: { Type: "Pass", End: true } },
    );

    // Act
    const played = play(definition, { input: [1, 2, 3] });

    // Assess
    assert.deepEqual(outputOf(played), { Error: "Two", Cause: "is too many" });
    const types = played.history.map((event) => event.type);
    assert.equal(types.filter((type) => type === "MapIterationFailed").length, 1);
    assert.equal(types.filter((type) => type === "MapIterationAborted").length, 2);
    assert.ok(types.indexOf("MapStateFailed") > types.lastIndexOf("MapIterationAborted"));
  });

  it("of very many items takes time by their number, not by its square", function () {
    // Prepare: by the square these two take minutes.
    this.timeout(20_000);
    const fails = { StartAt: "Fails", States: { Fails: { Type: "Fail", Error: "No" } } };
    const caught = [{ ErrorEquals: ["No"], ResultPath: "$.error", Next: "After" }];
    const failing = machine(
      { Type: "Map", ItemsPath: "$.items", ItemProcessor: fails, Catch: caught, End: true },
      { After: { Type: "Succeed" } },
    );
    const running = machine({ Type: "Map", ItemProcessor: branch("Passes", { Type: "Pass" }), End: true });
    // Act
    const taken = play(failing, { input: { items: Array.from({ length: 100_000 }, () => 1) } });
    const ended = play(running, { input: Array.from({ length: 100_000 }, () => 1) });
    // Assess
    assert.equal(taken.execution.threads.size, 1);
    assert.match(String(failureOf(ended).cause), /maximum number of history events/);
  });

  it("inside a Map keeps the innermost item in the context", () => {
    // Prepare
    const inner = {
      Type: "Map",
      ItemProcessor: branch("Leaf", { Type: "Pass", Parameters: { "leaf.$": "$$.Map.Item.Value" } }),
      End: true,
    };
    const definition = machine({ Type: "Map", ItemProcessor: { StartAt: "Inner", States: { Inner: inner } }, End: true });

    // Act
    const played = play(definition, { input: [[1], [2, 3]] });

    // Assess
    assert.deepEqual(outputOf(played), [[{ leaf: 1 }], [{ leaf: 2 }, { leaf: 3 }]]);
  });
});
