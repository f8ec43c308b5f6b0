import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Tally } from "./records.ts";

const ANSWER_MS_MAX = 5_000;
export const AGAIN_MS = 40;
/** One whose first call died waits half a minute for its turn, so it need not ask all the time. */
const UNDER_WAY_MS = 500;

export interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

export interface Call {
  readonly method: string;
  readonly url: string;
  readonly bearer: string;
  readonly body?: object;
}

/**
 * Asks the API until it answers, under an Idempotency-Key; without one once, as people do. Undefined where one without a key
 * got no answer, or was told that it may not have been done.
 */
export async function ask(tally: Tally, isKeyed: boolean, { method, url, bearer, body }: Call): Promise<Answer | undefined> {
  const headers = {
    ...(body !== undefined && { "content-type": "application/json" }),
    authorization: `Bearer ${bearer}`,
    ...(isKeyed ? { "idempotency-key": randomUUID() } : {}),
  };
  for (;;) {
    const answer = await send(url, { method, headers, body: JSON.stringify(body) ?? null });
    const isUnderWay = isKeyed && answer?.status === 409 && answer.body.isUnderWay === true;
    if (answer !== undefined && answer.status < 500 && !isUnderWay) return answer;
    tally.repeated++;
    if (!isKeyed) return undefined;
    await sleep(isUnderWay ? UNDER_WAY_MS : AGAIN_MS);
  }
}

export async function send(url: string, init: RequestInit): Promise<Answer | undefined> {
  try {
    const response = await fetch(url, { ...init, signal: AbortSignal.timeout(ANSWER_MS_MAX) });
    const text = await response.text();
    const body: unknown = text === "" ? {} : JSON.parse(text);
    return { status: response.status, body: typeof body === "object" && body !== null ? { ...body } : {} };
  } catch {
    return undefined;
  }
}
