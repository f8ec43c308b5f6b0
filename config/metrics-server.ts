/**
 * Shows a process's metrics to Prometheus, on a port of their own. Whoever cannot listen there says so and does its work all
 * the same: of two workers on one machine the second one's figures are missed, not its work.
 */
import { createServer, type Server } from "node:http";
import { collectDefaultMetrics, type Registry } from "prom-client";
import type { Logger } from "./logger.ts";
import type { MetricsSettings } from "./process-settings.ts";

const CALL_MS_MAX = 10_000;
const HEADERS = { "cache-control": "no-store", "x-content-type-options": "nosniff" };

/** Undefined where the port is 0: nothing is shown then. */
export function serveMetrics(registry: Registry, { host, port, variable }: MetricsSettings, logger: Logger): Server | undefined {
  if (port === 0) return undefined;
  collectDefaultMetrics({ register: registry });
  // Gauges that are named as counters are, which Prometheus's rules forbid; each sums up one by type that stays.
  for (const misnamed of ["handles", "requests", "resources"]) registry.removeSingleMetric(`nodejs_active_${misnamed}_total`);
  const server = createServer({ requestTimeout: CALL_MS_MAX, headersTimeout: CALL_MS_MAX }, (request, response) => {
    const isThere = request.url === "/metrics";
    const isRead = request.method === "GET" || request.method === "HEAD";
    if (!isThere || !isRead) {
      const status = isThere ? 405 : 404;
      response.writeHead(status, { ...HEADERS, "content-type": "text/plain", ...(isThere && { allow: "GET, HEAD" }) });
      response.end(isThere ? "GET is all that can be done here.\n" : "The metrics are at /metrics.\n");
      return;
    }
    registry.metrics().then(
      (metrics) => response.writeHead(200, { ...HEADERS, "content-type": registry.contentType }).end(metrics),
      (error: unknown) => {
        logger.warn({ reason: String(error) }, "the metrics could not be read");
        response.writeHead(503, HEADERS).end();
      },
    );
  });
  server.on("error", (error: NodeJS.ErrnoException) => {
    const reason = error.code === "EADDRINUSE" ? "is in use" : `cannot be listened on (${error.message})`;
    logger.warn(`no metrics are shown: port ${port} ${reason}; ${variable} chooses another, 0 none`);
  });
  server.listen(port, host, () => logger.info(`metrics at http://${host}:${port}/metrics`));
  // Nobody waits for the metrics to end.
  server.unref();
  return server;
}
