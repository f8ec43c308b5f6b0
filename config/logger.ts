/**
 * The log of a process: one event, one line of JSON on standard output. What would let its reader act for somebody (tokens,
 * task tokens, authorization headers, addresses with a tracking token) is masked wherever it is named so.
 */
import { type Logger, pino } from "pino";
import type { Settings } from "./settings.ts";

export type { Logger };

const SECRET_NAMES = [
  ...["authorization", "cookie", "password", "secret", "token", "access_token", "taskToken", "trackingUrl", "poll_url"],
  ...["adminToken", "adminTokens", "appSecrets", "jwtSecrets"],
];

/** pino masks by path: at the top, one level down, and two. */
const REDACTED = SECRET_NAMES.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]);

export function makeLogger(service: "api" | "worker", { env, logLevel }: Pick<Settings, "env" | "logLevel">): Logger {
  const options = {
    level: logLevel,
    base: { service, env, pid: process.pid },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: { paths: REDACTED, censor: "[masked]" },
  };
  // pino's own way to write tries for ever where nobody reads any more, so a process whose parent was killed would not end.
  process.stdout.on("error", () => {});
  return pino(options, process.stdout);
}
