import { setTimeout as sleep } from "node:timers/promises";
import type { CrashPoint } from "../../../config/crash-points.ts";
import type { ManagedProcess } from "../../support/managed-process.ts";
import { CHAOS_STACK } from "./stack.ts";

/** Gives up on a point that is never reached, so that the test fails and does not hang. */
const STUCK_MS_MAX = 60_000;

/** Points that are come to only where something has failed before; a test of their own sees to that. */
export const POINTS_AT_FAILURES = [
  "relay:after-count",
  "relay:after-keep",
  "redrive:after-put-back",
  "redrive:after-send",
] as const satisfies readonly CrashPoint[];

/** How often a process dies at each point. */
export const TIMES = Number(process.env.MILEPOST_CHAOS_CRASHES ?? 10);

/** The chaos stack, its workers polling anew more often, since so many of them die. */
export const CRASHING_STACK = { ...CHAOS_STACK, POLL_SECONDS: "2" };

/**
 * Has processes die at a point again and again, each started anew whenever it did, until they have died so often in all;
 * then they run without it. Tells how often they did die.
 */
export async function dieAt(point: CrashPoint, chance: number, processes: readonly ManagedProcess[], times: number): Promise<number> {
  let died = 0;
  let lastAt = performance.now();
  const dying = { MILEPOST_CRASH_AT: `${point}%${chance}` };
  const isOver = () => died >= times || performance.now() - lastAt > STUCK_MS_MAX;
  const keep = async (one: ManagedProcess) => {
    await one.kill();
    while (!isOver()) {
      // It may die before it is ready, which counts as well.
      const started = one.start(dying).catch(() => undefined);
      await Promise.race([one.ended(), over(isOver)]);
      await started;
      if (one.isRunning()) break;
      if (one.endedBy !== "SIGKILL") throw new Error(`It did not die at ${point}, but ended by itself:\n${one.lastWords()}`);
      died++;
      lastAt = performance.now();
    }
    await one.kill();
    await one.start();
  };
  await Promise.all(processes.map(keep));
  return died;
}

async function over(isOver: () => boolean): Promise<void> {
  while (!isOver()) await sleep(20);
}
