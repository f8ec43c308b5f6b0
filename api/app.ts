/**
 * The API as a Koa application. Around every call, from the outside in: its id and its line in the log; every error as
 * problem+json, or as a page; what is too much of one address, or of all; the route. Koa's own answers to errors, in plain text and
 * without our headers, are never reached.
 */
import Router from "@koa/router";
import Koa from "koa";
import type { Logger } from "../config/logger.ts";
import type { AddressLimitSettings } from "../config/process-settings.ts";
import type { Tracer } from "../config/tracing.ts";
import type { Concurrency } from "./concurrency.ts";
import type { ApiMetrics } from "./metrics.ts";
import { explain } from "./middleware/explain.ts";
import { limit } from "./middleware/limit.ts";
import { type Context, observe, type State } from "./middleware/observe.ts";
import { shed } from "./middleware/shed.ts";
import { isPage, type Operation, PAGE_TYPE, PROBLEM_TYPE } from "./operation.ts";
import { Problem } from "./problem.ts";
import { type ServeOptions, serve } from "./serve.ts";

export interface AppOptions extends ServeOptions {
  readonly operations: readonly Operation[];
  readonly logger: Logger;
  readonly metrics: ApiMetrics;
  readonly limits: AddressLimitSettings;
  readonly concurrency: Concurrency;
  readonly isDraining: () => boolean;
  readonly tracer?: Tracer;
}

/** What routes of pages are called, to be told from those of data. */
const PAGE = "page";

export function makeApp(options: AppOptions): Koa<State> {
  const app = new Koa<State>();
  // What fails is in our own log.
  app.silent = true;
  // One thing has one address.
  const router = new Router<State>({ sensitive: true, strict: true });
  for (const operation of options.operations) {
    const name = isPage(operation) ? PAGE : "data";
    router.register(operation.at.replace(/\{(\w+)\}/g, ":$1"), [operation.method], serve(options, operation), { name });
  }
  app.use(observe(options));
  app.use(explain(options.logger));
  app.use(tellPages(router));
  app.use(limit(options.limits, options.logger));
  app.use(shed(options.concurrency));
  app.use(router.routes());
  app.use(refuseUnknown);
  return app;
}

/** Tells from the start whether whoever calls looks at a page, so that a refusal is one too, wherever it is made. */
function tellPages(router: Router<State>) {
  return (context: Context, next: Koa.Next): Promise<void> => {
    if (context.accepts(PROBLEM_TYPE, PAGE_TYPE) === PAGE_TYPE) {
      const found = router.match(context.path, context.method).pathAndMethod;
      context.state.isPage = found.length === 0 || found.some(({ name }) => name === PAGE);
    }
    return next();
  };
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
