import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { metricsIn, metricsShown, promtool } from "../support/promql.ts";

const DIRECTORY = join(import.meta.dirname, "..", "..", "deploy", "observability");

describe("The alert rules", () => {
  it("go by metrics that are there", async () => {
    // Prepare
    const shown = await metricsShown();
    const rules = readFileSync(join(DIRECTORY, "alerts.yml"), "utf8");

    // Act
    const used = [...rules.matchAll(/^ +expr: (.+)$/gm)].flatMap(([, expression = ""]) => metricsIn(expression));

    // Assess
    assert.ok(used.length >= 7);
    assert.deepEqual(
      used.filter((name) => !shown.has(name)),
      [],
    );
  });

  it("are named one by one in the documentation", () => {
    // Prepare
    const rules = readFileSync(join(DIRECTORY, "alerts.yml"), "utf8");
    const page = readFileSync(join(DIRECTORY, "..", "..", "docs", "metrics.md"), "utf8");

    // Act
    const alerts = [...rules.matchAll(/^ +- alert: (\w+)$/gm)].map(([, name = ""]) => name);
    const rows = [...page.matchAll(/^\| `([A-Z]\w+)` \|/gm)].map(([, name = ""]) => name).filter((name) => !name.includes("_"));

    // Assess
    assert.deepEqual(rows, alerts);
  });

  it("hold what their own tests say, where promtool is", function () {
    const answer = promtool(DIRECTORY, "test", "rules", "alerts.test.yml");
    if (answer === undefined) return this.skip();
    assert.ok(answer.isWell, answer.said);
  });
});
