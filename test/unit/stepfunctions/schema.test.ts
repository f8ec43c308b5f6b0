import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { EXECUTION_SCHEMA } from "../../../local/stepfunctions/schema.ts";

/** ListExecutions must not look at each of a hundred thousand rows to find a few. */
describe("the table of executions", () => {
  const db = new DatabaseSync(":memory:");
  for (const statement of EXECUTION_SCHEMA) db.exec(statement);

  for (const condition of ["machine_arn = ?", "version_arn = ?", "alias_arn = ?", "machine_arn = ? AND redrive_count > 0"]) {
    it(`finds the newest where ${condition} by an index`, () => {
      const text = `EXPLAIN QUERY PLAN SELECT * FROM sfn_executions WHERE ${condition} AND id < ? ORDER BY id DESC LIMIT ?`;
      const plan = db.prepare(text).all();
      const details = plan.map(({ detail }) => String(detail));
      assert.match(details.join("; "), /^SEARCH sfn_executions USING INDEX \w+ \((?:machine|version|alias)_arn=\? AND id<\?\)$/);
    });
  }
});
