/** Around every call: its id, what all answers have in common, and its line in the log. */
import { randomUUID } from "node:crypto";
import type Koa from "koa";
import type { Logger } from "../../config/logger.ts";
import { requestIdOf } from "../headers.ts";

export interface State {
  requestId: string;
  /** What the router had matched, for the log: addresses hold ids and tokens. */
  route?: string;
}

export type Context = Koa.ParameterizedContext<State>;

/** What every answer has beside the call's id. */
export const SECURITY = {
  "cache-control": "no-store",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
};

export function observe(logger: Logger, isDraining: () => boolean) {
  return async (context: Context, next: Koa.Next): Promise<void> => {
    const began = performance.now();
    const requestId = requestIdOf(context.headers) ?? randomUUID();
    context.state.requestId = requestId;
    context.set({ "x-request-id": requestId, ...SECURITY });
    await next();
    // A connection is kept for further calls unless there will be nobody to take them.
    if (isDraining()) context.set("connection", "close");
    const { method, status } = context;
    const level = status >= 500 ? "warn" : "info";
    const ms = Math.round(performance.now() - began);
    logger[level]({ http: requestId, ms }, `${method} ${context.state.route ?? "(none)"} ${status}`);
  };
}
