/**
 * Limits what comes from one address, before anybody is asked who they are:
 *
 * - Whoever has shown credentials that are wrong too often is not heard with any, right or wrong, until some time has passed:
 *   nothing is compared, so nothing can be guessed. Calls without credentials go on.
 * - Where it is set, all calls of one address in a minute.
 *
 * Counted by each process for itself. Wrong ones are counted when they are answered, so as many as are under way at once
 * (`CALLS_AT_ONCE_MAX`) may be tried beyond the limit, once, and are waited for afterwards.
 */
import type Koa from "koa";
import type { Logger } from "../../config/logger.ts";
import type { AddressLimitSettings } from "../../config/process-settings.ts";
import { SIGN_IN_AT } from "../console/session.ts";
import { NEVER_LIMITED } from "../operation.ts";
import { Problem } from "../problem.ts";
import { TokenBuckets } from "../token-buckets.ts";
import type { Context } from "./observe.ts";

/** What in an address lets its bearer see something: a tracking token, a poll address's signature. */
const CREDENTIALS_IN_QUERY = ["t", "sig"] as const;
const WARNING = "too many wrong credentials from one address: they are not looked at for now";

export function limit(
  { failedCallsPerMinute, callsPerMinute }: Pick<AddressLimitSettings, "failedCallsPerMinute" | "callsPerMinute">,
  logger: Logger,
  clock?: () => number,
) {
  const failures = new TokenBuckets(failedCallsPerMinute, clock);
  const calls = callsPerMinute === 0 ? undefined : new TokenBuckets(callsPerMinute, clock);
  return async (context: Context, next: Koa.Next): Promise<void> => {
    if (NEVER_LIMITED.has(context.path)) return next();
    const { address } = context.state;
    if (calls !== undefined) {
      refuseWhereNoneIsLeft(calls, address, `At most ${callsPerMinute} calls a minute are taken from one address.`);
      calls.take(address);
    }
    const isTrying = showsCredentials(context);
    if (isTrying) {
      const why = `At most ${failedCallsPerMinute} calls a minute with wrong credentials are taken from one address.`;
      refuseWhereNoneIsLeft(failures, address, why);
    }
    let status = 500;
    try {
      await next();
      status = context.status;
    } catch (error) {
      if (error instanceof Problem) status = error.status;
      throw error;
    } finally {
      // Whoever shows none guesses none; and any page elsewhere can have a browser call without.
      if (isTrying && isFailure(status, context)) {
        failures.take(address);
        if (failures.secondsUntil(address) > 0) logger.warn({ http: context.state.requestId, address }, WARNING);
      }
    }
  };
}

function refuseWhereNoneIsLeft(buckets: TokenBuckets, address: string, why: string): void {
  const seconds = String(buckets.secondsUntil(address));
  if (seconds === "0") return;
  const limits = { "ratelimit-limit": String(buckets.perMinute), "ratelimit-remaining": "0", "ratelimit-reset": seconds };
  throw new Problem(429, why, { headers: { ...limits, "retry-after": seconds }, isPassing: true });
}

function showsCredentials(context: Context): boolean {
  const { authorization, cookie } = context.headers;
  return authorization !== undefined || cookie !== undefined || context.path === SIGN_IN_AT || hasCredentialInQuery(context);
}

function hasCredentialInQuery({ query }: Context): boolean {
  return CREDENTIALS_IN_QUERY.some((name) => query[name] !== undefined);
}

/** What is not there for whoever has its address without its token is not told from what is not there at all. */
function isFailure(status: number, context: Context): boolean {
  return status === 401 || status === 403 || (status === 404 && hasCredentialInQuery(context));
}
