/** Around every call: its id, what all answers have in common, its time, and its line in the log. */
import { randomUUID } from "node:crypto";
import type Koa from "koa";
import type { Logger } from "../../config/logger.ts";
import { requestIdOf } from "../headers.ts";
import type { ApiMetrics } from "../metrics.ts";

export interface State {
  requestId: string;
  /** What the router had matched, for the log: addresses hold ids and tokens. */
  route?: string;
  /** Whether the answer is a page: so is a refusal then. */
  isPage?: boolean;
  /** What kind of caller it was, once that is known: not which, since logs are read by many. */
  caller?: string;
}

export type Context = Koa.ParameterizedContext<State>;

/** What every answer has beside the call's id. */
export const SECURITY = {
  "cache-control": "no-store",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "cross-origin-resource-policy": "same-origin",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
};

export interface Observing {
  readonly logger: Logger;
  readonly metrics: ApiMetrics;
  readonly isDraining: () => boolean;
}

export function observe({ logger, metrics, isDraining }: Observing) {
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
    const ms = performance.now() - began;
    const route = context.state.route ?? "(none)";
    metrics.called(method, route, status, ms);
    const caller = context.state.caller ?? "unknown";
    logger[level]({ http: requestId, ms: Math.round(ms), caller }, `${method} ${route} ${status}`);
  };
}
