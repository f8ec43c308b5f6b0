/**
 * Every error becomes problem+json here (a page for whoever looks at one), and only here: a Problem in its own words, a dependency that does not answer as one
 * that will again, and a mistake of ours without any of its words, which are in the log under the request's id.
 */
import { Readable } from "node:stream";
import type Koa from "koa";
import type { Logger } from "../../config/logger.ts";
import { type Answer, PROBLEM_TYPE } from "../operation.ts";
import { isOutage } from "../outage.ts";
import { problemPage } from "../pages/problem.ts";
import { Problem, unavailable } from "../problem.ts";
import type { Context } from "./observe.ts";

export function explain(logger: Logger) {
  return async (context: Context, next: Koa.Next): Promise<void> => {
    try {
      await next();
    } catch (error) {
      const problem = problemOf(error);
      if (problem !== error) logger.error({ http: context.state.requestId, reason: reasonOf(error) }, "a call failed");
      send(context, answerOf(problem, context));
    }
  };
}

function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (isOutage(error)) return unavailable("What this depends on does not answer just now: try again.");
  return new Problem(500, "Something failed here. The request id tells us what.");
}

/** An outage is told by its name; a mistake of ours needs the place where it was made. */
function reasonOf(error: unknown): string {
  return error instanceof Error && !isOutage(error) ? (error.stack ?? String(error)) : String(error);
}

export function answerOf(problem: Problem, context: Context): Answer {
  if (context.state.isPage) return problemPage(problem, context.state.requestId, context.state.route ?? context.path);
  return {
    status: problem.status,
    body: problem.describe(context.path, context.state.requestId),
    headers: { ...problem.options.headers, "content-type": `${PROBLEM_TYPE}; charset=utf-8` },
  };
}

export function send(context: Context, { status, body, headers = {} }: Answer): void {
  const isText = typeof body === "string";
  if (body === undefined) context.body = null;
  else if (body instanceof Readable) context.body = body;
  else {
    context.body = isText ? body : JSON.stringify(body);
    context.type = isText ? "text/plain; charset=utf-8" : "application/json; charset=utf-8";
  }
  // After the body, since Koa takes no body for 204.
  context.status = status;
  context.set(headers);
}
