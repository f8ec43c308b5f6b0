/**
 * The log of a process: one event, one line of JSON on standard output. What would let its reader act for somebody (tokens,
 * task tokens, authorization headers, addresses with a tracking token) is masked wherever it is named so, and in every text
 * that is part of a line; so are the secrets that the process was given, wherever they stand.
 */
import { type Logger, pino, stdSerializers } from "pino";
import { maskerOf, maskNamed, secretsIn, textsIn } from "./masking.ts";
import type { Settings } from "./settings.ts";

export type { Logger };

/** JSON may have these as they are, but terminals obey some of them, and others end a line for some readers. */
const UNSAFE = /[\x7f-\x9f\u2028\u2029]/g;

/** @param secrets what the process has beside its settings that no line may hold */
export function makeLogger(service: "api" | "worker", settings: Settings, secrets: object = {}): Logger {
  const mask = maskerOf([...secretsIn(settings), ...textsIn(secrets)]);
  const options = {
    level: settings.logLevel,
    base: { service, env: settings.env, pid: process.pid },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    // Not by pino's own redaction, which takes ten times as long as all else that is done for a line.
    formatters: { level: (label: string) => ({ level: label }), log: maskNamed },
    // What goes by this name and is no error has been masked with the other fields.
    serializers: { err: (error: unknown) => (error instanceof Error ? maskNamed(stdSerializers.err(error)) : error) },
    hooks: { streamWrite: (line: string) => mask(line).replace(UNSAFE, escaped) },
  };
  // pino's own way to write tries for ever where nobody reads any more, so a process whose parent was killed would not end.
  process.stdout.on("error", () => {});
  const logger = pino(options, process.stdout);
  const { child } = logger;
  // A formatter of bindings is not asked where a child is made.
  const masking = function (this: Logger, bindings: object, ...more: unknown[]): unknown {
    return Reflect.apply(child, this, [maskNamed(bindings), ...more]);
  };
  Object.defineProperty(logger, "child", { value: masking });
  return logger;
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
