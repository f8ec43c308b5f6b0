/** Which metrics Milepost shows, and which an expression of PromQL asks for: what is asked for and not shown stays empty unnoticed. */
import { spawnSync } from "node:child_process";
import { collectDefaultMetrics } from "prom-client";
import { catalogue } from "../../api/catalogue.ts";
import { makeApiMetrics } from "../../api/metrics.ts";
import { makeClients, WORKER_LIMITS } from "../../config/clients.ts";
import { readSettings } from "../../config/settings.ts";
import { Counters } from "../../worker/counters.ts";
import { workerMetrics } from "../../worker/metrics.ts";
import { captureLog } from "./log.ts";

/** What Prometheus knows of a target by itself. */
const OF_PROMETHEUS = ["up"];
const KEYWORDS = ["and", "or", "unless", "bool"];

/** The names under which API and worker show their figures, those of a histogram's parts among them. */
export async function metricsShown(): Promise<Set<string>> {
  const { sqs } = makeClients(readSettings({}), WORKER_LIMITS);
  const worker = workerMetrics({ counters: new Counters(), kinds: [], sqs, env: "local", logger: captureLog().logger });
  const metrics = makeApiMetrics();
  // Some kinds have figures of their own.
  catalogue(metrics);
  const api = metrics.registry;
  collectDefaultMetrics({ register: api });
  const shown = [...(await api.getMetricsAsJSON()), ...(await worker.getMetricsAsJSON())];
  api.clear();
  const names = shown.flatMap(({ name, type }) =>
    String(type) === "histogram" ? ["bucket", "count", "sum"].map((part) => `${name}_${part}`) : [name],
  );
  return new Set([...OF_PROMETHEUS, ...names]);
}

/** The metrics an expression names: every word that is no function, no label, no text and no duration. */
export function metricsIn(expression: string): string[] {
  const bare = expression
    .replace(/"[^"]*"/g, "")
    .replace(/\{[^}]*\}|\[[^\]]*\]/g, "")
    .replace(/\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/g, "");
  const words = [...bare.matchAll(/(?<![\w.])([a-zA-Z_:][\w:]*)(?![\w:]*\s*\()/g)].map(([, word = ""]) => word);
  return words.filter((word) => !KEYWORDS.includes(word));
}

/** What promtool says, or undefined where there is none. */
export function promtool(cwd: string, ...words: readonly string[]): { readonly isWell: boolean; readonly said: string } | undefined {
  const { error, status, stdout, stderr } = spawnSync("promtool", words, { cwd, encoding: "utf8", timeout: 30_000 });
  if (error !== undefined && "code" in error && error.code === "ENOENT") return undefined;
  return { isWell: status === 0, said: stdout + stderr };
}
