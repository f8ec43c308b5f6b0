import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { eventually } from "../support/eventually.ts";
import { answers, freePort, ManagedProcess } from "../support/managed-process.ts";
import { TestSystem } from "../support/system.ts";

const OBSERVABILITY = join(import.meta.dirname, "..", "..", "deploy", "observability");

/** Prometheus asks every 15 s, at a moment of its own for each target, and so it does with its rules. */
const WAIT_MS = 45_000;
const CALL_MS_MAX = 5_000;

const targets = z.object({
  data: z.object({
    activeTargets: z.array(z.object({ labels: z.object({ job: z.string() }), health: z.string(), lastError: z.string() })),
  }),
});
const rules = z.object({
  data: z.object({ groups: z.array(z.object({ rules: z.array(z.object({ name: z.string(), health: z.string() })) })) }),
});
const figures = z.object({ data: z.object({ result: z.array(z.object({ value: z.tuple([z.number(), z.string()]) })) }) });

/** The configuration that is delivered, on a real Prometheus; only the ports and the rules' place are the test's own. */
describe("Prometheus, as it is configured beside Milepost", function () {
  this.timeout(180_000);
  let system: TestSystem;
  let prometheus: ManagedProcess;
  let directory = "";
  let url = "";

  before(async function () {
    if (spawnSync("prometheus", ["--version"], { timeout: 20_000 }).status !== 0) {
      console.log("      there is no prometheus on this machine: not run");
      return this.skip();
    }
    const ports = { API_METRICS_PORT: String(await freePort()), WORKER_METRICS_PORT: String(await freePort()) };
    system = await TestSystem.start({ variables: ports });
    await changeOneStatus(system);
    directory = mkdtempSync(join(tmpdir(), "milepost-prometheus-"));
    url = `http://127.0.0.1:${await freePort()}`;
    prometheus = prometheusIn(directory, url, ports);
    await prometheus.start();
  });
  after(async () => {
    await prometheus?.stop();
    await system?.stop();
    if (directory === "") return;
    assert.equal(await answers(`${url}/-/ready`), false);
    rmSync(directory, { recursive: true, force: true });
    assert.ok(!existsSync(directory));
  });

  const ask = async (path: string): Promise<unknown> =>
    (await fetch(`${url}/api/v1/${path}`, { signal: AbortSignal.timeout(CALL_MS_MAX) })).json();
  const figureOf = async (query: string): Promise<number> => {
    const { data } = figures.parse(await ask(`query?query=${encodeURIComponent(query)}`));
    return Number(data.result[0]?.value[1] ?? Number.NaN);
  };

  it("finds the API and the worker", async () => {
    await eventually(async () => {
      const { activeTargets } = targets.parse(await ask("targets?state=active")).data;
      assert.deepEqual(activeTargets.map(({ labels, health, lastError }) => [labels.job, health, lastError]).sort(), [
        ["milepost-api", "up", ""],
        ["milepost-worker", "up", ""],
      ]);
    }, WAIT_MS);
  });

  it("sees a change of status, acknowledged by the one and carried out by the other", async () => {
    await eventually(async () => {
      const acknowledged = await figureOf('sum(status_changes_total{kind="requests",to="IN_PROGRESS"})');
      const carriedOut = await figureOf('sum(events_processed_total{kind="requests"})');
      assert.ok(acknowledged >= 1 && carriedOut >= 2, `${acknowledged} acknowledged, ${carriedOut} carried out`);
    }, WAIT_MS);
  });

  it("evaluates every alert rule", async () => {
    const given = [...readFileSync(join(OBSERVABILITY, "alerts.yml"), "utf8").matchAll(/- alert: (\w+)/g)].map(([, name]) => name);

    await eventually(async () => {
      const loaded = rules.parse(await ask("rules")).data.groups.flatMap((group) => group.rules);
      assert.deepEqual(
        loaded.map(({ name, health }) => [name, health]),
        given.map((name) => [name, "ok"]),
      );
    }, WAIT_MS);
  });
});

/** A request made and moved on, and both events carried out, before anything is asked for its figures. */
async function changeOneStatus({ url, adminToken, workers }: TestSystem): Promise<void> {
  const call = async (method: string, path: string, body: object): Promise<unknown> => {
    const headers = { "content-type": "application/json", authorization: `Bearer ${adminToken}` };
    const init = { method, headers, body: JSON.stringify(body), signal: AbortSignal.timeout(CALL_MS_MAX) };
    return (await fetch(`${url}${path}`, init)).json();
  };
  const { requestId } = z.object({ requestId: z.string() }).parse(await call("POST", "/requests", { title: "watched" }));
  await call("PATCH", `/requests/${requestId}/status`, { status: "IN_PROGRESS" });
  await eventually(() => assert.ok(workers[0]?.log().includes(`processed eventId=${requestId}-2`)), WAIT_MS);
}

function prometheusIn(directory: string, url: string, ports: Readonly<Record<string, string>>): ManagedProcess {
  const given = readFileSync(join(OBSERVABILITY, "prometheus.yml"), "utf8");
  const adapted = given
    .replace("127.0.0.1:8082", `127.0.0.1:${ports.API_METRICS_PORT}`)
    .replace("127.0.0.1:9090", `127.0.0.1:${ports.WORKER_METRICS_PORT}`)
    .replace("- alerts.yml", `- ${join(OBSERVABILITY, "alerts.yml")}`);
  const file = join(directory, "prometheus.yml");
  writeFileSync(file, adapted);
  return new ManagedProcess({
    name: "prometheus",
    program: "prometheus",
    command: [`--config.file=${file}`, `--storage.tsdb.path=${join(directory, "data")}`, `--web.listen-address=${new URL(url).host}`],
    isReady: () => answers(`${url}/-/ready`),
  });
}
