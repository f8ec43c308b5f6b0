/** A note of what is running, for those who want to see or to play with it: the demo, the operator, tests. */
import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

const pid = z.int().positive();

const schema = z.object({
  /** The process that looks after the others. */
  pid,
  api: z.object({ pid, url: z.string() }),
  worker: z.object({ pid }),
  /** Not there where the endpoint is another's. */
  endpoint: z.object({ pid }).optional(),
  endpointUrl: z.string().optional(),
});

export type RunningSystem = z.infer<typeof schema>;

export function writeRunFile(directory: string, system: RunningSystem): void {
  const file = fileIn(directory);
  writeFileSync(`${file}.new`, `${JSON.stringify(system, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

export function removeRunFile(directory: string): void {
  rmSync(fileIn(directory), { force: true });
}

/**
 * The system that runs with this directory; a note that a killed one left behind is not taken for it. Its number may be
 * another process's by now, so one of those it looked after has to be there, too.
 */
export function readRunFile(directory: string): RunningSystem | undefined {
  const system = schema.safeParse(readNote(directory)).data;
  if (system === undefined || !isAlive(system.pid)) return undefined;
  return [system.api.pid, system.worker.pid].some(isAlive) ? system : undefined;
}

function readNote(directory: string): unknown {
  try {
    return JSON.parse(readFileSync(fileIn(directory), "utf8"));
  } catch {
    return undefined;
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

function fileIn(directory: string): string {
  return join(directory, "running.json");
}
