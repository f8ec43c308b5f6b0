/**
 * The log of a process: one event, one line of JSON on standard output. What would let its reader act for somebody (tokens,
 * task tokens, authorization headers, addresses with a tracking token) is masked wherever it is named so, and in every text
 * that is part of a line; so are the secrets that the process was given, wherever they stand.
 */
import { type Logger, pino } from "pino";
import { maskerOf, secretsIn, textsIn } from "./masking.ts";
import type { Settings } from "./settings.ts";

export type { Logger };

const SECRET_NAMES = [
  ...["authorization", "cookie", "password", "secret", "token", "access_token", "taskToken", "trackingUrl", "poll_url"],
  ...["adminToken", "adminTokens", "appSecrets", "jwtSecrets"],
];

/** pino masks by path: at the top, one level down, and two. */
const REDACTED = SECRET_NAMES.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]);

/** JSON may have these as they are, but terminals obey some of them, and others end a line for some readers. */
const UNSAFE = /[\x7f-\x9f\u2028\u2029]/g;

/** @param secrets what the process has beside its settings that no line may hold */
export function makeLogger(service: "api" | "worker", settings: Settings, secrets: object = {}): Logger {
  const mask = maskerOf([...secretsIn(settings), ...textsIn(secrets)]);
  const options = {
    level: settings.logLevel,
    base: { service, env: settings.env, pid: process.pid },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: { paths: REDACTED, censor: "[masked]" },
    hooks: { streamWrite: (line: string) => mask(line).replace(UNSAFE, escaped) },
  };
  // pino's own way to write tries for ever where nobody reads any more, so a process whose parent was killed would not end.
  process.stdout.on("error", () => {});
  return pino(options, process.stdout);
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
