import { messageOf } from "../config/message-of.ts";
import type { JsonObject } from "./json.ts";

/** An error as an AWS service answers it: a code, a message, a status, and the members some errors carry besides. */
export class AwsError extends Error {
  readonly code: string;
  readonly status: number;
  /** Members beside the message, as DynamoDB's CancellationReasons or Item. */
  readonly members: JsonObject;
  /** The older code of the query protocol, where a service has one (SQS answers it in x-amzn-query-error). */
  readonly queryCode: string | undefined;
  /** The query protocol's message where it is not the one above. */
  readonly queryMessage: string | undefined;

  constructor(code: string, message: string, options: AwsErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "AwsError";
    this.code = code;
    this.status = options.status ?? 400;
    this.members = options.members ?? {};
    this.queryCode = options.queryCode;
    this.queryMessage = options.queryMessage;
  }
}

export interface AwsErrorOptions {
  status?: number;
  members?: JsonObject;
  queryCode?: string;
  queryMessage?: string;
  cause?: unknown;
}

/**
 * What to log of an error in work of the endpoint's own. That the data file cannot be written is no fault of the code: the
 * sentence says all, and a stack with each new attempt would bury it.
 */
export function logged(error: unknown): unknown {
  return error instanceof AwsError && error.status === 503 ? error.message : error;
}

/** The answer when the data directory cannot take a write: the call failed whole and may be sent again. */
export function storageFailed(cause: unknown): AwsError {
  const reason = messageOf(cause);
  return new AwsError("ServiceUnavailable", `The endpoint's data file could not be written (${reason}); nothing of this call was kept.`, {
    status: 503,
    cause,
  });
}
