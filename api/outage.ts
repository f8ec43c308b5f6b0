/** Tells errors of AWS's that pass (the service is down, slow, or asks for less) from those that are our own mistakes. */

const PASSING = new Set([
  ...["TimeoutError", "AbortError", "RequestTimeout", "RequestTimeoutException", "ServiceUnavailable", "InternalServerError"],
  ...["ProvisionedThroughputExceededException", "ThrottlingException", "RequestLimitExceeded", "TransactionInProgressException"],
]);

const CONNECTION = new Set(["ECONNREFUSED", "ECONNRESET", "EPIPE", "ETIMEDOUT", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH"]);

export function isOutage(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (PASSING.has(error.name) || ("$fault" in error && error.$fault === "server")) return true;
  if ("code" in error && typeof error.code === "string" && CONNECTION.has(error.code)) return true;
  return error instanceof AggregateError ? error.errors.some(isOutage) : isOutage(error.cause);
}
