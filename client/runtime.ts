/**
 * What the client's methods have in common: one call over `fetch`, with a limit of time. It needs nothing but what browsers and
 * Node bring, so the two files of this folder can be copied anywhere.
 */

export interface ClientOptions {
  /** Where the API is, as "http://localhost:8080". */
  readonly url: string;
  /** The administrator's token or a user's; without it calls are anyone's. */
  readonly token?: string;
  /** How long a call may take, in milliseconds (30,000). */
  readonly timeoutMs?: number;
}

export interface CallOptions {
  /** Makes a call that is repeated under the same key one call. */
  readonly idempotencyKey?: string;
  /** The etag of the version that is to be changed. */
  readonly ifMatch?: string;
  readonly requestId?: string;
  readonly traceparent?: string;
}

export interface Answer<Body> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
}

export interface CallInput {
  readonly path?: object | undefined;
  readonly query?: object | undefined;
  readonly body?: unknown;
}

/** A refusal, as RFC 9457 has it: `problem` says what is wrong, and which rule it breaks. */
export class MilepostError extends Error {
  override readonly name = "MilepostError";
  readonly status: number;
  readonly headers: Headers;
  readonly problem: Readonly<Record<string, unknown>>;

  constructor(status: number, headers: Headers, problem: Readonly<Record<string, unknown>>) {
    super(typeof problem.detail === "string" ? problem.detail : `The answer is ${status}.`);
    this.status = status;
    this.headers = headers;
    this.problem = problem;
  }
}

const TIMEOUT_MS = 30_000;

export function makeCaller({ url, token, timeoutMs = TIMEOUT_MS }: ClientOptions) {
  return async <Body>(method: string, at: string, { path, query, body }: CallInput, options: CallOptions): Promise<Answer<Body>> => {
    const answer = await fetch(`${url}${addressOf(at, path, query)}`, {
      method,
      headers: headersOf(token, options, body !== undefined),
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(timeoutMs),
    });
    const { status, headers } = answer;
    const read = bodyOf(await answer.text(), headers.get("content-type") ?? "");
    if (!answer.ok) throw new MilepostError(status, headers, typeof read === "object" ? read : {});
    return { status, headers, body: read };
  };
}

function addressOf(at: string, path: object = {}, query: object = {}): string {
  const values = new Map<string, unknown>(Object.entries(path));
  const filled = at.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(values.get(name))));
  const given = Object.entries(query).filter(([, value]) => value !== undefined);
  const search = new URLSearchParams(given.map(([name, value]) => [name, String(value)]));
  return given.length === 0 ? filled : `${filled}?${search}`;
}

function headersOf(token: string | undefined, options: CallOptions, hasBody: boolean): Record<string, string> {
  const { idempotencyKey, ifMatch, requestId, traceparent } = options;
  return {
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
    ...(hasBody && { "content-type": "application/json" }),
    ...(idempotencyKey !== undefined && { "idempotency-key": idempotencyKey }),
    ...(ifMatch !== undefined && { "if-match": ifMatch }),
    ...(requestId !== undefined && { "x-request-id": requestId }),
    ...(traceparent !== undefined && { traceparent }),
  };
}

/** JSON as what it is, nothing as undefined, and any other text as itself. Its type is what the API's description says. */
function bodyOf(text: string, type: string) {
  if (/^application\/(problem\+)?json/.test(type)) return JSON.parse(text);
  return text === "" ? undefined : text;
}
