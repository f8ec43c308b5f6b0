import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { makeApiMetrics } from "../../api/metrics.ts";
import { makeClients, WORKER_LIMITS } from "../../config/clients.ts";
import { readSettings } from "../../config/settings.ts";
import { Counters } from "../../worker/counters.ts";
import { workerMetrics } from "../../worker/metrics.ts";
import { captureLog } from "../support/log.ts";

const DIRECTORY = join(import.meta.dirname, "..", "..", "deploy", "observability");

describe("The alert rules", () => {
  it("go by metrics that are there", () => {
    // Prepare
    const parts = { counters: new Counters(), kinds: [], sqs: makeClients(readSettings({}), WORKER_LIMITS).sqs, env: "local" };
    const registries = [makeApiMetrics().registry, workerMetrics({ ...parts, logger: captureLog().logger })];
    const there = registries.flatMap((registry) => registry.getMetricsAsArray().map(({ name }) => name));

    // Act
    const rules = readFileSync(join(DIRECTORY, "alerts.yml"), "utf8");
    const used = [...rules.matchAll(/\b([a-z]+(?:_[a-z]+)+)(?=[{[)\s])/g)]
      .map(([, name = ""]) => name.replace(/_(bucket|count)$/, ""))
      .filter((name) => name.includes("_") && !["histogram_quantile"].includes(name));

    // Assess
    assert.ok(used.length >= 6);
    assert.deepEqual(
      used.filter((name) => !there.includes(name)),
      [],
    );
  });

  it("hold what their own tests say, where promtool is", function () {
    const { error, status, stdout, stderr } = spawnSync("promtool", ["test", "rules", "alerts.test.yml"], {
      cwd: DIRECTORY,
      encoding: "utf8",
      timeout: 30_000,
    });
    if (error !== undefined && "code" in error && error.code === "ENOENT") return this.skip();
    assert.equal(status, 0, stdout + stderr);
  });
});
