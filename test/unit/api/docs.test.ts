import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { catalogue } from "../../../api/catalogue.ts";
import { problemsOf } from "../../../api/operation.ts";
import { readSettings } from "../../../config/settings.ts";

describe("The documentation of the API", () => {
  const text = readFileSync(join(import.meta.dirname, "..", "..", "..", "docs", "api.md"), "utf8");
  const settings = readSettings({});
  const operations = catalogue();

  it("has every route, who may call it, and how it may answer", () => {
    // Prepare
    const there = operations.map((operation) => {
      const answers = [Object.keys(operation.answers), problemsOf(operation)].map((statuses) => statuses.join(" "));
      return [`\`${operation.method} ${operation.at}\``, operation.access, ...answers].join(" | ");
    });

    // Act
    const documented = rowsOf(text, "Routes").map(([call, who, , answer, problems]) => [call, who, answer, problems].join(" | "));

    // Assess
    assert.deepEqual(documented.sort(), there.sort());
  });

  it("explains every status that a route refuses with", () => {
    // Act
    const explained = new Set(rowsOf(text, "Problems").map(([status]) => Number(status)));

    // Assess
    const missing = operations.flatMap(problemsOf).filter((status) => !explained.has(status));
    assert.deepEqual(missing, []);
  });

  it("names the largest body that is taken", () => {
    assert.ok(text.includes(`\`BODY_BYTES_MAX\` (${settings.api.bodyBytesMax.toLocaleString("en")}) bytes`));
  });
});

/** The cells of the table below a heading, without its head. */
function rowsOf(text: string, heading: string): string[][] {
  const section = text.split(`\n## ${heading}\n`)[1]?.split("\n## ")[0];
  assert.ok(section !== undefined, `There is no heading "${heading}".`);
  const rows = section.split("\n").filter((line) => line.startsWith("| "));
  return rows.slice(1).map((row) =>
    row
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}
