import { parseArgs } from "node:util";
import { messageOf } from "../config/message-of.ts";
import { StartError } from "./datadir.ts";

export interface Options {
  readonly port: number;
  readonly directory: string;
  readonly retentionDays: number;
}

const DEFAULTS = { port: "4566", data: ".milepost/endpoint", retentionDays: "30" };

const USAGE = `Usage: npm run local -- [--port 4566] [--data .milepost/endpoint] [--retention-days 30]
  --port            the port on 127.0.0.1 (also PORT)
  --data            the directory all state lives in (also MILEPOST_DATA)
  --retention-days  how long finished executions are kept (also MILEPOST_RETENTION_DAYS)`;

/** The command line wins over the environment, and that over the defaults. */
export function readOptions(argv: readonly string[], environment: NodeJS.ProcessEnv): Options | "help" {
  const values = parse(argv);
  if (values.help === true) return "help";
  return {
    port: numberWithin("--port (or PORT)", values.port ?? environment.PORT ?? DEFAULTS.port, 0, 65_535, Number.isInteger),
    directory: named(values.data ?? environment.MILEPOST_DATA ?? DEFAULTS.data),
    retentionDays: numberWithin(
      "--retention-days (or MILEPOST_RETENTION_DAYS)",
      values["retention-days"] ?? environment.MILEPOST_RETENTION_DAYS ?? DEFAULTS.retentionDays,
      0,
      36_500,
      Number.isFinite,
    ),
  };
}

export function usage(): string {
  return USAGE;
}

interface Flags {
  port?: string | undefined;
  data?: string | undefined;
  "retention-days"?: string | undefined;
  help?: boolean | undefined;
}

function parse(argv: readonly string[]): Flags {
  const options = {
    port: { type: "string" },
    data: { type: "string" },
    "retention-days": { type: "string" },
    help: { type: "boolean", short: "h" },
  } as const;
  try {
    return parseArgs({ args: [...argv], options }).values;
  } catch (error) {
    throw new StartError(`${messageOf(error)}\n${USAGE}`);
  }
}

/** An empty name is a variable that is not set; taken at its word it would be the directory the command is run in. */
function named(directory: string): string {
  if (directory.trim() === "") throw new StartError("--data (or MILEPOST_DATA) must name a directory; it is empty.");
  return directory;
}

function numberWithin(name: string, text: string, least: number, most: number, fits: (value: number) => boolean): number {
  const value = Number(text);
  if (text.trim() === "" || !fits(value) || value < least || value > most) {
    throw new StartError(`${name} must be a number from ${least} to ${most}, not ${JSON.stringify(text)}.`);
  }
  return value;
}
