/**
 * Serves one operation: whether the caller takes what is answered here, who calls, whether the body is one at all, the headers, the schemas; then the call itself, once for
 * each Idempotency-Key. The first of these that is not right is the answer, and nothing has happened by then.
 */
import { readBody } from "./body.ts";
import { assertMay, type Caller, callerOf, type Identities, nameOf } from "./caller.ts";
import { fetchSiteOf, idempotencyKeyOf, ifVersionOf, lastEventIdOf } from "./headers.ts";
import { answerOf, send } from "./middleware/explain.ts";
import type { Context } from "./middleware/observe.ts";
import { type OnceOptions, once } from "./once.ts";
import { type Access, acceptableOf, isWriting, type Operation, PAGE_TYPE, type PreparedCall } from "./operation.ts";
import { Problem } from "./problem.ts";

export interface ServeOptions extends OnceOptions {
  readonly identities: Identities;
  readonly bodyBytesMax: number;
}

export function serve(options: ServeOptions, operation: Operation) {
  const read = readBody(options.bodyBytesMax, operation.bodyAs);
  const takesKey = isWriting(operation);
  const acceptable = acceptableOf(operation);
  return async (context: Context & { params: unknown }): Promise<void> => {
    context.state.route = operation.at;
    const { headers } = context;
    const type = context.accepts(...acceptable);
    if (typeof type !== "string") throw new Problem(406, `Answers here are ${acceptable.join(" or ")}.`);
    if (acceptable.includes(PAGE_TYPE)) context.vary("Accept");
    const caller: Caller = isForAll(operation.access) ? { is: "anyone" } : await callerOf(headers, options.identities);
    context.state.caller = caller.is;
    assertMay(operation.access, caller);
    const prepared = operation.prepare({
      path: context.params,
      query: { ...context.query },
      body: operation.body === undefined ? undefined : await read(context),
      caller,
      ifVersion: takesKey ? ifVersionOf(headers) : undefined,
      traceparent: context.state.traceparent,
      requestId: context.state.requestId,
      type,
      lastEventId: lastEventIdOf(headers),
      address: context.state.address,
      cookies: headers.cookie,
      fetchSite: fetchSiteOf(headers),
    });
    const key = takesKey ? idempotencyKeyOf(headers) : undefined;
    const keyed = key === undefined ? undefined : { key, scope: scopeOf(operation, prepared, caller), content: prepared.content() };
    send(context, await once(options, keyed, prepared.run, (problem) => answerOf(problem, context)));
  };
}

/** Whether the header Authorization is not looked at. */
function isForAll(access: Access): boolean {
  return access === "public" || access === "session";
}

/** Whose key it is, and for what: elsewhere the same key is another. */
function scopeOf({ method, at }: Operation, { subject }: PreparedCall, caller: Caller): string {
  return `${nameOf(caller)} ${method} ${at} ${subject()}`;
}
