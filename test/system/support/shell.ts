import { execFile } from "node:child_process";
import { promisify } from "node:util";

const COMMAND_MS_MAX = 60_000;

/** Runs a line as a user would paste it, and gives what it prints. */
export async function sh(line: string, variables: Readonly<Record<string, string>> = {}): Promise<string> {
  const { stdout } = await promisify(execFile)("bash", ["-c", line], {
    timeout: COMMAND_MS_MAX,
    env: { ...process.env, ...variables },
  });
  return stdout;
}

/** What a line prints, as JSON. */
export async function shJson(line: string, variables: Readonly<Record<string, string>> = {}): Promise<Record<string, unknown>> {
  const value: unknown = JSON.parse(await sh(line, variables));
  if (typeof value !== "object" || value === null) throw new Error(`The answer is no object: ${String(value)}`);
  return { ...value };
}
