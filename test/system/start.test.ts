import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isAlive, type RunningSystem, readRunFile } from "../../start/run-file.ts";
import { AnswerWatch } from "../support/answer-watch.ts";
import { eventually } from "../support/eventually.ts";
import { answers, freePort, ManagedProcess } from "../support/managed-process.ts";
import { sh, shJson } from "./support/shell.ts";

const WAIT_MS = 15_000;

describe("npm start", function () {
  this.timeout(120_000);
  const directory = mkdtempSync(join(tmpdir(), "milepost-start-"));
  let environment: Record<string, string>;
  let url = "";
  let watch: AnswerWatch;
  let system: ManagedProcess;

  before(async () => {
    const [apiPort, endpointPort] = [await freePort(), await freePort()];
    url = `http://localhost:${apiPort}`;
    watch = await AnswerWatch.start(`http://127.0.0.1:${apiPort}`);
    const ports = { API_PORT: String(apiPort), ENDPOINT_PORT: String(endpointPort) };
    environment = { MILEPOST_DIR: directory, ...ports, APP_PUBLIC_BASE_URL: watch.url, AWS_ENDPOINT_URL: "" };
    system = startWith(environment);
    await system.start();
  });
  after(async () => {
    await system.stop();
    rmSync(directory, { recursive: true, force: true });
    assert.deepEqual(await watch.stop(), [], "The API's description lacks what was answered.");
  });

  const variables = () => Object.entries(environment).map(([name, value]) => `${name}=${value}`);
  const demo = (kind: string) => sh(`${variables().join(" ")} ${process.execPath} start/demo/main.ts ${kind}`);
  const running = (): RunningSystem => {
    const found = readRunFile(directory);
    if (found === undefined) throw new Error("Nothing is running.");
    return found;
  };

  it("tells where things are, and a line that works when it is pasted", async () => {
    // Act
    const line = /^ {2}(curl .*)$/m.exec(system.log())?.[1] ?? "";
    const answer = await shJson(line);

    // Assess
    const tokenFile = join(directory, "secrets", "admin-token");
    assert.ok(system.log().includes(tokenFile) && system.log().includes(`${url}/docs`));
    assert.equal(answer.title, "test-job");
    const status = await shJson(
      `curl -s -X PATCH ${watch.url}/requests/${answer.requestId}/status -H "Authorization: Bearer $(cat ${tokenFile})" ` +
        `-H 'Content-Type: application/json' -d '{"status":"IN_PROGRESS"}'`,
    );
    assert.equal(status.newStatus, "IN_PROGRESS");
  });

  it("shows the worker's line in its own output", async () => {
    await eventually(() => assert.match(system.log(), /worker +processed eventId=\S+-2 requestId=\S+ newStatus=IN_PROGRESS/), WAIT_MS);
  });

  it("shows neither the administrator's token nor a tracking token", () => {
    const token = readFileSync(join(directory, "secrets", "admin-token"), "utf8").trim();

    assert.ok(!system.log().includes(token));
    assert.doesNotMatch(system.log(), /[?&]t=[A-Za-z0-9_-]{20,}/);
  });

  it("refuses to start twice from one directory, and says who runs there", async () => {
    const second = startWith(environment);

    await assert.rejects(second.start(), new RegExp(`Milepost is running already from .*process ${system.pid}`));
    await second.stop();
  });

  for (const name of ["api", "worker", "endpoint"] as const) {
    it(`starts the ${name} again when it dies`, async () => {
      // Prepare
      const pid = running()[name]?.pid ?? 0;

      // Act
      process.kill(pid, "SIGKILL");

      // Assess
      await eventually(() => assert.notEqual(running()[name]?.pid, pid), WAIT_MS);
      await eventually(async () => assert.ok(await answers(`${url}/ready`)), WAIT_MS);
    });
  }

  it("plays the demo: an execution that runs while the worker is held, and succeeds when it goes on", async () => {
    const shown = await demo("");

    assert.match(shown, /"status": "RUNNING"[\s\S]*"status": "SUCCEEDED"[\s\S]*"status": "IN_PROGRESS"/);
  });

  for (const [kind, end] of [
    ["products", /"product\.deleted"/],
    ["orders", /"COMPLETED"/],
    ["tasks", /"completed"/],
  ] as const)
    it(`plays the demo of ${kind} to its end`, async () => assert.match(await demo(kind), end));

  it("ends in order when told to, and goes on with the same data", async () => {
    // Prepare
    const made = await shJson(`curl -s -X POST ${watch.url}/requests -H 'Content-Type: application/json' -d '{"title":"kept"}'`);
    const before = running();

    // Act
    const code = await system.end();

    // Assess
    assert.equal(code, 0);
    assertGone(before);
    await system.start();
    assert.equal((await shJson(`curl -s '${made.trackingUrl}'`)).title, "kept");
  });

  it("leaves nothing running when it is killed itself", async () => {
    // Prepare
    const before = running();

    // Act
    await system.kill();

    // Assess
    await eventually(() => assertGone(before), WAIT_MS);
    await system.start();
    assert.ok(await answers(`${url}/ready`));
  });

  it("begins anew after a reset, which is refused while it runs, and keeps its secrets", async () => {
    // Prepare
    const { trackingUrl } = await shJson(`curl -s -X POST ${watch.url}/requests -H 'Content-Type: application/json' -d '{"title":"gone"}'`);
    const secret = () => readFileSync(join(directory, "secrets", "admin-token"), "utf8");
    const before = secret();
    const reset = () => spawnSync(process.execPath, ["start/reset.ts"], { env: { ...process.env, ...environment }, encoding: "utf8" });

    // Act
    const early = reset();
    await system.end();
    const late = reset();

    // Assess
    assert.deepEqual([early.status, late.status], [1, 0], early.stderr + late.stderr);
    assert.match(early.stderr, /^Milepost is running \(process \d+\): stop it first\.$/m);
    await system.start();
    assert.equal((await shJson(`curl -s '${trackingUrl}'`)).status, 404);
    assert.equal(secret(), before);
  });

  it("says in one sentence that a port is in use, and leaves nothing behind", async () => {
    // Prepare
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve));
    const address = taken.address();
    const port = typeof address === "object" ? String(address?.port) : "";
    const own = mkdtempSync(join(tmpdir(), "milepost-start-"));
    const variables = { MILEPOST_DIR: own, API_PORT: port, ENDPOINT_PORT: String(await freePort()), AWS_ENDPOINT_URL: "" };
    const other = startWith(variables);

    // Act and Assess
    await assert.rejects(other.start(), new RegExp(`[Pp]ort ${port} is in use`));
    await other.ended();
    assert.equal(await answers(`http://127.0.0.1:${variables.ENDPOINT_PORT}/_milepost/health`), false);
    taken.close();
    await other.stop();
    rmSync(own, { recursive: true, force: true });
  });

  it("names both ways on where AWS_ENDPOINT_URL leads nowhere", async () => {
    const other = startWith({
      ...environment,
      MILEPOST_DIR: `${directory}-none`,
      AWS_ENDPOINT_URL: `http://127.0.0.1:${await freePort()}`,
    });

    await assert.rejects(other.start(), /Nothing listens at .*: start what should be there, or unset the variable/);
    await other.stop();
    rmSync(`${directory}-none`, { recursive: true, force: true });
  });
});

function startWith(environment: Readonly<Record<string, string>>): ManagedProcess {
  return new ManagedProcess({
    name: "start",
    command: ["start/main.ts"],
    environment,
    isReady: (log) => log.includes("Milepost is running (after"),
  });
}

function assertGone(system: RunningSystem): void {
  const pids = [system.pid, system.api.pid, system.worker.pid, system.endpoint?.pid].filter((pid) => pid !== undefined);
  const alive = pids.filter(isAlive);
  if (alive.length > 0) throw new Error(`Still running: ${alive.join(", ")}.`);
}
