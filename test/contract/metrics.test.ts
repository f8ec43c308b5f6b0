import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Counter, Registry } from "prom-client";
import { makeApiMetrics } from "../../api/metrics.ts";
import { serveMetrics } from "../../config/metrics-server.ts";
import { products } from "../../domain/products.ts";
import { tasks } from "../../domain/tasks.ts";
import { captureLog } from "../support/log.ts";
import { ADMIN, startApi } from "./support/api.ts";
import { eventually } from "./support/endpoint.ts";
import { newGround, startWorker } from "./support/worker.ts";

/** The lines of a registry that show a figure of one of these names. */
async function figures(registry: Registry, ...names: string[]): Promise<string[]> {
  const lines = (await registry.metrics()).split("\n");
  return lines.filter((line) => names.some((name) => line.startsWith(`${name} `) || line.startsWith(`${name}{`)));
}

describe("Metrics", () => {
  describe("are shown", () => {
    const log = captureLog();
    const registry = new Registry();
    new Counter({ name: "things_total", help: "Things.", registers: [registry] }).inc(3);
    const settings = { host: "127.0.0.1", variable: "API_METRICS_PORT" };

    it("at /metrics and nowhere else, to whoever reads", async () => {
      // Prepare: a port that is free by then.
      const port = await new Promise<number>((resolve) => {
        const probe = createServer().listen(0, "127.0.0.1", () => {
          const { port: free } = probe.address() as AddressInfo;
          probe.close(() => resolve(free));
        });
      });
      const server = serveMetrics(registry, { ...settings, port }, log.logger);
      const url = `http://127.0.0.1:${port}`;
      try {
        // Act
        const there = await eventually(() => fetch(`${url}/metrics`));
        const others = [await fetch(url), await fetch(`${url}/metrics`, { method: "POST" })];

        // Assess
        assert.match(await there.text(), /^things_total 3$/m);
        assert.match(there.headers.get("content-type") ?? "", /^text\/plain; version=0\.0\.4/);
        assert.deepEqual(
          others.map(({ status, headers }) => [status, headers.get("allow")]),
          [
            [404, null],
            [405, "GET, HEAD"],
          ],
        );
      } finally {
        server?.close();
      }
    });

    it("under names that keep to Prometheus's rules, those of the process itself too", async function () {
      // Prepare: beside its own figures the server above shows those of the process, which has a handle open, whatever it writes to.
      const handle = createServer().listen(0, "127.0.0.1");
      const shown = await registry.metrics();
      handle.close();

      // Act
      const { error, status, stdout, stderr } = spawnSync("promtool", ["check", "metrics"], { input: shown, encoding: "utf8" });
      if (error !== undefined) return this.skip();

      // Assess
      assert.match(shown, /^nodejs_active_handles\{/m);
      assert.equal(status, 0, stdout + stderr);
    });

    it("nowhere where the port is 0, and where it is in use that is said", async () => {
      // Prepare
      const other = createServer();
      await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
      const { port } = other.address() as AddressInfo;

      // Act
      serveMetrics(new Registry(), { ...settings, port }, log.logger);

      // Assess
      const said = `no metrics are shown: port ${port} is in use; API_METRICS_PORT chooses another, 0 none`;
      await eventually(async () => assert.ok(log.messages.includes(said), log.messages.join()));
      other.close();
      assert.equal(serveMetrics(new Registry(), { ...settings, port: 0 }, log.logger), undefined);
    });
  });

  it("of the API tell how long calls took by route, without ids, and what was changed", async function () {
    this.timeout(30_000);
    // Prepare
    const ground = await newGround({}, products);
    const api = await startApi(ground);
    try {
      // Act
      const { body } = await api.call("POST", "/products", { body: { name: "Laptop", price: 1299.99 }, headers: ADMIN });
      await api.call("DELETE", `/products/${body.id}`, { headers: ADMIN });
      await api.call("DELETE", `/products/${body.id}`, { headers: ADMIN });

      // Assess
      const { registry } = api.metrics;
      assert.deepEqual(await figures(registry, "status_changes_total", "products_created_total", "products_deleted_total"), [
        'status_changes_total{kind="products",to="ACTIVE"} 1',
        'status_changes_total{kind="products",to="DELETED"} 1',
        "products_created_total 1",
        "products_deleted_total 1",
      ]);
      assert.deepEqual((await figures(registry, "http_request_duration_seconds_count")).sort(), [
        'http_request_duration_seconds_count{method="DELETE",route="/products/{id}",status="204"} 1',
        'http_request_duration_seconds_count{method="DELETE",route="/products/{id}",status="404"} 1',
        'http_request_duration_seconds_count{method="POST",route="/products",status="201"} 1',
      ]);
      assert.ok(!(await registry.metrics()).includes(String(body.id)));
    } finally {
      await api.stop();
      await ground.drop();
    }
  });

  it("of the API have what a kind says is counted of it, however often it says so, and nothing of a kind that is not served", async () => {
    // Prepare
    const { changed, countOwn, registry } = makeApiMetrics();
    const none = await registry.metrics();
    const counters = { SHUT: { name: "doors_shut_total", help: "Doors shut." } };

    // Act
    for (let times = 0; times < 2; times++) countOwn("doors", counters);
    for (const [kind, to] of [
      ["doors", "SHUT"],
      ["doors", "OPEN"],
      ["windows", "SHUT"],
    ] as const)
      changed(kind, to);

    // Assess
    assert.ok(!none.includes("products"));
    assert.deepEqual(await figures(registry, "doors_shut_total"), ["doors_shut_total 1"]);
    assert.match(await registry.metrics(), /^# HELP doors_shut_total Doors shut\.$/m);
  });

  it("of the API have one series for all methods that nobody knows", async () => {
    const { called, registry } = makeApiMetrics();
    for (const method of ["BREW", "WHEN"]) called(method, "(none)", 405, 1);

    assert.deepEqual(await figures(registry, "http_request_duration_seconds_count"), [
      'http_request_duration_seconds_count{method="other",route="(none)",status="405"} 2',
    ]);
  });

  it("of a worker tell what it has done, what waits, and what was given up", async function () {
    this.timeout(60_000);
    // Prepare
    const ground = await newGround({ APP_ENV: "local" }, tasks);
    const api = await startApi(ground);
    try {
      await api.call("POST", "/tasks", { body: { title: "Print" }, headers: ADMIN });
      const worker = startWorker(ground);
      const { metrics } = worker;
      const names = ["outbox_pending", "dlq_messages", "events_processed_total", "worker_processed_total", "worker_dead_letters_total"];

      // Act
      const [waiting, since] = await figures(metrics, "outbox_pending", "outbox_oldest_seconds");
      const done = await eventually(async () => {
        const shown = await figures(metrics, ...names);
        assert.ok(shown.includes('outbox_pending{kind="tasks"} 0') && shown.includes("worker_processed_total 1"), shown.join());
        return shown;
      }, 30_000);
      await worker.end();

      // Assess
      assert.equal(waiting, 'outbox_pending{kind="tasks"} 1');
      assert.match(since ?? "", /^outbox_oldest_seconds\{kind="tasks"\} 0\.\d+$/);
      const queue = ground.deadLettersUrl.split("/").at(-1);
      assert.deepEqual(done.toSorted(), [
        `dlq_messages{queue="${queue}"} 0`,
        'events_processed_total{kind="tasks"} 1',
        'outbox_pending{kind="tasks"} 0',
        "worker_dead_letters_total 0",
        "worker_processed_total 1",
      ]);
      assert.deepEqual(
        await figures(metrics, "orders_processed_total"),
        ["success", "error", "rejected", "cancelled"].map((end) => `orders_processed_total{env="local",status="${end}"} 0`),
      );
    } finally {
      await api.stop();
      await ground.drop();
    }
  });
});
