/**
 * What the API can do, as data: each operation says its method, its path, what it takes and what it may answer, and does it.
 * The router is built from this list, and the schemas that describe a call are the ones that check it.
 */
import { z } from "zod";
import type { Mark } from "../domain/idempotency.ts";
import type { Caller } from "./caller.ts";
import { type FieldError, invalid, type ProblemStatus } from "./problem.ts";

export type Method = "GET" | "POST" | "PATCH" | "DELETE";

/**
 * Public ones do not look who calls. Others refuse a wrong bearer token: anyone may call them, perhaps with a token in the
 * address, or any user, or only who shows the administrator's. Those for a session look at its cookie alone, and do so themselves.
 */
export type Access = "public" | "anyone" | "user" | "admin" | "session";

export interface Answer {
  readonly status: number;
  /** A text or a stream is sent as it is, undefined as nothing, anything else as JSON. */
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The ids for what is made or changed; those of the first call where an Idempotency-Key has come again. */
export interface CallMark extends Pick<Mark, "recordId" | "changeId" | "triedSince"> {
  /** No write begins later. */
  readonly until: number | undefined;
}

/** What every call brings along, whatever it asks for. */
export interface Envelope {
  readonly caller: Caller;
  /** The version of If-Match; undefined where any will do. */
  readonly ifVersion: number | undefined;
  readonly traceparent: string | undefined;
  readonly requestId: string;
  /** Which of the types that the operation answers with is liked best; the first of them where all are alike. */
  readonly type: string;
  /** What a stream's reader has had of it already. */
  readonly lastEventId: string | undefined;
  /** Where it comes from: see address.ts. */
  readonly address: string;
  readonly cookies: string | undefined;
  /** Where a browser says that the call comes from: our own pages, or another's. */
  readonly fetchSite: string | undefined;
}

export interface Call<Path, Query, Body> extends Envelope {
  readonly path: Path;
  readonly query: Query;
  readonly body: Body;
  readonly mark: CallMark;
}

/** A call as it came, with nothing checked. */
export interface RawCall extends Envelope {
  readonly path: unknown;
  readonly query: unknown;
  readonly body: unknown;
}

/** A call that was found right and waits to be made. */
export interface PreparedCall {
  /** What it is about: the parameters of its path. */
  subject(): string;
  /** All else that makes it this call, in one form however it was written. */
  content(): string;
  run(mark: CallMark): Promise<Answer>;
}

export interface AnswerDescription {
  readonly description: string;
  readonly schema: z.ZodType;
  readonly example: unknown;
  /** The types it is sent as where that is a text: "text/plain" where nothing is said and the schema is a text's. */
  readonly texts?: readonly string[];
  /** The types it is shown as, beside those, to whoever likes one of them better (by Accept). */
  readonly views?: readonly string[];
  /** What it brings beside what all answers have, each with what it says. */
  readonly headers?: Readonly<Record<string, string>>;
}

export interface OperationDescription {
  readonly name: string;
  readonly method: Method;
  /** With parameters as `{name}`. */
  readonly at: string;
  readonly summary: string;
  readonly access: Access;
  /** What its body is written in: a page's form, or JSON where nothing is said. */
  readonly bodyAs?: "form";
  readonly answers: Readonly<Record<number, AnswerDescription>>;
  /** How it may refuse, beside what its form says already: see `problemsOf`. */
  readonly problems?: readonly ProblemStatus[];
}

export interface OperationOptions<Path extends z.ZodType, Query extends z.ZodType, Body extends z.ZodType> extends OperationDescription {
  readonly path?: Path;
  readonly query?: Query;
  readonly body?: Body;
  handle(call: Call<z.infer<Path>, z.infer<Query>, z.infer<Body>>): Promise<Answer>;
}

export interface Operation extends OperationDescription {
  readonly path: z.ZodType | undefined;
  readonly query: z.ZodType | undefined;
  readonly body: z.ZodType | undefined;
  /** A Problem names each field that is wrong. */
  prepare(raw: RawCall): PreparedCall;
}

export function operation<Path extends z.ZodType, Query extends z.ZodType, Body extends z.ZodType>(
  options: OperationOptions<Path, Query, Body>,
): Operation {
  const { path, query, body } = options;
  return {
    ...options,
    path,
    query,
    body,
    prepare: (raw) => {
      const errors: FieldError[] = [];
      const call = {
        ...raw,
        path: check(path, raw.path, "", errors),
        query: check(query, raw.query, "", errors),
        body: check(body, raw.body, "/", errors),
      };
      if (errors.length > 0) throw invalid(errors);
      return {
        subject: () => JSON.stringify(call.path ?? {}),
        content: () => JSON.stringify([call.query ?? null, call.body ?? null, call.ifVersion ?? null]),
        run: (mark) => options.handle({ ...call, mark }),
      };
    },
  };
}

/** Whether it makes or changes something for a program, and so takes an Idempotency-Key, which a page's form cannot send. */
export function isWriting({ method, bodyAs }: Pick<Operation, "method" | "bodyAs">): boolean {
  return method !== "GET" && bodyAs === undefined;
}

export const FORM_TYPE = "application/x-www-form-urlencoded";

/** Addresses that answer however often and by whomever they are asked: balancers and probes are not to be told to wait. */
export const NEVER_LIMITED: ReadonlySet<string> = new Set(["/health", "/ready"]);

export const PROBLEM_TYPE = "application/problem+json";
export const PAGE_TYPE = "text/html";
export const STREAM_TYPE = "text/event-stream";

/** Whether an answer is a text and not JSON. */
export function isText(schema: z.ZodType): boolean {
  return schema instanceof z.ZodString || (schema instanceof z.ZodLiteral && typeof schema.value === "string");
}

/** The types that an answer is sent as; none where there is nothing in it. */
export function mediaTypesOf({ schema, texts, views = [] }: AnswerDescription): string[] {
  if (schema instanceof z.ZodLiteral && schema.value === "") return [];
  return [...(isText(schema) ? (texts ?? ["text/plain"]) : ["application/json", ...(texts ?? [])]), ...views];
}

/** What a caller may ask for by Accept: what the operation answers with, and problems. */
export function acceptableOf({ answers, bodyAs }: Pick<Operation, "answers" | "bodyAs">): string[] {
  const types = new Set(Object.values(answers).flatMap(mediaTypesOf));
  // What a page's form or link does ends in a page: elsewhere, or here where it was refused.
  if (bodyAs === "form" || Object.keys(answers).every((status) => status.startsWith("3"))) types.add(PAGE_TYPE);
  return [...(types.size === 0 ? ["application/json"] : types), PROBLEM_TYPE];
}

/** Whether people may look at it in a browser: then it refuses as a page, too. */
export function isPage(operation: Pick<Operation, "answers" | "bodyAs">): boolean {
  return acceptableOf(operation).includes(PAGE_TYPE);
}

/** Every status that it may refuse with. */
export function problemsOf(operation: Operation): ProblemStatus[] {
  const isChecked = operation.path !== undefined || operation.query !== undefined;
  const statuses = new Set<ProblemStatus>(operation.problems);
  if (isChecked) statuses.add(400);
  if (operation.access !== "public") statuses.add(401);
  if (operation.access === "admin" || (operation.access === "session" && operation.method !== "GET")) statuses.add(403);
  if (operation.body !== undefined) for (const status of [400, 413, 415] as const) statuses.add(status);
  if (isWriting(operation)) for (const status of [400, 409, 422] as const) statuses.add(status);
  if (!NEVER_LIMITED.has(operation.at)) statuses.add(429);
  for (const status of [406, 500, 503] as const) statuses.add(status);
  return [...statuses].sort((one, other) => one - other);
}

/** What a schema makes of a value. Where there is none, nothing is expected and nothing handed on. */
function check<Schema extends z.ZodType>(
  schema: Schema | undefined,
  value: unknown,
  before: string,
  errors: FieldError[],
): z.infer<Schema> {
  if (schema === undefined) return undefined as z.infer<Schema>;
  const result = schema.safeParse(value, { reportInput: true });
  if (result.success) return result.data;
  for (const issue of result.error.issues) errors.push(...errorsOf(issue, before));
  return undefined as z.infer<Schema>;
}

/** The rules by our own names, which stay what they are whatever checks them. */
const RULES: Partial<Record<z.core.$ZodIssue["code"], string>> = {
  invalid_type: "type",
  invalid_value: "choice",
  invalid_format: "format",
  too_small: "min",
  too_big: "max",
};

function errorsOf(issue: z.core.$ZodIssue, before: string): FieldError[] {
  const at = (parts: readonly PropertyKey[]) => `${before}${parts.map(pointerPart).join("/")}`;
  if (issue.code === "unrecognized_keys")
    return issue.keys.map((key) => ({ field: at([...issue.path, key]), rule: "unknown", message: "is not known here" }));
  const field = at(issue.path) || "/";
  if (issue.input === undefined) return [{ field, rule: "required", message: "is missing" }];
  if (issue.code === "invalid_type" && issue.expected === "object") return [{ field, rule: "type", message: "must be an object" }];
  const own: unknown = issue.code === "custom" ? issue.params?.rule : undefined;
  return [{ field, rule: typeof own === "string" ? own : (RULES[issue.code] ?? issue.code), message: issue.message }];
}

/** A JSON pointer's part: what separates parts is written otherwise. */
function pointerPart(part: PropertyKey): string {
  return String(part).replaceAll("~", "~0").replaceAll("/", "~1");
}
