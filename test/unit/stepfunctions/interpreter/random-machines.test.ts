import assert from "node:assert/strict";
import fc from "fast-check";
import type { JsonObject } from "../../../../local/json.ts";
import { type Played, play } from "../support/play.ts";

/**
 * Random machines of all state types, run whole and run with the execution written down and read back at every commit, as
 * a process killed there would leave it: both must come to the same end by the same history.
 */

const ERRORS = ["Red", "Blue"];
const SEND = "arn:aws:states:::sqs:sendMessage";

const seconds = fc.integer({ min: 0, max: 5 });
const retry = fc.array(
  fc.record({
    ErrorEquals: fc.constantFrom(["Red"], ["Blue"], ["States.ALL"]),
    IntervalSeconds: fc.integer({ min: 1, max: 3 }),
    MaxAttempts: fc.integer({ min: 0, max: 2 }),
  }),
  { maxLength: 1 },
);

function json(value: object): JsonObject {
  return JSON.parse(JSON.stringify(value)) as JsonObject;
}

type Leaf = { state: JsonObject };

const leaf: fc.Arbitrary<Leaf> = fc
  .oneof(
    fc.record({ state: fc.record({ Type: fc.constant("Pass"), Parameters: fc.constant({ "was.$": "$" }) }) }),
    fc.record({ state: fc.record({ Type: fc.constant("Wait"), Seconds: seconds }) }),
    fc.record({
      state: fc.record({
        Type: fc.constant("Task"),
        Resource: fc.constantFrom(SEND, `${SEND}.waitForTaskToken`),
        Parameters: fc.constant({ QueueUrl: "q", MessageBody: "m" }),
        TimeoutSeconds: fc.integer({ min: 1, max: 9 }),
        Retry: retry,
      }),
    }),
  )
  .map(({ state }) => ({ state: json(state) }));

/** A table of one to four states in a row, some of them Parallels or Maps of smaller tables. */
function table(depth: number, prefix: string): fc.Arbitrary<JsonObject> {
  const inner = depth === 0 ? leaf : fc.oneof({ weight: 3, arbitrary: leaf }, { weight: 1, arbitrary: container(depth, prefix) });
  return fc.array(inner, { minLength: 1, maxLength: 4 }).map((states) => chain(states, prefix));
}

function container(depth: number, prefix: string): fc.Arbitrary<Leaf> {
  const parallel = fc
    .tuple(table(depth - 1, `${prefix}a`), table(depth - 1, `${prefix}b`), retry)
    .map(([a, b, retriers]) => ({ state: json({ Type: "Parallel", Branches: [a, b], Retry: retriers }) }));
  const map = fc.tuple(table(depth - 1, `${prefix}m`), fc.integer({ min: 0, max: 3 }), retry).map(([processor, limit, retriers]) => ({
    state: json({
      Type: "Map",
      ItemsPath: "$$.Execution.Input.items",
      MaxConcurrency: limit,
      ItemProcessor: processor,
      Retry: retriers,
    }),
  }));
  return fc.oneof(parallel, map);
}

function chain(leaves: readonly Leaf[], prefix: string): JsonObject {
  const names = leaves.map((_, index) => `${prefix}${index}`);
  const states = leaves.map(({ state }, index) => {
    const next = names[index + 1];
    return [
      names[index] ?? "",
      rename({ ...state, ...(next === undefined ? { End: true } : { Next: next }) }, names[index] ?? ""),
    ] as const;
  });
  return { StartAt: names[0] ?? "", States: Object.fromEntries(states) };
}

/** State names are unique in a machine: those below a container get its name before theirs. */
function rename(state: JsonObject, name: string): JsonObject {
  const text = JSON.stringify(state, (key, value: unknown) => {
    if (key === "States" && typeof value === "object" && value !== null)
      return Object.fromEntries(Object.entries(value).map(([inner, member]) => [`${name}.${inner}`, member]));
    return (key === "StartAt" || key === "Next") && value !== state.Next ? `${name}.${String(value)}` : value;
  });
  return JSON.parse(text) as JsonObject;
}

const answers = fc.array(fc.constantFrom("good", "none", ...ERRORS), { minLength: 1, maxLength: 8 });

function run(machine: JsonObject, script: readonly string[], killAtEveryCommit: boolean): Played {
  return play(machine, {
    input: { items: [1, 2, 3] },
    killAtEveryCommit,
    tasks: (task, call) => {
      const answer = script[call % script.length] ?? "good";
      if (answer === "good") return { output: { call } };
      if (answer === "none" && task.resource.includes(".")) return undefined;
      return { error: answer === "none" ? "Red" : answer };
    },
  });
}

describe("random machines", () => {
  it("come to the same end by the same history when they are killed at every commit", () => {
    fc.assert(
      fc.property(table(2, "s"), answers, (machine, script) => {
        const whole = run(machine, script, false);
        const killed = run(machine, script, true);
        assert.notEqual(whole.outcome, undefined, "every machine ends");
        assert.deepEqual(killed.outcome, whole.outcome);
        assert.deepEqual(killed.history, whole.history);
      }),
      { numRuns: 500 },
    );
  });

  it("number their events without a gap, each after an earlier one", () => {
    fc.assert(
      fc.property(table(2, "s"), answers, (machine, script) => {
        const { history } = run(machine, script, false);
        history.forEach((event, index) => {
          assert.equal(event.id, index + 1);
          assert.ok(event.previous < event.id);
        });
        assert.match(history.at(-1)?.type ?? "", /^Execution(Succeeded|Failed)$/);
      }),
      { numRuns: 300 },
    );
  });

  it("leave as many states as they enter when they succeed", () => {
    fc.assert(
      fc.property(table(2, "s"), (machine) => {
        const played = run(machine, ["good"], false);
        const count = (part: string) => played.history.filter((event) => event.type.includes(part)).length;
        assert.equal(played.outcome?.status, "SUCCEEDED");
        assert.equal(count("StateEntered"), count("StateExited"));
        assert.equal(count("MapIterationStarted"), count("MapIterationSucceeded"));
      }),
      { numRuns: 200 },
    );
  });
});
