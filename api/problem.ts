/** An answer that says no, as RFC 9457 has it: what is wrong, which rule it breaks, and where in the call. */
import { STATUS_CODES } from "node:http";

export interface FieldError {
  /** A JSON pointer into the body, or the name of a parameter or header. */
  readonly field: string;
  /** The rule's short name. */
  readonly rule: string;
  readonly message: string;
}

export interface ProblemOptions {
  readonly errors?: readonly FieldError[];
  readonly headers?: Readonly<Record<string, string>>;
  /** What belongs to this kind of problem alone. */
  readonly extra?: Readonly<Record<string, unknown>>;
  /** Whether the same call may get another answer later, so that this one is not kept for its Idempotency-Key. */
  readonly isPassing?: boolean;
}

/** All that are ever answered. */
export type ProblemStatus = 400 | 401 | 403 | 404 | 405 | 406 | 408 | 409 | 412 | 413 | 415 | 422 | 429 | 431 | 500 | 503;

export class Problem extends Error {
  override readonly name = "Problem";
  readonly status: ProblemStatus;
  readonly options: ProblemOptions;

  constructor(status: ProblemStatus, detail: string, options: ProblemOptions = {}) {
    super(detail);
    this.status = status;
    this.options = options;
  }

  /** The body, for the call that has this request id. */
  describe(instance: string, requestId: string): Record<string, unknown> {
    const { errors, extra } = this.options;
    return {
      type: "about:blank",
      title: STATUS_CODES[this.status],
      status: this.status,
      detail: this.message,
      instance,
      requestId,
      ...(errors && { errors }),
      ...extra,
    };
  }
}

export function invalid(errors: readonly FieldError[]): Problem {
  const named = errors.map(({ field, message }) => `${field}: ${message}`).join("; ");
  return new Problem(400, named, { errors });
}

/** A dependency does not answer, or refuses for now. */
export function unavailable(detail: string, retryAfterSeconds = 1): Problem {
  return new Problem(503, detail, { headers: { "retry-after": String(retryAfterSeconds) }, isPassing: true });
}

/** Those that were turned away together are not asked to come again together. */
const COME_AGAIN_SECONDS_MAX = 3;

export function tooMany(): Problem {
  return unavailable("Too many calls are under way: come again.", 1 + Math.floor(Math.random() * COME_AGAIN_SECONDS_MAX));
}
