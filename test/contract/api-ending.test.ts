import assert from "node:assert/strict";
import { Agent, request } from "node:http";
import { createServer } from "node:net";
import { freePort, ManagedProcess } from "../support/managed-process.ts";
import { change, type Meddling, newRequest, startApi } from "./support/api.ts";
import { newGround, type WorkerGround } from "./support/worker.ts";

describe("The API's beginning and end", function () {
  this.timeout(60_000);
  let ground: WorkerGround;
  const processes: ManagedProcess[] = [];

  before(async () => {
    ground = await newGround();
  });
  afterEach(async () => {
    for (const one of processes.splice(0)) await one.stop();
  });
  after(() => ground?.drop());

  /** The API as a process of its own, not started yet. */
  const apiProcess = (port: number, variables: Record<string, string> = {}, ready = '"msg":"ready') => {
    const secrets = { ADMIN_TOKEN: "the-tests-admin-token", APP_SECRET: "the secret of these tests, of no use elsewhere" };
    const api = new ManagedProcess({
      name: "api",
      command: ["api/main.ts"],
      environment: { ...ground.environment, ...secrets, API_PORT: String(port), ...variables },
      isReady: (log) => log.includes(ready),
    });
    processes.push(api);
    return api;
  };

  it("answers what is under way when it is told to end, and nothing more", async () => {
    // Prepare
    const [reached, gate] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const meddling: Meddling = {};
    const api = await startApi(ground, {}, meddling);
    const { id } = await newRequest(api);
    meddling.StartExecution = () => {
      reached.resolve();
      return gate.promise;
    };

    // Act
    const underWay = change(api, id, "IN_PROGRESS");
    await reached.promise;
    const ended = api.stop();
    const refused = await fetch(`${api.url}/health`).then(
      () => "answered",
      () => "refused",
    );
    gate.resolve();
    const { status, headers } = await underWay;
    await ended;

    // Assess
    assert.equal(refused, "refused");
    assert.equal(status, 200);
    assert.equal(headers.get("connection"), "close");
  });

  it("is not ready from the moment on that it is told to end", async () => {
    // Prepare
    const api = await startApi(ground);

    // Act
    api.drain();
    const { status, body, headers } = await api.call("GET", "/ready");

    // Assess
    assert.deepEqual([status, body, headers.get("connection")], [503, { status: "draining" }, "close"]);
    assert.match(headers.get("retry-after") ?? "", /^[0-9]+$/);
    assert.equal((await api.call("GET", "/health")).text, "ok");
    await api.stop();
  });

  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    it(`ends with 0 by ${signal}, though a connection is kept open`, async () => {
      // Prepare
      const port = await freePort();
      const api = apiProcess(port);
      await api.start();
      const agent = new Agent({ keepAlive: true });
      await new Promise<void>((resolve, reject) => {
        request({ port, host: "127.0.0.1", path: "/health", agent }, (answer) => answer.resume().once("end", resolve))
          .once("error", reject)
          .end();
      });

      // Act
      api.signal(signal);
      api.signal(signal);
      await api.ended();
      agent.destroy();

      // Assess
      assert.match(api.log(), new RegExp(`"why":"${signal}".*ending`));
      assert.match(api.log(), /"msg":"ended"/);
      assert.equal(await api.end(), 0);
    });
  }

  it("does not wait longer than DRAIN_SECONDS for a call that does not end", async () => {
    // Prepare
    const port = await freePort();
    const api = apiProcess(port, { DRAIN_SECONDS: "1" });
    await api.start();
    const stuck = request({ port, host: "127.0.0.1", path: "/requests", method: "POST", headers: { "content-type": "application/json" } });
    const cut = new Promise((resolve) => stuck.once("error", resolve));
    await new Promise<void>((resolve) => stuck.write("{", () => setTimeout(resolve, 200)));

    // Act
    const began = performance.now();
    api.signal("SIGTERM");
    await api.ended();

    // Assess
    assert.ok(performance.now() - began < 10_000);
    await cut;
    assert.equal(await api.end(), 0);
  });

  const refusals: readonly [string, Record<string, string>, RegExp][] = [
    ["a wrong setting", { API_PORT: "http" }, /^API_PORT must be a whole number from 0 to 65535, not "http"\.\n$/],
    ["a short secret", { APP_SECRET: "short" }, /^APP_SECRET must have at least 32 characters\.\n$/],
    [
      "an output that nobody says",
      { REQUESTS_TABLE: "", MILEPOST_DIR: "/nonexistent" },
      /^No stack says where its resources are \(REQUESTS_TABLE\): .*\n$/,
    ],
  ];
  for (const [name, variables, sentence] of refusals) {
    it(`does not start with ${name}, and says so in one sentence`, async () => {
      // Prepare
      const api = apiProcess(await freePort(), variables, "\n");

      // Act
      await api.start();
      await api.ended();

      // Assess
      assert.match(api.log(), sentence);
      assert.equal(await api.end(), 1);
    });
  }

  it("does not start where its port is in use, and says what to do", async () => {
    // Prepare
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const address = other.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const api = apiProcess(port, {}, "\n");

    // Act
    await api.start();
    await api.ended();
    other.close();

    // Assess
    assert.equal(api.log(), `Port ${port} is in use: stop what listens there, or choose another with API_PORT.\n`);
    assert.equal(await api.end(), 1);
  });
});
