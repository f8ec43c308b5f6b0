/**
 * What the API can do, as data: each operation says its method, its path, what it takes and what it may answer, and does it.
 * The router is built from this list, and the schemas that describe a call are the ones that check it.
 */
import type { z } from "zod";
import type { Mark } from "../domain/idempotency.ts";
import { type FieldError, invalid } from "./problem.ts";

export type Method = "GET" | "POST" | "PATCH" | "DELETE";

/** Anyone may call it, perhaps with a token in the address; or only who shows the administrator's. */
export type Access = "anyone" | "admin";

export interface Answer {
  readonly status: number;
  /** A text is sent as it is, anything else as JSON. */
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Call<Path, Query, Body> {
  readonly path: Path;
  readonly query: Query;
  readonly body: Body;
  /** Whether the administrator's token was shown. */
  readonly isAdmin: boolean;
  /** The version of If-Match; undefined where any will do. */
  readonly ifVersion: number | undefined;
  readonly traceparent: string | undefined;
  readonly requestId: string;
  /** The ids for what is made or changed; those of the first call where an Idempotency-Key has come again. */
  readonly mark: Pick<Mark, "recordId" | "changeId" | "triedSince"> & { readonly until: number | undefined };
}

export interface AnswerDescription {
  readonly description: string;
  readonly schema?: z.ZodType;
}

export interface OperationOptions<Path extends z.ZodType, Query extends z.ZodType, Body extends z.ZodType> {
  readonly name: string;
  readonly method: Method;
  /** With parameters as `{name}`. */
  readonly at: string;
  readonly summary: string;
  readonly access: Access;
  readonly path?: Path;
  readonly query?: Query;
  readonly body?: Body;
  readonly answers: Readonly<Record<number, AnswerDescription>>;
  handle(call: Call<z.infer<Path>, z.infer<Query>, z.infer<Body>>): Promise<Answer>;
}

/** What came with a call, not checked yet. */
export type RawCall = Call<unknown, unknown, unknown>;

export interface Operation {
  readonly name: string;
  readonly method: Method;
  readonly at: string;
  readonly summary: string;
  readonly access: Access;
  readonly path: z.ZodType | undefined;
  readonly query: z.ZodType | undefined;
  readonly body: z.ZodType | undefined;
  readonly answers: Readonly<Record<number, AnswerDescription>>;
  /** Checks what came and gives the call that it is; a Problem names each field that is wrong. */
  prepare(raw: RawCall): () => Promise<Answer>;
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
      return () => options.handle(call);
    },
  };
}

/** What a schema makes of a value. Where there is none, nothing is expected and nothing handed on. */
function check<Schema extends z.ZodType>(
  schema: Schema | undefined,
  value: unknown,
  before: string,
  errors: FieldError[],
): z.infer<Schema> {
  if (schema === undefined) return undefined as z.infer<Schema>;
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  for (const issue of result.error.issues) errors.push(...errorsOf(issue, before));
  return undefined as z.infer<Schema>;
}

function errorsOf(issue: z.core.$ZodIssue, before: string): FieldError[] {
  const pointer = issue.path.map((part) => String(part).replaceAll("~", "~0").replaceAll("/", "~1"));
  const at = (parts: readonly string[]) => `${before}${parts.join("/")}`;
  if (issue.code !== "unrecognized_keys") return [{ field: at(pointer) || "/", rule: issue.code, message: issue.message }];
  return issue.keys.map((key) => ({
    field: at([...pointer, key]),
    rule: "unknown",
    message: "is not known here",
  }));
}
