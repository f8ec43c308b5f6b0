/**
 * Removes expired rows now and then, where DynamoDB does not do so itself. Readers ignore them anyway, so it is only about
 * room; several workers begin at different moments, and where one has swept the next finds little.
 */
import type { Logger } from "../config/logger.ts";
import { sweepExpired } from "../domain/sweep.ts";
import type { Counters } from "./counters.ts";
import { Loop } from "./loop.ts";

export interface SweepLoopOptions {
  readonly tables: readonly Parameters<typeof sweepExpired>[0][];
  readonly logger: Logger;
  readonly counters: Counters;
  readonly random: () => number;
}

const PAUSE_MS = 3_600_000;

export function sweepLoop({ tables, logger, counters, random }: SweepLoopOptions): Loop {
  const round = async () => {
    for (const table of tables) counters.add("worker_swept_total", await sweepExpired(table));
    return PAUSE_MS;
  };
  return new Loop({ name: "sweep", round, firstPauseMs: PAUSE_MS * random(), logger, random });
}
