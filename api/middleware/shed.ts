/**
 * Sheds what is too much: beyond as many calls at once as are answered in good time (see concurrency.ts) the next is asked to come
 * again, before anything is read or done for it. What was taken on is answered in time, and memory has a limit, however many call.
 * Where there are a great many, most are turned away at the door already (see door.ts).
 */
import type Koa from "koa";
import { ALWAYS_ANSWERED, type Concurrency } from "../concurrency.ts";
import { tooMany } from "../problem.ts";
import type { Context } from "./observe.ts";

export function shed(concurrency: Concurrency) {
  return async (context: Context, next: Koa.Next): Promise<void> => {
    if (context.path === ALWAYS_ANSWERED) return next();
    if (!concurrency.take()) throw tooMany();
    const began = performance.now();
    try {
      await next();
    } finally {
      concurrency.giveBack(performance.now() - began);
    }
  };
}
