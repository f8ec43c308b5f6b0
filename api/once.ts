/**
 * Idempotency-Key: a call that is repeated under its key is answered as the first time, and done once.
 *
 * - An answer is kept before it is given, so whoever has seen it gets the same again, the refusals of a record (404, 409,
 *   412) among them: a caller who wants to try again in earnest takes another key.
 * - What says itself that it may pass (503, a lost race) is not kept: the key is given back, with its ids, and the next
 *   call under it tries again, looking first for what this one may have done.
 */
import { randomUUID } from "node:crypto";
import { crashPoint } from "../config/crash-points.ts";
import { begin, finish, type IdempotencyStore, type KeyedCall, release } from "../domain/idempotency.ts";
import type { Answer, CallMark } from "./operation.ts";
import { Problem } from "./problem.ts";

export interface OnceOptions {
  readonly idempotency: IdempotencyStore;
  /** How long before its lease ends a call begins no write any more, since one may take so long. */
  readonly writeMsMax: number;
}

/** The first call is usually answered long before its lease ends, so nobody is sent away for that long. */
const RETRY_SECONDS_MAX = 2;

/**
 * @param call undefined where it has no key, and is made as it comes
 * @param asAnswer problems are answers too: one that will be the same again is kept
 */
export async function once(
  { idempotency, writeMsMax }: OnceOptions,
  call: KeyedCall | undefined,
  run: (mark: CallMark) => Promise<Answer>,
  asAnswer: (problem: Problem) => Answer,
): Promise<Answer> {
  if (call === undefined) return run({ recordId: randomUUID(), changeId: randomUUID(), triedSince: undefined, until: undefined });
  const beginning = await begin(idempotency, call);
  crashPoint("api:after-begin");
  if (beginning.state === "answered") {
    const kept = parseAnswer(beginning.answer);
    return { ...kept, headers: { ...kept.headers, "idempotent-replayed": "true" } };
  }
  if (beginning.state === "mismatch")
    throw new Problem(422, "The Idempotency-Key was used for another call: another body, or another If-Match.");
  if (beginning.state === "unreadable")
    throw new Problem(422, "The Idempotency-Key was used, and its answer was sealed with a secret that is not in use any more.");
  if (beginning.state === "underWay") throw underWay(beginning.retryAfterMs);
  const { mark } = beginning;
  let answer: Answer;
  try {
    answer = await run({ ...mark, until: mark.leaseUntil - writeMsMax });
  } catch (error) {
    if (!(error instanceof Problem) || error.options.isPassing === true) {
      // Where that fails, the lease ends by itself; and where a dependency is down, nobody waits for this one as well.
      const released = release(idempotency, mark).catch(() => undefined);
      if (error instanceof Problem) await released;
      throw error;
    }
    answer = asAnswer(error);
  }
  await finish(idempotency, mark, JSON.stringify(answer));
  crashPoint("api:after-keep");
  return answer;
}

function underWay(retryAfterMs: number): Problem {
  const seconds = Math.min(RETRY_SECONDS_MAX, Math.max(1, Math.ceil(retryAfterMs / 1_000)));
  return new Problem(409, "The first call with this Idempotency-Key is under way: come again for its answer.", {
    headers: { "retry-after": String(seconds) },
    extra: { isUnderWay: true },
    isPassing: true,
  });
}

/** It was sealed by ourselves, so it is what it was. */
function parseAnswer(text: string): Answer {
  const { status, body, headers }: Answer = JSON.parse(text);
  return headers === undefined ? { status, body } : { status, body, headers };
}
