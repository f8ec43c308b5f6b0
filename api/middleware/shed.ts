/**
 * Sheds what is too much: beyond so many calls at once the next is asked to come again, before anything is read or done for it.
 * What was taken on is answered in time, and memory has a limit, however many call.
 */
import type Koa from "koa";
import { unavailable } from "../problem.ts";
import type { Context } from "./observe.ts";

/** Ten times what is under way when the API is as busy as it can be. */
export const CALLS_AT_ONCE_MAX = 512;
const RETRY_SECONDS = 1;
/** Whoever asks whether the process lives must not be told that it does not. */
const ALWAYS = "/health";

export function shed(most = CALLS_AT_ONCE_MAX) {
  let underWay = 0;
  return async (context: Context, next: Koa.Next): Promise<void> => {
    if (context.path === ALWAYS) return next();
    if (underWay >= most) throw unavailable("Too many calls are under way: come again.", RETRY_SECONDS);
    underWay += 1;
    try {
      await next();
    } finally {
      underWay -= 1;
    }
  };
}
