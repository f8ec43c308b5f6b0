/**
 * The log of a process: one event, one line of JSON on standard output. What would let its reader act for somebody (tokens,
 * task tokens, authorization headers, addresses with a tracking token) is masked wherever it is named so.
 */
import { type Logger, pino } from "pino";
import type { Settings } from "./settings.ts";

export type { Logger };

const SECRET_NAMES = ["authorization", "cookie", "token", "taskToken", "adminToken", "appSecret", "trackingUrl", "password"];

/** pino masks by path: at the top, one level down, and two. */
const REDACTED = SECRET_NAMES.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]);

export function makeLogger(service: "api" | "worker", { env, logLevel }: Pick<Settings, "env" | "logLevel">): Logger {
  return pino({
    level: logLevel,
    base: { service, env, pid: process.pid },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label) => ({ level: label }) },
    redact: { paths: REDACTED, censor: "[masked]" },
  });
}
