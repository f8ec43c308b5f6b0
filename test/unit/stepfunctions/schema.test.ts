import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { queryFor } from "../../../local/stepfunctions/operations/list.ts";
import { EXECUTION_SCHEMA } from "../../../local/stepfunctions/schema.ts";

/** ListExecutions must not look at each of a hundred thousand rows to find a few. */
describe("the table of executions", () => {
  const db = new DatabaseSync(":memory:");
  for (const statement of EXECUTION_SCHEMA) db.exec(statement);

  function searchesOf(text: string): string[] {
    const details = db.prepare(`EXPLAIN QUERY PLAN ${text}`).all("arn", 1, 1);
    return details.map(({ detail }) => String(detail)).filter((detail) => detail.includes("sfn_executions"));
  }

  for (const column of ["machine_arn", "version_arn", "alias_arn"] as const) {
    for (const redrive of [undefined, "REDRIVEN", "NOT_REDRIVEN"]) {
      it(`finds the newest of a ${column} by an index${redrive === undefined ? "" : `, also those that are ${redrive}`}`, () => {
        const searches = searchesOf(queryFor(column, undefined, redrive));
        assert.ok(searches.length > 0);
        for (const search of searches)
          assert.match(search, /^SEARCH sfn_executions USING INDEX \w+ \(\w+_arn=\?( AND status=\?)? AND id<\?\)$/);
      });
    }
  }

  it("finds the newest of a machine and a status by an index", () => {
    const searches = searchesOf(queryFor("machine_arn", "FAILED", undefined));
    assert.deepEqual(searches, ["SEARCH sfn_executions USING INDEX sfn_executions_by_status (machine_arn=? AND status=? AND id<?)"]);
  });
});
