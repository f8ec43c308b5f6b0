/**
 * Turns away at the door what there is no room for: a few microseconds a call, where a line in the log for each, a span and an
 * id would take the time of those that are taken on. How many they were is in the log each second, and counted.
 */
import { randomUUID } from "node:crypto";
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import type { Logger } from "../config/logger.ts";
import { ALWAYS_ANSWERED, type Concurrency } from "./concurrency.ts";
import { requestIdOf } from "./headers.ts";
import type { ApiMetrics } from "./metrics.ts";
import { SECURITY } from "./middleware/observe.ts";
import { PROBLEM_TYPE } from "./operation.ts";
import { tooMany } from "./problem.ts";

export interface Door {
  readonly concurrency: Concurrency;
  readonly metrics: ApiMetrics;
  readonly logger: Logger;
}

const TOLD_EVERY_MS = 1_000;

export function guarded(listener: RequestListener, { concurrency, metrics, logger }: Door): RequestListener {
  let untold = 0;
  const tell = () => {
    logger.warn({ calls: untold }, "calls were turned away: too many are under way");
    untold = 0;
  };
  return (request, response) => {
    if (request.url === ALWAYS_ANSWERED || concurrency.hasRoom()) return listener(request, response);
    if (untold === 0) setTimeout(tell, TOLD_EVERY_MS).unref();
    untold += 1;
    metrics.turnedAway();
    turnAway(request, response);
  };
}

function turnAway(request: IncomingMessage, response: ServerResponse): void {
  const problem = tooMany();
  const requestId = requestIdOf(request.headers) ?? randomUUID();
  const [path = ""] = (request.url ?? "").split("?");
  const body = JSON.stringify(problem.describe(path, requestId));
  response.writeHead(problem.status, {
    "x-request-id": requestId,
    ...SECURITY,
    ...problem.options.headers,
    "content-type": `${PROBLEM_TYPE}; charset=utf-8`,
    "content-length": Buffer.byteLength(body),
  });
  response.end(request.method === "HEAD" ? undefined : body);
}
