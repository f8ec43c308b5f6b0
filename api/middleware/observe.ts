/** Around every call: its id, what all answers have in common, its time, its line in the log, and its span. */
import { randomUUID } from "node:crypto";
import type Koa from "koa";
import type { Logger } from "../../config/logger.ts";
import type { AddressLimitSettings } from "../../config/process-settings.ts";
import { NO_TRACER, type Span, type Tracer } from "../../config/tracing.ts";
import { clientAddress } from "../address.ts";
import { requestIdOf, traceparentOf } from "../headers.ts";
import type { ApiMetrics } from "../metrics.ts";

export interface State {
  requestId: string;
  /** Where it comes from, as far as that can be believed: see address.ts. */
  address: string;
  /** The trace context of what the call makes: its own span's, or the caller's where nothing is traced. */
  traceparent?: string | undefined;
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

const METHODS = ["GET", "HEAD", "POST", "PATCH", "PUT", "DELETE", "OPTIONS"];

export interface Observing {
  readonly logger: Logger;
  readonly metrics: ApiMetrics;
  readonly isDraining: () => boolean;
  readonly limits: Pick<AddressLimitSettings, "trustedProxies">;
  /** Where none is given, nothing is traced. */
  readonly tracer?: Tracer;
}

export function observe({ logger, metrics, isDraining, limits, tracer = NO_TRACER }: Observing) {
  const serve = async (context: Context, next: Koa.Next): Promise<void> => {
    const began = performance.now();
    const requestId = requestIdOf(context.headers) ?? randomUUID();
    context.state.requestId = requestId;
    context.state.address = clientAddress(context.socket.remoteAddress, context.headers["x-forwarded-for"], limits.trustedProxies);
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
  return (context: Context, next: Koa.Next): Promise<void> => {
    const parent = traceparentOf(context.headers);
    const attributes = { "url.scheme": context.protocol };
    return tracer.span("HTTP", { kind: "server", parent, attributes }, async (span) => {
      context.state.traceparent = span.traceparent ?? parent;
      await serve(context, next);
      describe(span, context);
    });
  };
}

/** By its route as it is written: addresses hold ids and tokens, and a method that nobody knows may be any text. */
function describe(span: Span, { method: asked, status, state: { route, requestId } }: Context): void {
  const method = METHODS.includes(asked) ? asked : undefined;
  span.rename([method ?? "HTTP", route].filter((part) => part !== undefined).join(" "));
  span.set({
    "http.request.method": method ?? "_OTHER",
    "http.route": route,
    "http.response.status_code": status,
    "milepost.http": requestId,
  });
  if (status >= 500) span.fail(String(status));
}
