/**
 * Serves one operation: who calls, whether the body is one at all, the headers, the schemas; then the call itself, once for
 * each Idempotency-Key. The first of these that is not right is the answer, and nothing has happened by then.
 */
import { readBody } from "./body.ts";
import { isAdmin, refuseAnyone } from "./caller.ts";
import { idempotencyKeyOf, ifVersionOf, traceparentOf } from "./headers.ts";
import { answerOf, send } from "./middleware/explain.ts";
import type { Context } from "./middleware/observe.ts";
import { type OnceOptions, once } from "./once.ts";
import { isWriting, type Operation, type PreparedCall } from "./operation.ts";

export interface ServeOptions extends OnceOptions {
  readonly adminToken: string;
  readonly bodyBytesMax: number;
}

export function serve(options: ServeOptions, operation: Operation) {
  const read = readBody(options.bodyBytesMax);
  const takesKey = isWriting(operation);
  return async (context: Context & { params: unknown }): Promise<void> => {
    context.state.route = operation.at;
    const { headers } = context;
    const admin = operation.access !== "public" && isAdmin(headers, options.adminToken);
    if (operation.access === "admin" && !admin) refuseAnyone();
    const prepared = operation.prepare({
      path: context.params,
      query: { ...context.query },
      body: operation.body === undefined ? undefined : await read(context),
      isAdmin: admin,
      ifVersion: takesKey ? ifVersionOf(headers) : undefined,
      traceparent: traceparentOf(headers),
      requestId: context.state.requestId,
    });
    const key = takesKey ? idempotencyKeyOf(headers) : undefined;
    const keyed = key === undefined ? undefined : { key, scope: scopeOf(operation, prepared, admin), content: prepared.content() };
    send(context, await once(options, keyed, prepared.run, (problem) => answerOf(problem, context)));
  };
}

/** Whose key it is, and for what: elsewhere the same key is another. */
function scopeOf({ method, at }: Operation, { subject }: PreparedCall, isAdmin: boolean): string {
  return `${isAdmin ? "admin" : "anyone"} ${method} ${at} ${subject()}`;
}
