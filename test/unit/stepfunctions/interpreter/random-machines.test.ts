import assert from "node:assert/strict";
import fc from "fast-check";
import type { JsonObject } from "../../../../local/json.ts";
import { answers, INPUT, machines, RED } from "../support/machines.ts";
import { type Played, play } from "../support/play.ts";

/**
 * Random machines of all state types, run whole and run with the execution written down and read back at every commit, as
 * a process killed there would leave it: both must come to the same end by the same history.
 */

function run(machine: JsonObject, script: readonly string[], killAtEveryCommit: boolean): Played {
  return play(machine, {
    input: INPUT,
    killAtEveryCommit,
    tasks: (task, call) => {
      const answer = script[call % script.length] ?? "good";
      if (answer === "good") return { output: { call } };
      if (answer === "none" && task.resource.includes(".")) return undefined;
      return { error: answer === "none" ? RED : answer };
    },
  });
}

describe("random machines", () => {
  it("come to the same end by the same history when they are killed at every commit", () => {
    fc.assert(
      fc.property(machines(2), answers, (machine, script) => {
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
      fc.property(machines(2), answers, (machine, script) => {
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
      fc.property(machines(2), (machine) => {
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
