import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { metricsIn, metricsShown, promtool } from "../support/promql.ts";

const FILE = join(import.meta.dirname, "..", "..", "deploy", "observability", "grafana", "dashboards", "milepost.json");

const panel = z.object({
  id: z.number(),
  type: z.string(),
  title: z.string().min(1),
  description: z.string().default(""),
  gridPos: z.object({ x: z.number(), y: z.number(), w: z.number(), h: z.number() }),
  fieldConfig: z.object({ defaults: z.object({ unit: z.string().min(1) }) }).optional(),
  targets: z.array(z.object({ expr: z.string().min(1), refId: z.string() })).default([]),
});
const variable = z.object({ name: z.string(), query: z.union([z.string(), z.object({ query: z.string() })]) });
const { panels, templating } = z
  .object({ panels: z.array(panel), templating: z.object({ list: z.array(variable) }) })
  .parse(JSON.parse(readFileSync(FILE, "utf8")));

/** Panels that show something, and what they ask for, with Grafana's own variables filled in. */
const shown = panels.filter(({ type }) => type !== "row");
const expressions = shown.flatMap(({ targets }) =>
  targets.map(({ expr }) => expr.replaceAll("$__rate_interval", "5m").replaceAll("$route", ".*")),
);

describe("The dashboard", () => {
  it("has a row for each of an operator's questions, and panels below it", () => {
    assert.deepEqual(
      panels.filter(({ type }) => type === "row").map(({ title }) => title),
      ["Now", "Calls", "Status changes", "On the way", "Queues and failures", "Executions", "Workers", "Orders", "Processes"],
    );
    assert.ok(shown.length >= 30);
  });

  it("says of each panel what it shows, and in which unit", () => {
    const lacking = shown.filter(
      ({ description, fieldConfig, targets }) => !/\.$/.test(description) || !fieldConfig || targets.length === 0,
    );

    assert.deepEqual(
      lacking.map(({ title }) => title),
      [],
    );
    assert.equal(new Set(panels.map(({ id }) => id)).size, panels.length);
  });

  it("lays no panel upon another, and none beyond the edge", () => {
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)},${y + Math.floor(cell / w)}`),
    );

    assert.equal(new Set(cells).size, cells.length);
    assert.ok(panels.every(({ gridPos: { x, w } }) => x + w <= 24));
  });

  it("asks only for metrics that are there", async () => {
    // Prepare
    const there = await metricsShown();

    // Act
    const used = expressions.flatMap(metricsIn);

    // Assess
    assert.ok(used.length >= expressions.length);
    assert.deepEqual(
      used.filter((name) => !there.has(name)),
      [],
    );
  });

  it("has variables that it uses, and uses none that it lacks", () => {
    // Prepare
    const text = readFileSync(FILE, "utf8");

    // Act
    const used = new Set([...text.matchAll(/\$\{?([a-z]\w*)/g)].map(([, name = ""]) => name));

    // Assess
    assert.deepEqual([...used].sort(), templating.list.map(({ name }) => name).sort());
  });

  it("has expressions that Prometheus can read, where promtool is", function () {
    // Prepare: a rule for each expression, since promtool reads rules.
    const directory = mkdtempSync(join(tmpdir(), "milepost-dashboard-"));
    const rules = expressions.map((expr, index) => ({ record: `panel:${index}`, expr }));
    writeFileSync(join(directory, "rules.yml"), JSON.stringify({ groups: [{ name: "dashboard", rules }] }));

    // Act
    const answer = promtool(directory, "check", "rules", "rules.yml");
    rmSync(directory, { recursive: true });

    // Assess
    if (answer === undefined) return this.skip();
    assert.ok(answer.isWell, answer.said);
  });
});
