/** The headers of the document, those of calls and those of answers, and who may call. */
import { SESSION_COOKIE } from "./console/session.ts";
import { SECURITY } from "./middleware/observe.ts";
import type { JsonObject } from "./openapi-schemas.ts";
import type { Access } from "./operation.ts";

const text = (description: string, more: JsonObject = {}) => ({ description, schema: { type: "string", ...more } });
const whole = (description: string, minimum: number) => ({ description, schema: { type: "integer", minimum } });

/** What a call may bring in its headers. One that is not well formed is left out of account where nothing is refused for it. */
export function callHeaders(): JsonObject {
  const header = (name: string, about: JsonObject) => ({ name, in: "header", required: false, ...about });
  return {
    RequestId: header(
      "X-Request-Id",
      text("Your id for the call, in our log too: up to 128 of A–Z a–z 0–9 . _ ~ : + / = -. Others are left out of account.", {
        examples: ["call-42"],
      }),
    ),
    Traceparent: header(
      "traceparent",
      text("W3C Trace Context, kept with what the call makes. Others are left out of account.", {
        examples: ["00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"],
      }),
    ),
    IdempotencyKey: header(
      "Idempotency-Key",
      text("A call repeated under its key is made once and answered as the first time, for 24 hours: draw a UUID.", {
        pattern: '^(?:[!#-~][!-~]{0,254}|"(?:[ !#-\\[\\]-~]|\\\\["\\\\]){1,255}")$',
        examples: ["9b2f6c1e-4d07-4f3a-8e55-1a7c0d9e6b32"],
      }),
    ),
    IfMatch: header(
      "If-Match",
      text("Change only the version that this ETag names; * is any.", { pattern: '^("[1-9][0-9]{0,8}"|\\*)$', examples: ['"1"'] }),
    ),
  };
}

const capitalized = (header: string) => header.replace(/(^|-)([a-z])/g, (start) => start.toUpperCase());

const OF_EVERY_ANSWER = Object.fromEntries(
  Object.keys(SECURITY).map((name) => [capitalized(name), { ...text("Of every answer"), required: true }]),
);

/** All headers that answers have, by their names. Those that an answer names itself, it always has. */
export const ANSWER_HEADERS: Readonly<Record<string, JsonObject>> = {
  "X-Request-Id": { ...text("The call's id", { pattern: "^[A-Za-z0-9._~:+/=-]{1,128}$" }), required: true },
  ...OF_EVERY_ANSWER,
  "Idempotent-Replayed": text("The answer is that of the first call with this key", { const: "true" }),
  Allow: { ...text("The methods that there are"), required: true },
  ETag: { ...text("The record's version, for If-Match", { pattern: '^"[1-9][0-9]*"$' }), required: true },
  Location: { ...text("Where it is", { format: "uri-reference" }), required: true },
  "Set-Cookie": { ...text("The session, or its end"), required: true },
  "WWW-Authenticate": { ...text("How to say who you are"), required: true },
  "Retry-After": { ...whole("After how many seconds to come again", 1), required: true },
  "RateLimit-Limit": { ...whole("How many are taken a minute", 1), required: true },
  "RateLimit-Remaining": { ...whole("How many more are taken now", 0), required: true },
  "RateLimit-Reset": { ...whole("In how many seconds more are taken", 0), required: true },
};

/** A header's name as the document has it; HTTP does not tell capitals from small letters. */
export function named(header: string): string {
  const found = Object.keys(ANSWER_HEADERS).find((name) => name.toLowerCase() === header);
  if (found === undefined) throw new Error(`The header ${header} is not described.`);
  return found;
}

export function headersOfAll(): JsonObject {
  return referencesTo(["X-Request-Id", ...Object.keys(OF_EVERY_ANSWER)]);
}

export function referencesTo(headers: readonly string[]): JsonObject {
  return Object.fromEntries(headers.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
}

export const SECURITY_SCHEMES: JsonObject = {
  administrator: { type: "http", scheme: "bearer", description: "ADMIN_TOKEN. Locally it lies in .milepost/secrets/admin-token." },
  user: {
    type: "http",
    scheme: "bearer",
    bearerFormat: "JWT",
    description: "A user's token: locally from /login, elsewhere from the identity provider.",
  },
  session: { type: "apiKey", in: "cookie", name: SESSION_COOKIE, description: "The console's session: signing in at /console gives it." },
};

/** One of these is enough; an empty one stands for no token at all. */
export function securityOf(access: Access): JsonObject[] {
  const ways = { public: [], anyone: [{}, { administrator: [] }, { user: [] }], user: [{ user: [] }, { administrator: [] }] };
  if (access === "session") return [{ session: [] }];
  return access === "admin" ? [{ administrator: [] }] : ways[access];
}
