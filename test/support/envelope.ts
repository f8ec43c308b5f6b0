/** What every call of an operation brings along, of nobody in particular: for tests that call operations themselves. */
export const ENVELOPE = {
  caller: { is: "anyone" },
  ifVersion: undefined,
  traceparent: undefined,
  requestId: "id",
  type: "application/json",
  lastEventId: undefined,
  address: "127.0.0.1",
  cookies: undefined,
  fetchSite: undefined,
} as const;

/** The marks of a call without an Idempotency-Key. */
export const MARK = { recordId: "r", changeId: "c", triedSince: undefined, until: undefined };
