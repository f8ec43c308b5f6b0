/**
 * Sheds what is too much: beyond as many calls at once as are answered in good time (see concurrency.ts) the next is asked to come
 * again, before anything is read or done for it. What was taken on is answered in time, and memory has a limit, however many call.
 */
import type Koa from "koa";
import { Concurrency, type ConcurrencyOptions } from "../concurrency.ts";
import { unavailable } from "../problem.ts";
import type { Context } from "./observe.ts";

/** Never more, however quick they are: each holds memory until it is answered. */
export const CALLS_AT_ONCE_MAX = 512;
/** So many are taken on, however long they take: services may be slow without being busy. */
const CALLS_AT_ONCE_MIN = 32;
const LIMITS: ConcurrencyOptions = {
  least: CALLS_AT_ONCE_MIN,
  first: 128,
  most: CALLS_AT_ONCE_MAX,
  targetMs: 50,
  clock: () => performance.now(),
};
const RETRY_SECONDS = 1;
/** Whoever asks whether the process lives must not be told that it does not. */
const ALWAYS = "/health";

export function shed(limits: Partial<ConcurrencyOptions> = {}) {
  const options = { ...LIMITS, ...limits };
  const concurrency = new Concurrency(options);
  return async (context: Context, next: Koa.Next): Promise<void> => {
    if (context.path === ALWAYS) return next();
    if (!concurrency.take()) throw unavailable("Too many calls are under way: come again.", RETRY_SECONDS);
    const began = options.clock();
    try {
      await next();
    } finally {
      concurrency.giveBack(options.clock() - began);
    }
  };
}
