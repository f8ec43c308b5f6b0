/** The request headers that mean something to every operation. */
import type { IncomingHttpHeaders } from "node:http";
import { invalid } from "./problem.ts";

const REQUEST_ID = /^[A-Za-z0-9._~:+/=-]{1,128}$/;
/** A version other than ff, two ids that are not all zeros, flags: as W3C's Trace Context has it. */
const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;
const ETAG = /^"([1-9][0-9]{0,8})"$/;
const KEY = /^[\x21-\x7e]{1,255}$/;
/** A string as structured fields have it: in quotes, with \" and \\ inside. */
const QUOTED_KEY = /^"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\]){1,255})"$/;

/** The caller's own id for the call, if it is one that can be logged. */
export function requestIdOf(headers: IncomingHttpHeaders): string | undefined {
  const id = headers["x-request-id"];
  return typeof id === "string" && REQUEST_ID.test(id) ? id : undefined;
}

/** Whoever sends none that is well formed is not told so: tracing must not break calls. */
export function traceparentOf({ traceparent }: IncomingHttpHeaders): string | undefined {
  return typeof traceparent === "string" && TRACEPARENT.test(traceparent) ? traceparent : undefined;
}

/** What a browser has had of a stream that broke off; anything else that is called so is as if it were not there. */
export function lastEventIdOf(headers: IncomingHttpHeaders): string | undefined {
  const id = headers["last-event-id"];
  return typeof id === "string" && REQUEST_ID.test(id) ? id : undefined;
}

export function fetchSiteOf(headers: IncomingHttpHeaders): string | undefined {
  const site = headers["sec-fetch-site"];
  return typeof site === "string" ? site : undefined;
}

/** The version that If-Match asks for; undefined where it asks for any. */
export function ifVersionOf(headers: IncomingHttpHeaders): number | undefined {
  const wanted = headers["if-match"]?.trim();
  if (wanted === undefined || wanted === "*") return undefined;
  const version = ETAG.exec(wanted)?.[1];
  if (version === undefined)
    throw invalid([{ field: "If-Match", rule: "format", message: 'must be one ETag as it was given, like "3" with its quotes, or *' }]);
  return Number(version);
}

export function idempotencyKeyOf(headers: IncomingHttpHeaders): string | undefined {
  const given = headers["idempotency-key"];
  if (given === undefined) return undefined;
  const text = typeof given === "string" ? given.trim() : "";
  const quoted = QUOTED_KEY.exec(text)?.[1]?.replace(/\\(["\\])/g, "$1");
  if (quoted !== undefined) return quoted;
  if (!KEY.test(text) || text.startsWith('"'))
    throw invalid([{ field: "Idempotency-Key", rule: "format", message: "must be 1 to 255 visible ASCII characters" }]);
  return text;
}
