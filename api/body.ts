/** What a body must be before anything in it is looked at: JSON in UTF-8, of a bounded size, an object. */
import type Koa from "koa";
import bodyParser from "koa-bodyparser";
import { Problem } from "./problem.ts";

/** What a decoder leaves where bytes were no UTF-8. */
const REPLACEMENT = "\ufffd";

export function readBody(bytesMax: number): Koa.Middleware {
  return bodyParser({
    enableTypes: ["json"],
    jsonLimit: `${bytesMax}b`,
    strict: true,
    onerror: (error) => {
      if ("status" in error && error.status === 413)
        throw new Problem(413, `A body has at most ${bytesMax} bytes.`, { headers: { connection: "close" } });
      if ("status" in error && error.status === 415)
        throw new Problem(415, "The body is compressed, or written, in a way that is not known here.");
      throw new Problem(400, `The body is not valid JSON: ${error.message}`, {
        errors: [{ field: "/", rule: "json", message: "must be a JSON object" }],
      });
    },
  });
}

/** For operations that take a body: refuses one in another form than JSON, and bytes that are no text. */
export function refuseUnreadable(context: Koa.Context): void {
  const { request } = context;
  if (request.is("application/json") === false || !/^(utf-?8)?$/i.test(request.charset))
    throw new Problem(415, "The body must be JSON in UTF-8: send the header Content-Type: application/json.");
  if (typeof request.rawBody === "string" && request.rawBody.includes(REPLACEMENT)) {
    throw new Problem(400, "The body is not valid UTF-8, or has the character U+FFFD, which stands for that.", {
      errors: [{ field: "/", rule: "utf-8", message: "must be UTF-8" }],
    });
  }
}
