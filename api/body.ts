/** What a body must be before anything in it is looked at: JSON in UTF-8, of a bounded size. */
import type Koa from "koa";
import bodyParser from "koa-bodyparser";
import { Problem } from "./problem.ts";

/** What a decoder leaves where bytes were no UTF-8. */
const REPLACEMENT = "\ufffd";

/** Reads the body of a call to an operation that takes one. */
export function readBody(bytesMax: number): (context: Koa.Context) => Promise<unknown> {
  const parse = bodyParser({ enableTypes: ["json"], jsonLimit: `${bytesMax}b`, strict: true, onerror: (error) => refuse(error, bytesMax) });
  return async (context) => {
    const { request } = context;
    // Told by its type before its bytes are waited for. A call without a body is one with nothing in it.
    const isEmpty = request.get("content-length") === "0";
    if ((!isEmpty && request.is("application/json") === false) || !/^(utf-?8)?$/i.test(request.charset))
      throw new Problem(415, "The body must be JSON in UTF-8: send the header Content-Type: application/json.");
    await parse(context, async () => undefined);
    if (String(request.rawBody).includes(REPLACEMENT)) {
      throw new Problem(400, "The body is not valid UTF-8, or has the character U+FFFD, which stands for that.", {
        errors: [{ field: "/", rule: "utf-8", message: "must be UTF-8" }],
      });
    }
    return request.body;
  };
}

function refuse(error: Error, bytesMax: number): never {
  const status = "status" in error ? error.status : undefined;
  if (status === 413) throw new Problem(413, `A body has at most ${bytesMax} bytes.`, { headers: { connection: "close" } });
  if (status === 415) throw new Problem(415, "The body's Content-Encoding must be gzip, deflate, br or none.");
  throw new Problem(400, `The body is not valid JSON: ${error.message}`, {
    errors: [{ field: "/", rule: "json", message: "must be JSON" }],
  });
}
