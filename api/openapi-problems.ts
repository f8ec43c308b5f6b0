/** The refusals of the document: what each status means, what it bears beside what all problems have, and what it looks like. */
import { STATUS_CODES } from "node:http";
import { z } from "zod";
import { headersOfAll, referencesTo } from "./openapi-headers.ts";
import { type JsonObject, SchemaCollection } from "./openapi-schemas.ts";
import { PAGE_TYPE, PROBLEM_TYPE } from "./operation.ts";
import { type FieldError, Problem, type ProblemOptions, type ProblemStatus } from "./problem.ts";

/** Answered before there is an operation: the call cannot be read, is too slow, or its headers are too long. */
export const EVERYWHERE: readonly ProblemStatus[] = [400, 408, 431];

const fieldError = z.strictObject({
  field: z.string().meta({ description: "A JSON pointer into the body, or the name of a parameter or header" }),
  rule: z.string(),
  message: z.string(),
});

const problem = z
  .strictObject({
    type: z.literal("about:blank"),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    instance: z.string().meta({ description: "The path that was called" }),
    requestId: z.string(),
    errors: z.array(fieldError).optional().meta({ description: "What is wrong, field by field" }),
    currentStatus: z.string().optional().meta({ description: "Of a change that is illegal: where the record is" }),
    legal: z.array(z.string()).optional().meta({ description: "Of a change that is illegal: where it may go" }),
    isUnderWay: z.boolean().optional().meta({ description: "The first call with this Idempotency-Key is not answered yet" }),
  })
  .meta({ id: "Problem" });

export function problemSchemas(): Record<string, JsonObject> {
  const schemas = new SchemaCollection({});
  schemas.of(problem, "output");
  return schemas.all();
}

interface Refusal {
  readonly description: string;
  readonly detail: string;
  readonly headers?: readonly string[];
  readonly options?: ProblemOptions;
}

const REPLAYED = "Idempotent-Replayed";
const LIMITS = ["RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"];
const MISSING: FieldError = { field: "/title", rule: "required", message: "is missing" };
const ILLEGAL = { currentStatus: "IN_PROGRESS", legal: ["ON_HOLD", "COMPLETED", "REJECTED", "CANCELLED"] };

const REFUSALS: Readonly<Record<ProblemStatus, Refusal>> = {
  400: { description: "The call is not valid.", detail: "/title: is missing", options: { errors: [MISSING] } },
  401: {
    description: "No token where one is needed, or a wrong one.",
    detail: "The bearer token in the Authorization header is no user's, and not the administrator's.",
    headers: ["WWW-Authenticate"],
  },
  403: { description: "A user calls what is the administrator's to do.", detail: "This is the administrator's to do." },
  404: { description: "It is not there, or not yours to see.", detail: "There is no such task.", headers: [REPLAYED] },
  405: { description: "Not this method here.", detail: "Here the methods are GET, HEAD, OPTIONS.", headers: ["Allow"] },
  406: { description: "`Accept` allows nothing that could be answered.", detail: "Answers here are application/json." },
  408: { description: "The call did not arrive in time.", detail: "The call did not arrive in time." },
  409: {
    description: "The record is where this cannot be done, or the first call with this key is under way.",
    detail: "The request is IN_PROGRESS, from where it may go to ON_HOLD or COMPLETED or REJECTED or CANCELLED.",
    headers: [REPLAYED],
    options: { extra: ILLEGAL },
  },
  412: {
    description: "The record is not at the version of `If-Match`.",
    detail: "The request is at version 3, not at the one If-Match names.",
    headers: ["ETag", REPLAYED],
  },
  413: { description: "The body is too large, perhaps once unpacked.", detail: "A body has at most 65536 bytes." },
  415: {
    description: "The body is not JSON in UTF-8, or packed in a way that is not known.",
    detail: "The body must be JSON in UTF-8: send the header Content-Type: application/json.",
  },
  422: {
    description: "The Idempotency-Key was used for another call.",
    detail: "The Idempotency-Key was used for another call: another body, or another If-Match.",
  },
  429: {
    description: "Too many in a minute: orders of one user, calls of one address with wrong credentials, or calls of one address.",
    detail: "At most 100 orders a minute are taken from one user.",
    headers: ["Retry-After", ...LIMITS],
  },
  431: { description: "The call's headers are too long.", detail: "A call's headers have at most 16384 bytes." },
  500: { description: "Our mistake; the log has it under the request id.", detail: "Something failed here. The request id tells us what." },
  503: {
    description: "What this depends on does not answer, too much is on its way, or it is ending.",
    detail: "What this depends on does not answer just now: try again.",
    headers: ["Retry-After"],
  },
};

const EXAMPLE = { instance: "/tasks", requestId: "0b8a47f2-6c1e-4b39-8f50-d9e2c3a61b74" };

export function problemResponses(): JsonObject {
  return Object.fromEntries(statuses().map((status) => [nameOf(status), responseOf(status)]));
}

export function referenceTo(status: ProblemStatus): string {
  return `#/components/responses/${nameOf(status)}`;
}

/** Of what people may look at: the same refusal, as a page for whoever likes one better. */
export function pageResponseOf(status: ProblemStatus): JsonObject {
  const response = responseOf(status);
  return { ...response, content: { ...response.content, [PAGE_TYPE]: { schema: { type: "string" } } } };
}

/** The body of a refusal, in its type, from the path that was called. */
export function problemContentOf(status: ProblemStatus, instance = EXAMPLE.instance): JsonObject {
  const { detail, options } = REFUSALS[status];
  const example = new Problem(status, detail, options).describe(instance, EXAMPLE.requestId);
  return { [PROBLEM_TYPE]: { schema: { $ref: "#/components/schemas/Problem" }, example } };
}

function responseOf(status: ProblemStatus) {
  const { description, headers = [] } = REFUSALS[status];
  // A lost race has no time after which it is over; a call under way has.
  const retry = status === 409 ? { "Retry-After": { description: "Of a call under way", schema: { type: "integer", minimum: 1 } } } : {};
  return {
    description,
    headers: { ...headersOfAll(), ...referencesTo(headers), ...retry },
    content: problemContentOf(status),
  };
}

function statuses(): ProblemStatus[] {
  return Object.keys(REFUSALS).map((status) => Number(status) as ProblemStatus);
}

/** As "NotFound". */
function nameOf(status: ProblemStatus): string {
  return (STATUS_CODES[status] ?? "").replace(/[^A-Za-z]/g, "");
}
