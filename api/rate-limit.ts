/** A limit as callers meet it: headers that tell how much is left, and a 429 where nothing is. */
import { count, type Limit, type RateStore } from "../domain/rate-limit.ts";
import { Problem } from "./problem.ts";

/** Counts a call of somebody, and gives the headers of its answer; a Problem where it is one too many. */
export type RateLimit = (who: string) => Promise<Readonly<Record<string, string>>>;

export function rateLimit(store: RateStore, limit: Limit): RateLimit {
  return async (who) => {
    const { isAllowed, remaining, resetSeconds } = await count(store, limit, who);
    const headers = {
      "ratelimit-limit": String(limit.perMinute),
      "ratelimit-remaining": String(remaining),
      "ratelimit-reset": String(resetSeconds),
    };
    if (isAllowed) return headers;
    throw new Problem(429, `At most ${limit.perMinute} ${limit.name} a minute are taken from one user.`, {
      headers: { ...headers, "retry-after": String(resetSeconds) },
      isPassing: true,
    });
  };
}
