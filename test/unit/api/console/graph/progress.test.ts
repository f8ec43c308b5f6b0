import assert from "node:assert/strict";
import fc from "fast-check";
import { type Progress, progressOf, wayKey } from "../../../../../api/console/graph/progress.ts";
import type { JsonObject } from "../../../../../local/json.ts";
import { answers, INPUT, machines, RED } from "../../../stepfunctions/support/machines.ts";
import { type PlayOptions, play } from "../../../stepfunctions/support/play.ts";
import { historyOf, workflow } from "./support.ts";

const machineOf = (kind: string) => JSON.parse(workflow(kind)) as JsonObject;
const TASK = {
  Type: "Task",
  Resource: "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
  Parameters: { QueueUrl: "q", MessageBody: "m" },
};

/** A history, and how far it is told to be after all or the first of its events. */
function told(machine: JsonObject, options: PlayOptions) {
  const played = play(machine, options);
  const events = historyOf(played);
  return { events, status: played.outcome?.status ?? "RUNNING", progress: progressOf(played.outcome?.status ?? "RUNNING", events) };
}

/** What the order's steps answer, save those that fail. */
function stepsFailing(...failing: string[]): PlayOptions {
  const outcomes: Record<string, string> = { reserve: "reserved", score: "passed", pay: "charged" };
  const tasks: PlayOptions["tasks"] = ({ parameters }) => {
    const { step } = (JSON.parse(parameters) as { MessageBody: { step: string } }).MessageBody;
    return failing.includes(step)
      ? { error: "StepFailed" }
      : { output: { outcome: outcomes[step] ?? "done", status: "FAILED", reason: "so" } };
  };
  return { input: { to: "PENDING" }, tasks };
}

const standings = ({ states }: Progress) => Object.fromEntries([...states].map(([name, { standing }]) => [name, standing]));

describe("An execution's progress", () => {
  it("is that of each state it entered, and of none it did not reach", () => {
    // Act
    const { progress, status } = told(machineOf("orders"), stepsFailing());
    // Assess
    assert.equal(status, "SUCCEEDED");
    const reached = ["Route", "Check", "Inventory", "Fraud", "Checked", "Payment", "Paid", "Invoice", "Notify"];
    assert.deepEqual(standings(progress), Object.fromEntries(reached.map((name) => [name, "succeeded"])));
    const way = [undefined, "Route", "Check", "Checked", "Payment", "Paid", "Invoice", "Notify", undefined];
    assert.deepEqual(
      [...progress.taken],
      way.slice(1).map((to, index) => wayKey(way[index], to)),
    );
  });

  it("tells an error that was caught from one that ended the execution", () => {
    // Act
    const { progress } = told(machineOf("orders"), stepsFailing("pay"));
    // Assess
    const { Payment, Refund, Concluded, Failed, Invoice } = standings(progress);
    assert.deepEqual(
      { Payment, Refund, Concluded, Failed, Invoice },
      { Payment: "caught", Refund: "succeeded", Concluded: "succeeded", Failed: "failed", Invoice: undefined },
    );
    assert.ok(progress.taken.has(wayKey("Payment", "Refund")) && progress.taken.has(wayKey("Failed", undefined)));
  });

  it("tells the branch that failed from the one that was stopped for it, inside a Parallel that was caught", () => {
    // Prepare: scoring never answers, and reserving fails.
    const tasks: PlayOptions["tasks"] = ({ parameters }) => {
      const { step } = (JSON.parse(parameters) as { MessageBody: { step: string } }).MessageBody;
      if (step === "score") return undefined;
      return step === "reserve" ? { error: "StepFailed" } : { output: { status: "DONE" } };
    };
    // Act
    const { progress } = told(machineOf("orders"), { input: { to: "PENDING" }, tasks });
    // Assess
    const { Check, Inventory, Fraud, Refund } = standings(progress);
    assert.deepEqual({ Check, Inventory, Fraud, Refund }, { Check: "caught", Inventory: "failed", Fraud: "stopped", Refund: "succeeded" });
  });

  it("is running where a state waits or is to be tried again, and counts its entering once", () => {
    // Prepare
    const { events } = told(machineOf("requests"), { tasks: (_, call) => (call === 0 ? { error: "WorkerLost" } : { output: {} }) });
    const failed = events.findIndex(({ type }) => type === "TaskFailed");
    for (const count of [2, failed, failed + 1, failed + 2]) {
      // Act
      const progress = progressOf("RUNNING", events.slice(0, count));
      // Assess
      assert.deepEqual([...progress.states], [["WriteHistory", { standing: "running", times: 1 }]]);
    }
    assert.deepEqual(standings(progressOf("SUCCEEDED", events)), { WriteHistory: "succeeded" });
  });

  it("is stopped where the execution was stopped or timed out", () => {
    for (const [status, type] of [
      ["ABORTED", "ExecutionAborted"],
      ["TIMED_OUT", "ExecutionTimedOut"],
    ] as const) {
      // Prepare
      const { events } = told(machineOf("requests"), { tasks: () => ({ output: {} }) });
      const waiting = events.slice(0, 4);
      // Act
      const progress = progressOf(status, [...waiting, { id: 5, previousEventId: 0, type, timestamp: new Date() }]);
      // Assess
      assert.deepEqual(standings(progress), { WriteHistory: "stopped" });
    }
  });

  it("counts how often a state was entered, and takes the latest time", () => {
    // Prepare
    const machine: JsonObject = {
      StartAt: "Try",
      States: {
        Try: { ...TASK, Catch: [{ ErrorEquals: ["States.ALL"], Next: "Pause" }], End: true },
        Pause: { Type: "Wait", Seconds: 1, Next: "Try" },
      },
    };
    // Act
    const { progress } = told(machine, { tasks: (_, call) => (call < 2 ? { error: "Broken" } : { output: {} }) });
    // Assess
    assert.deepEqual(Object.fromEntries(progress.states), {
      Try: { standing: "succeeded", times: 3 },
      Pause: { standing: "succeeded", times: 2 },
    });
  });

  it("tells of a failure from box to box, up to the one that catches it", () => {
    // Prepare
    const inner = { StartAt: "Deep", States: { Deep: { ...TASK, End: true } } };
    const beside = { StartAt: "Beside", States: { Beside: { Type: "Wait", Seconds: 60, End: true } } };
    const middle = { StartAt: "Inner", States: { Inner: { Type: "Parallel", Branches: [inner], End: true } } };
    const Outer = { Type: "Parallel", Branches: [middle, beside], Catch: [{ ErrorEquals: ["States.ALL"], Next: "Done" }], End: true };
    // Act
    const { progress } = told({ StartAt: "Outer", States: { Outer, Done: { Type: "Succeed" } } }, { tasks: () => ({ error: "Broken" }) });
    // Assess
    assert.deepEqual(standings(progress), { Outer: "caught", Inner: "failed", Beside: "stopped", Deep: "failed", Done: "succeeded" });
  });

  it("goes on after a redrive with the latest try of a box, not with those before", () => {
    // Prepare: in the first try both tasks are lost, in the second one is done.
    const branch = (name: string) => ({ StartAt: name, States: { [name]: { ...TASK, End: true } } });
    const Retry = [{ ErrorEquals: ["Broken"], MaxAttempts: 1 }];
    const Both = { Type: "Parallel", Branches: [branch("One"), branch("Two")], Retry, End: true };
    const answered = [undefined, { error: "Broken" }, { output: {} }, { error: "Broken" }];
    const { events } = told(
      { StartAt: "Both", States: { Both } },
      { tasks: (_, call) => answered[call], afterwards: [() => ({ type: "redrive" })] },
    );
    const redriven = events.findIndex(({ type }) => type === "ExecutionRedriven");
    // Act
    const progress = progressOf("RUNNING", events.slice(0, redriven + 1));
    // Assess
    assert.deepEqual(standings(progress), { Both: "running", One: "succeeded", Two: "running" });
  });

  it("goes on after a redrive where it had failed, in a branch too", () => {
    // Prepare: in both branches a task; that of the second fails once, which stops the first.
    const branch = (name: string) => ({ StartAt: name, States: { [name]: { ...TASK, End: true } } });
    const machine = { StartAt: "Both", States: { Both: { Type: "Parallel", Branches: [branch("One"), branch("Two")], End: true } } };
    const { events } = told(machine, {
      tasks: (_, call) => (call === 0 ? undefined : call === 1 ? { error: "Broken" } : { output: {} }),
      afterwards: [() => ({ type: "redrive" })],
    });
    const ended = events.findIndex(({ type }) => type === "ExecutionFailed");
    // Act
    const before = progressOf("FAILED", events.slice(0, ended + 1));
    const redriven = progressOf("RUNNING", events.slice(0, ended + 2));
    const after = progressOf("SUCCEEDED", events);
    // Assess
    assert.deepEqual(standings(before), { Both: "failed", One: "stopped", Two: "failed" });
    assert.deepEqual(standings(redriven), { Both: "running", One: "running", Two: "running" });
    assert.deepEqual(standings(after), { Both: "succeeded", One: "succeeded", Two: "succeeded" });
  });

  it("says where it is cut, if its history goes on behind what is given", () => {
    const { events } = told(machineOf("orders"), stepsFailing());
    assert.equal(progressOf("SUCCEEDED", events).cutAt, undefined);
    assert.equal(progressOf("RUNNING", events.slice(0, 3)).cutAt, undefined);
    assert.equal(progressOf("SUCCEEDED", events.slice(0, 3)).cutAt, 3);
    assert.equal(progressOf("SUCCEEDED", []).cutAt, 0);
  });

  it("agrees with the end of any machine's execution, and is told of every part of its history", () => {
    fc.assert(
      fc.property(machines(2), answers, (machine, script) => {
        // Act
        const { events, status, progress } = told(machine, {
          input: INPUT,
          tasks: (task, call) => {
            const answer = script[call % script.length] ?? "good";
            if (answer === "good") return { output: { call } };
            if (answer === "none" && task.resource.includes(".")) return undefined;
            return { error: answer === "none" ? RED : answer };
          },
        });
        // Assess
        const entered = events.filter(({ stateEnteredEventDetails }) => stateEnteredEventDetails !== undefined).length;
        assert.equal(
          [...progress.states.values()].reduce((sum, { times }) => sum + times, 0),
          entered,
        );
        const outermost = Object.keys(machine.States as JsonObject).flatMap((name) => standings(progress)[name] ?? []);
        if (status === "SUCCEEDED") assert.deepEqual(new Set(Object.values(standings(progress))), new Set(["succeeded"]));
        else assert.deepEqual(outermost, [...outermost.slice(1).map(() => "succeeded"), "failed"]);
        for (const count of events.keys()) progressOf("RUNNING", events.slice(0, count));
      }),
    );
  });
});
