/**
 * Named moments between two writes at which a test may have the process die, as a power cut would end it: nothing is
 * closed, nothing is said. Without the variable they do nothing.
 *
 *   MILEPOST_CRASH_AT=worker:after-history      the first time it comes there
 *   MILEPOST_CRASH_AT=worker:after-history:3    the third time
 *   MILEPOST_CRASH_AT=worker:after-history%0.1  each time with this probability
 */
import { ConfigError, type Environment, textOf } from "./environment.ts";

export const CRASH_POINTS = [
  "api:after-begin",
  "api:after-write",
  "api:after-start",
  "api:after-keep",
  "worker:before-history",
  "worker:after-history",
  "worker:after-success",
  "archive:after-page",
  "order:before-mark",
  "order:after-undo",
  "relay:before-start",
  "relay:after-start",
  "relay:after-count",
  "relay:after-keep",
  "dead-letters:after-keep",
  "dead-letters:after-answer",
  "redrive:after-put-back",
  "redrive:after-send",
] as const;

export type CrashPoint = (typeof CRASH_POINTS)[number];

interface Plan {
  readonly point: CrashPoint | undefined;
  /** Tells for each pass, numbered from 1, whether it is the last. */
  readonly isLast: (pass: number) => boolean;
}

let plan: Plan | undefined;
let passes = 0;

export function crashPoint(point: CrashPoint): void {
  plan ??= parsePlan(process.env);
  if (plan.point === point && plan.isLast(++passes)) process.kill(process.pid, "SIGKILL");
}

export function parsePlan(environment: Environment): Plan {
  const text = textOf(environment, "MILEPOST_CRASH_AT");
  if (text === undefined) return { point: undefined, isLast: () => false };
  const [, name, pass, chance] = /^([a-z-]+:[a-z-]+?)(?::([1-9][0-9]{0,8})|%(0|1|0?\.[0-9]+))?$/.exec(text) ?? [];
  const point = CRASH_POINTS.find((one) => one === name);
  if (point === undefined)
    throw new ConfigError(
      `MILEPOST_CRASH_AT must be a crash point, with ":pass" or "%probability" behind it, not ${JSON.stringify(text)}.`,
    );
  if (chance !== undefined) return { point, isLast: () => Math.random() < Number(chance) };
  return { point, isLast: (count) => count === Number(pass ?? 1) };
}
