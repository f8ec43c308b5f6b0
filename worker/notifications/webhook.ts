/**
 * Notifications by HTTP, to one address: a POST of JSON, signed so that its receiver can tell it is ours and recent.
 *
 *   Milepost-Id         the notification's id; a repeat carries the same
 *   Milepost-Timestamp  seconds since 1970
 *   Milepost-Signature  v1=<hex HMAC-SHA-256, with the secret, of "<timestamp>.<body>">
 *
 * - Silence, 429 and what is above 499 are tried again, with backoff and jitter; any other refusal is final.
 * - It goes nowhere but to the origin it was given: redirects to others are refused, and those that would lose the body.
 * - No sentence names the address, whose path may be a secret.
 */
import { createHmac } from "node:crypto";
import type { WebhookSettings } from "../../config/notify.ts";
import { type Backoff, waitMs } from "../backoff.ts";
import { sleep } from "../waiting.ts";
import type { Notification, Sink } from "./notification.ts";

export interface WebhookTimings {
  /** How long one try may take. */
  readonly tryMsMax: number;
  readonly backoff: Backoff;
}

const TRIES_MAX = 3;
const REDIRECTS_MAX = 2;
const ANSWER_BYTES_MAX = 4_096;
const TIMINGS: WebhookTimings = { tryMsMax: 5_000, backoff: { firstMs: 500, mostMs: 2_000 } };

/** What happened to one try that did not succeed. */
class Failed extends Error {
  readonly mayBeRepeated: boolean;

  constructor(message: string, mayBeRepeated: boolean) {
    super(message);
    this.mayBeRepeated = mayBeRepeated;
  }
}

export function webhookSink(settings: WebhookSettings, timings = TIMINGS, random: () => number = Math.random): Sink {
  return {
    name: "webhook",
    send: async (notification, signal) => {
      for (let tries = 1; ; tries++) {
        try {
          return await post(settings, notification, AbortSignal.any([signal, AbortSignal.timeout(timings.tryMsMax)]));
        } catch (error) {
          const failed = error instanceof Failed ? error : new Failed(`no answer (${codeOf(error)})`, true);
          signal.throwIfAborted();
          if (!failed.mayBeRepeated || tries === TRIES_MAX) throw failed;
        }
        await sleep(waitMs(timings.backoff, tries, random()), signal);
        signal.throwIfAborted();
      }
    },
  };
}

async function post({ url, secret }: WebhookSettings, notification: Notification, signal: AbortSignal): Promise<void> {
  const body = JSON.stringify(notification);
  const timestamp = Math.floor(Date.now() / 1_000);
  const headers = {
    "content-type": "application/json",
    "milepost-id": notification.id,
    "milepost-timestamp": String(timestamp),
    "milepost-signature": `v1=${createHmac("sha256", secret).update(`${timestamp}.${body}`).digest("hex")}`,
  };
  let address = new URL(url);
  for (let redirects = 0; ; redirects++) {
    const answer = await fetch(address, { method: "POST", headers, body, redirect: "manual", signal });
    const { status } = answer;
    await discard(answer);
    if (answer.ok) return;
    if (status < 300 || status >= 400) throw new Failed(`the answer was ${status}`, status === 429 || status >= 500);
    if (redirects === REDIRECTS_MAX) throw new Failed(`more than ${REDIRECTS_MAX} redirects`, false);
    address = redirected(address, status, answer.headers.get("location"));
  }
}

function redirected(from: URL, status: number, location: string | null): URL {
  const to = location === null ? null : URL.parse(location, from);
  if (status !== 307 && status !== 308) throw new Failed(`the answer was ${status}, and only 307 and 308 are followed`, false);
  if (to?.origin !== from.origin) throw new Failed(`the answer was ${status}, to another host or nowhere, which is not followed`, false);
  return to;
}

/** What is short is read, so that the connection can be used again; what is long is cut off. */
async function discard({ body }: Response): Promise<void> {
  let length = 0;
  for await (const chunk of body ?? []) {
    length += chunk.length;
    if (length > ANSWER_BYTES_MAX) break;
  }
}

function codeOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (!(cause instanceof Error)) return "unknown";
  return "code" in cause && typeof cause.code === "string" ? cause.code : cause.name;
}
