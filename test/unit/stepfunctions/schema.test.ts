import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { queryFor } from "../../../local/stepfunctions/operations/list.ts";
import { EXECUTION_SCHEMA } from "../../../local/stepfunctions/schema.ts";
import { DUE_THREADS, FIRST_DUE } from "../../../local/stepfunctions/timers.ts";

/** ListExecutions must not look at each of a hundred thousand rows to find a few. */
describe("the table of executions", () => {
  const db = new DatabaseSync(":memory:");
  for (const statement of EXECUTION_SCHEMA) db.exec(statement);

  function planOf(text: string): string[] {
    const plan = db.prepare(`EXPLAIN QUERY PLAN ${text}`).all("arn", 1, 1);
    return plan.map(({ detail }) => String(detail));
  }

  for (const [column, redrive] of [
    ["version_arn", undefined],
    ["version_arn", "REDRIVEN"],
    ["version_arn", "NOT_REDRIVEN"],
    ["alias_arn", undefined],
    ["alias_arn", "REDRIVEN"],
    ["alias_arn", "NOT_REDRIVEN"],
    ["machine_arn", "REDRIVEN"],
  ] as const) {
    it(`finds the newest by ${column}, ${redrive ?? "redriven or not"}, by an index and nothing else`, () => {
      const plan = planOf(queryFor(column, undefined, redrive)).join("; ");
      assert.match(plan, /^SEARCH sfn_executions USING INDEX \w+ \((?:machine|version|alias)_arn=\? AND id<\?\)$/);
    });
  }

  const BY_STATUS = "SEARCH sfn_executions USING INDEX sfn_executions_by_status (machine_arn=? AND status=? AND id<?)";

  for (const redrive of [undefined, "NOT_REDRIVEN"]) {
    it(`finds the newest by machine_arn, ${redrive ?? "redriven or not"}, by one search of an index for each of the six statuses`, () => {
      const plan = planOf(queryFor("machine_arn", undefined, redrive));
      assert.deepEqual(
        plan.filter((detail) => detail.includes("sfn_executions")),
        Array(6).fill(BY_STATUS),
      );
    });
  }

  it("finds the newest by machine_arn and status by an index and nothing else", () => {
    assert.deepEqual(planOf(queryFor("machine_arn", "FAILED", undefined)), [BY_STATUS]);
  });

  it("finds the first of many due timers without sorting them", () => {
    const plan = db.prepare(`EXPLAIN QUERY PLAN ${DUE_THREADS}`).all(1, 1);
    assert.deepEqual(plan.map(({ detail }) => String(detail)).sort(), [
      "LEFT",
      "MERGE (UNION ALL)",
      "RIGHT",
      "SEARCH sfn_executions USING COVERING INDEX sfn_executions_due (due<?)",
      "SEARCH sfn_threads USING COVERING INDEX sfn_threads_due (due<?)",
    ]);
  });

  it("finds the moment of the next timer at the end of an index", () => {
    const plan = db.prepare(`EXPLAIN QUERY PLAN ${FIRST_DUE}`).all();
    const searches = plan.map(({ detail }) => String(detail)).filter((detail) => detail.includes("sfn_"));
    assert.deepEqual(searches.sort(), [
      "SEARCH sfn_executions USING COVERING INDEX sfn_executions_due (due>?)",
      "SEARCH sfn_threads USING COVERING INDEX sfn_threads_due (due>?)",
    ]);
  });
});
