import { type Logger, pino } from "pino";

/** A logger whose lines a test reads, as the process would have written them. */
export interface CapturedLog {
  readonly logger: Logger;
  readonly lines: readonly Record<string, unknown>[];
  readonly messages: readonly string[];
}

export function captureLog(): CapturedLog {
  const lines: Record<string, unknown>[] = [];
  const logger = pino({ level: "debug" }, { write: (line: string) => void lines.push({ ...JSON.parse(line) }) });
  return {
    logger,
    lines,
    get messages() {
      return lines.map(({ msg }) => String(msg));
    },
  };
}
