/**
 * The API as a Koa application. Around every call, from the outside in: its id and its line in the log; every error as
 * problem+json, Koa's own among them; the body's form; the route. Nothing it answers names what failed inside.
 */
import { randomUUID } from "node:crypto";
import Router from "@koa/router";
import Koa from "koa";
import type { Logger } from "../config/logger.ts";
import type { IdempotencyStore } from "../domain/idempotency.ts";
import { readBody, refuseUnreadable } from "./body.ts";
import { isAdmin, refuseAnyone } from "./caller.ts";
import { idempotencyKeyOf, ifVersionOf, requestIdOf, traceparentOf } from "./headers.ts";
import { once } from "./once.ts";
import type { Answer, Operation } from "./operation.ts";
import { isOutage } from "./outage.ts";
import { isProblemStatus, Problem, unavailable } from "./problem.ts";

export interface AppOptions {
  readonly operations: readonly Operation[];
  readonly adminToken: string;
  readonly idempotency: IdempotencyStore;
  /** The longest that a write may take. */
  readonly writeMsMax: number;
  readonly bodyBytesMax: number;
  readonly logger: Logger;
  readonly isDraining: () => boolean;
}

interface State {
  requestId: string;
  /** What the router had matched, for the log: addresses hold ids and tokens. */
  route?: string;
}

type Context = Koa.ParameterizedContext<State>;

const SECURITY = {
  "cache-control": "no-store",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
};

export function makeApp(options: AppOptions): Koa<State> {
  const app = new Koa<State>();
  app.silent = true;
  const router = new Router<State>();
  for (const operation of options.operations) {
    const path = operation.at.replace(/\{(\w+)\}/g, ":$1");
    router.register(path, [operation.method], (context) => serve(options, operation, context));
  }
  app.use((context, next) => observe(options, context, next));
  app.use((context, next) => explain(options, context, next));
  app.use(readBody(options.bodyBytesMax));
  app.use(router.routes());
  app.use(refuseUnknown);
  return app;
}

async function observe({ logger, isDraining }: AppOptions, context: Context, next: Koa.Next): Promise<void> {
  const began = performance.now();
  const requestId = requestIdOf(context.headers) ?? randomUUID();
  context.state.requestId = requestId;
  context.set({ "x-request-id": requestId, ...SECURITY });
  if (isDraining()) context.set("connection", "close");
  await next();
  const { method, status } = context;
  const route = context.state.route ?? "(none)";
  const ms = Math.round(performance.now() - began);
  const level = status >= 500 ? "warn" : "info";
  logger[level]({ http: requestId, ms }, `${method} ${route} ${status}`);
}

async function explain({ logger }: AppOptions, context: Context, next: Koa.Next): Promise<void> {
  try {
    if (context.accepts("application/json", "application/problem+json", "text/plain") === false)
      throw new Problem(406, "Answers are application/json; problems application/problem+json.");
    await next();
  } catch (error) {
    const problem = problemOf(error);
    if (problem.status >= 500) logger.error({ http: context.state.requestId, reason: String(error) }, "a call failed");
    send(context, asAnswer(problem, context));
  }
}

/** What a thrown error is to the caller: its own words where it is a Problem, and no words of ours where it is a mistake here. */
function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (isOutage(error)) return unavailable("What this depends on does not answer just now: try again.");
  if (error instanceof Error && "status" in error && typeof error.status === "number" && error.status < 500) {
    return new Problem(isProblemStatus(error.status) ? error.status : 400, error.message);
  }
  return new Problem(500, "Something failed here. The request id tells us what.");
}

async function serve(options: AppOptions, operation: Operation, context: Context & { params: unknown }): Promise<void> {
  context.state.route = operation.at;
  const { headers } = context;
  const admin = isAdmin(headers, options.adminToken);
  if (operation.access === "admin" && !admin) refuseAnyone();
  if (operation.body !== undefined) refuseUnreadable(context);
  const isWriting = operation.method !== "GET";
  const raw = {
    path: context.params,
    query: { ...context.query },
    body: context.request.body,
    isAdmin: admin,
    ifVersion: isWriting ? ifVersionOf(headers) : undefined,
    traceparent: traceparentOf(headers),
    requestId: context.state.requestId,
  };
  const unmarked = { recordId: "", changeId: "", triedSince: undefined, until: undefined };
  // Whatever is wrong with the call is said before its key is looked at: such an answer needs no keeping.
  const prepared = operation.prepare({ ...raw, mark: unmarked });
  if (!isWriting) return send(context, await prepared());
  const call = {
    key: idempotencyKeyOf(headers),
    scope: `${admin ? "admin" : "anyone"} ${context.method} ${context.path}`,
    content: JSON.stringify([raw.body, raw.ifVersion ?? null]),
  };
  const once_ = { store: options.idempotency, writeMsMax: options.writeMsMax, asAnswer: (problem: Problem) => asAnswer(problem, context) };
  send(context, await once(once_, call, (mark) => operation.prepare({ ...raw, mark })()));
}

function asAnswer(problem: Problem, context: Context): Answer {
  return {
    status: problem.status,
    body: problem.describe(context.path, context.state.requestId),
    headers: { ...problem.options.headers, "content-type": "application/problem+json; charset=utf-8" },
  };
}

function send(context: Context, { status, body, headers = {} }: Answer): void {
  context.status = status;
  context.body = typeof body === "string" ? body : JSON.stringify(body);
  context.type = typeof body === "string" ? "text/plain; charset=utf-8" : "application/json; charset=utf-8";
  context.set(headers);
}

/** Whatever reached this point has no route; where the address has others, their methods are named. */
function refuseUnknown(context: Context & { matched?: readonly { readonly methods: readonly string[] }[] }): void {
  const methods = [...new Set((context.matched ?? []).flatMap((layer) => layer.methods))];
  if (methods.length === 0) throw new Problem(404, "There is nothing at this address.");
  const allow = [...methods, "OPTIONS"].sort().join(", ");
  if (context.method === "OPTIONS") {
    context.status = 204;
    context.set("allow", allow);
    return;
  }
  throw new Problem(405, `Here the methods are ${allow}.`, { headers: { allow } });
}
