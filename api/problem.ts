/** An answer that says no, as RFC 9457 has it: what is wrong, which rule it breaks, and where in the call. */

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

const TITLES = {
  400: "The call is not valid",
  401: "Authorization is needed",
  404: "There is no such thing",
  405: "The method is not allowed here",
  406: "The answer cannot be given in an accepted form",
  409: "The change is not possible",
  412: "The record has changed",
  413: "The body is too large",
  415: "The body has the wrong form",
  422: "The key belongs to another call",
  429: "Too many calls",
  431: "The headers are too large",
  500: "Something failed here",
  503: "It is not possible just now",
} as const;

export type ProblemStatus = keyof typeof TITLES;

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
      title: TITLES[this.status],
      status: this.status,
      detail: this.message,
      instance,
      requestId,
      ...(errors && { errors }),
      ...extra,
    };
  }
}

export function isProblemStatus(status: number): status is ProblemStatus {
  return Object.hasOwn(TITLES, status);
}

export function invalid(errors: readonly FieldError[]): Problem {
  const named = errors.map(({ field, message }) => `${field}: ${message}`).join("; ");
  return new Problem(400, named, { errors });
}

/** A dependency does not answer, or refuses for now. */
export function unavailable(detail: string, retryAfterSeconds = 1): Problem {
  return new Problem(503, detail, { headers: { "retry-after": String(retryAfterSeconds) }, isPassing: true });
}
