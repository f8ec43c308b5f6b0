/** Tells errors of AWS's that pass (the service is down, slow, or asks for less) from those that are our own mistakes. */

const PASSING = new Set([
  ...["TimeoutError", "AbortError", "RequestTimeout", "RequestTimeoutException", "ServiceUnavailable", "InternalServerError"],
  ...["ProvisionedThroughputExceededException", "ThrottlingException", "RequestLimitExceeded", "TransactionInProgressException"],
  ...["RequestThrottled", "TransactionConflictException"],
  // Who we are is told by a service too, on AWS: it may be down as well.
  "CredentialsProviderError",
]);

const CONNECTION = new Set(["ECONNREFUSED", "ECONNRESET", "EPIPE", "ETIMEDOUT", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH"]);

const TOO_MANY = 429;

export function isOutage(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (PASSING.has(error.name) || ("$fault" in error && error.$fault === "server")) return true;
  if ("code" in error && typeof error.code === "string" && CONNECTION.has(error.code)) return true;
  // A balancer in between answers in words that the SDK cannot read, but with a status that says enough.
  const status = statusOf(error);
  if (status !== undefined && (status >= 500 || status === TOO_MANY)) return true;
  return error instanceof AggregateError ? error.errors.some(isOutage) : isOutage(error.cause);
}

function statusOf(error: Error): number | undefined {
  const metadata = "$metadata" in error ? error.$metadata : undefined;
  if (typeof metadata !== "object" || metadata === null || !("httpStatusCode" in metadata)) return undefined;
  return typeof metadata.httpStatusCode === "number" ? metadata.httpStatusCode : undefined;
}
