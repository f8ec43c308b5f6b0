/**
 * Idempotency-Key: a call that is repeated under its key is answered as the first time, and done once.
 *
 * An answer is kept before it is given, so whoever has seen it gets the same again. What may be answered otherwise a moment
 * later (503, a lost race) is not kept: the key is given back, with its ids, and the next call under it tries again.
 */
import { randomUUID } from "node:crypto";
import { begin, finish, type IdempotencyStore, release } from "../domain/idempotency.ts";
import type { Answer, Call } from "./operation.ts";
import { Problem } from "./problem.ts";

export interface KeyedCall {
  readonly key: string | undefined;
  readonly scope: string;
  readonly content: string;
}

export interface OnceOptions {
  readonly store: IdempotencyStore;
  /** How long before its lease ends a call begins no write any more, since one may take so long. */
  readonly writeMsMax: number;
  /** Problems are answers too: one that will be the same again is kept. */
  readonly asAnswer: (problem: Problem) => Answer;
}

type Marked = Call<unknown, unknown, unknown>["mark"];

export async function once(
  { store, writeMsMax, asAnswer }: OnceOptions,
  { key, scope, content }: KeyedCall,
  work: (mark: Marked) => Promise<Answer>,
): Promise<Answer> {
  if (key === undefined) return work({ recordId: randomUUID(), changeId: randomUUID(), triedSince: undefined, until: undefined });
  const beginning = await begin(store, { scope, key, content });
  if (beginning.state === "answered") {
    const kept = parseAnswer(beginning.answer);
    return { ...kept, headers: { ...kept.headers, "idempotent-replayed": "true" } };
  }
  if (beginning.state === "mismatch")
    throw new Problem(422, "The Idempotency-Key was used for another call: another body, or another If-Match.");
  if (beginning.state === "underWay") throw underWay(beginning.retryAfterMs);
  const { mark } = beginning;
  let answer: Answer;
  try {
    answer = await work({ ...mark, until: mark.leaseUntil - writeMsMax });
  } catch (error) {
    if (!(error instanceof Problem) || error.options.isPassing === true) {
      // Where that fails too, the lease ends by itself.
      await release(store, mark).catch(() => undefined);
      throw error;
    }
    answer = asAnswer(error);
  }
  await finish(store, mark, JSON.stringify(answer));
  return answer;
}

function underWay(retryAfterMs: number): Problem {
  const seconds = Math.max(1, Math.ceil(retryAfterMs / 1_000));
  return new Problem(409, "The first call with this Idempotency-Key is under way: come again for its answer.", {
    headers: { "retry-after": String(seconds) },
    extra: { isUnderWay: true },
    isPassing: true,
  });
}

function parseAnswer(text: string): Answer {
  const { status, body, headers } = JSON.parse(text) as Answer;
  return headers === undefined ? { status, body } : { status, body, headers };
}
