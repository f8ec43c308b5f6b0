/**
 * How API and worker are run so that each stays small: `npm start` does so, and `npm run api` and `npm run worker` in
 * package.json do the same.
 */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";

/**
 * Where there is much memory, Node lets garbage lie for long. API and worker hold little at a time, so they clear up sooner;
 * the worker, which is the smaller, less often: with 8 MB instead of 4 it does 3 to 8 % more, and takes 8 MB more.
 */
export const LEAN = { api: lean(4), worker: lean(8) };

function lean(semiSpaceMb: number): readonly string[] {
  return [`--max-semi-space-size=${semiSpaceMb}`, "--max-old-space-size=96"];
}

/**
 * What was compiled once need not be compiled at the next start, nor its types be taken out, which needs 20 MB by itself; and
 * one arena is enough for processes of one busy thread.
 */
export function leanVariables(directory: string) {
  return { NODE_COMPILE_CACHE: join(directory, "compiled"), MALLOC_ARENA_MAX: "1" };
}

const COMPILE_MS_MAX = 20_000;

/** Before the first start: has all compiled by a process that ends. Where that fails, API and worker compile for themselves. */
export async function compileOnce(directory: string): Promise<void> {
  const variables = leanVariables(directory);
  if (existsSync(variables.NODE_COMPILE_CACHE)) return;
  const script = join(import.meta.dirname, "compile.ts");
  const compiling = spawn(process.execPath, [...LEAN.api, script], {
    env: { ...process.env, ...variables },
    stdio: "ignore",
    timeout: COMPILE_MS_MAX,
  });
  await new Promise<void>((resolve) => {
    compiling.once("error", () => resolve());
    compiling.once("exit", () => resolve());
  });
}
