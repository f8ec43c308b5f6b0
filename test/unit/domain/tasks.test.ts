import assert from "node:assert/strict";
import fc from "fast-check";
import { isStatus, legalChanges } from "../../../domain/kind.ts";
import { type TaskStatus, tasks } from "../../../domain/tasks.ts";

const STATUSES: readonly TaskStatus[] = ["pending", "processing", "completed", "failed"];

describe("tasks", () => {
  it("are changed by no caller, whatever their status", () => {
    for (const status of STATUSES) assert.deepEqual(legalChanges(tasks, "caller", status), []);
  });

  it("are moved by the steps of their workflow where the rules say, and nowhere else", () => {
    const legal = Object.fromEntries(STATUSES.map((status) => [status, legalChanges(tasks, "step", status)]));
    assert.deepEqual(legal, {
      pending: ["processing", "failed"],
      processing: ["completed", "failed"],
      completed: [],
      failed: ["processing"],
    });
  });

  it("reach each status by some walk, leave completion by none, and are completed only from processing", () => {
    const reached = new Set<string>();
    fc.assert(
      fc.property(fc.array(fc.nat(3), { maxLength: 12 }), (choices) => {
        let status: TaskStatus = tasks.initial;
        reached.add(status);
        for (const choice of choices) {
          const legal = legalChanges(tasks, "step", status);
          const next: TaskStatus | undefined = legal[choice % Math.max(1, legal.length)];
          if (next === undefined) return assert.equal(status, "completed");
          assert.notEqual(next, status);
          if (next === "completed") assert.equal(status, "processing");
          status = next;
          reached.add(status);
        }
      }),
      { numRuns: 1_000 },
    );
    assert.deepEqual(reached, new Set(STATUSES));
  });

  it("take no other text for a status", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.constantFrom("toString", "__proto__", "PENDING", "")), (text) => {
        fc.pre(!STATUSES.some((status) => status === text));
        assert.equal(isStatus(tasks, text), false);
        assert.deepEqual(legalChanges(tasks, "step", text), []);
      }),
    );
  });

  it("name each event after where it leads", () => {
    assert.equal(tasks.eventType(null, "pending"), "task.created");
    assert.equal(tasks.eventType("pending", "processing"), "task.processing");
    assert.equal(tasks.eventType("processing", "completed"), "task.completed");
    assert.equal(tasks.eventType("processing", "failed"), "task.failed");
  });

  it("have three attempts", () => {
    assert.equal(tasks.receivesMax, 3);
  });
});
