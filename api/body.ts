/** What a body must be before anything in it is looked at: JSON in UTF-8 (or a page's form), of a bounded size. */
import type Koa from "koa";
import bodyParser from "koa-bodyparser";
import { FORM_TYPE } from "./operation.ts";
import { Problem } from "./problem.ts";

/** What a decoder leaves where bytes were no UTF-8. */
const REPLACEMENT = "\ufffd";

/** Reads the body of a call to an operation that takes one. */
export function readBody(bytesMax: number, bodyAs: "json" | "form" = "json"): (context: Koa.Context) => Promise<unknown> {
  const limit = `${bytesMax}b`;
  const parse = bodyParser({
    enableTypes: [bodyAs],
    jsonLimit: limit,
    formLimit: limit,
    strict: true,
    onerror: (error) => refuse(error, bytesMax, bodyAs),
  });
  const [type, called] = bodyAs === "form" ? [FORM_TYPE, "a form"] : ["application/json", "JSON"];
  return async (context) => {
    const { request } = context;
    // Told by its type before its bytes are waited for. A call without a body is one with nothing in it.
    const isEmpty = request.get("content-length") === "0";
    if ((!isEmpty && request.is(type) === false) || !/^(utf-?8)?$/i.test(request.charset))
      throw new Problem(415, `The body must be ${called} in UTF-8: send the header Content-Type: ${type}.`);
    await parse(context, async () => undefined);
    if (String(request.rawBody).includes(REPLACEMENT)) {
      throw new Problem(400, "The body is not valid UTF-8, or has the character U+FFFD, which stands for that.", {
        errors: [{ field: "/", rule: "utf-8", message: "must be UTF-8" }],
      });
    }
    return request.body;
  };
}

function refuse(error: Error, bytesMax: number, bodyAs: string): never {
  const status = "status" in error ? error.status : undefined;
  if (status === 413) throw new Problem(413, `A body has at most ${bytesMax} bytes.`, { headers: { connection: "close" } });
  if (status === 415) throw new Problem(415, "The body's Content-Encoding must be gzip, deflate, br or none.");
  const called = bodyAs === "form" ? "a form" : "JSON";
  throw new Problem(400, `The body is not ${called}: ${error.message}`, {
    errors: [{ field: "/", rule: bodyAs, message: `must be ${called}` }],
  });
}
