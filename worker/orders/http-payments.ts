/**
 * A payment provider that is reached over HTTP, where PAYMENT_URL names one. What it must promise stands in docs/orders.md;
 * in short: an Idempotency-Key names a charge for good, and a refund of a key that was never charged blocks it for good.
 *
 *   POST {PAYMENT_URL}/charges  {order_id, user_id, amount}  → 200|201 {reference}, 402 {reason}, 409 where it is blocked
 *   POST {PAYMENT_URL}/refunds  {order_id}                   → 200 {outcome: "refunded" | "nothing"}
 */
import { z } from "zod";
import { priceOf } from "../../domain/money.ts";
import type { PaymentProvider } from "../../domain/payments.ts";

export interface HttpPaymentOptions {
  readonly url: string;
  /** Shown as a bearer token. */
  readonly token: string | undefined;
}

/** An attempt's message is hidden and extended meanwhile; another attempt follows where this one fails. */
const ANSWER_MS_MAX = 15_000;
const ANSWER_BYTES_MAX = 64 * 1024;

const REFERENCE = z.object({ reference: z.string().min(1).max(200) });
const REASON = z.object({ reason: z.string().max(300) });
const OUTCOME = z.object({ outcome: z.enum(["refunded", "nothing"]) });

export function httpProvider({ url, token }: HttpPaymentOptions): PaymentProvider {
  const post = async (path: string, key: string, body: object, signal: AbortSignal) => {
    const answer = await fetch(`${url}${path}`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "idempotency-key": key,
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify(body),
      redirect: "error",
      signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS_MAX)]),
    });
    return { status: answer.status, body: jsonOf(await textOf(answer)) };
  };
  return {
    charge: async ({ key, orderId, userId, amountCents }, signal) => {
      const body = { order_id: orderId, ...(userId !== undefined && { user_id: userId }), amount: priceOf(amountCents) };
      const answer = await post("/charges", key, body, signal);
      if (answer.status === 409) return { outcome: "closed" };
      if (answer.status === 402)
        return { outcome: "declined", reason: REASON.safeParse(answer.body).data?.reason ?? "The card was declined." };
      if (answer.status !== 200 && answer.status !== 201) throw new Error(`The payment provider answered ${answer.status}.`);
      return { outcome: "charged", reference: REFERENCE.parse(answer.body).reference };
    },
    refund: async (key, orderId, signal) => {
      const answer = await post("/refunds", key, { order_id: orderId }, signal);
      if (answer.status !== 200) throw new Error(`The payment provider answered ${answer.status} to a refund.`);
      return OUTCOME.parse(answer.body).outcome;
    },
  };
}

async function textOf(answer: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of answer.body ?? []) {
    length += chunk.length;
    if (length > ANSWER_BYTES_MAX) throw new Error("The payment provider's answer is too long.");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
