/**
 * How API and worker are run so that each stays small: `npm start` does so, and `npm run api` and `npm run worker` in
 * package.json do the same.
 */
import { join } from "node:path";

/** Where there is much memory, Node lets garbage lie for long. API and worker hold little at a time, so they clear up sooner. */
export const LEAN = ["--max-semi-space-size=4", "--max-old-space-size=96"] as const;

/**
 * What was compiled once need not be compiled at the next start, nor its types be taken out, which needs 20 MB by itself; and
 * one arena is enough for processes of one busy thread.
 */
export function leanVariables(directory: string): Record<string, string> {
  return { NODE_COMPILE_CACHE: join(directory, "compiled"), MALLOC_ARENA_MAX: "1" };
}
