import { setTimeout as sleep } from "node:timers/promises";
import type { CrashPoint } from "../../../config/crash-points.ts";
import type { ManagedProcess } from "../../support/managed-process.ts";

/** Gives up on a point that is never reached, so that the test fails and does not hang. */
const STUCK_MS_MAX = 60_000;

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
