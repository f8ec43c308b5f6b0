/**
 * Tells people and programs what happened: in the log always, and by every way that is configured.
 *
 * - A notification bears the id of its event, which a repeated one bears as well: whoever must not act twice goes by it.
 * - Every way is tried, whatever becomes of the others. Where one of them fails the call does, with all reasons: the message
 *   it was made for comes again, and with it the notification.
 * - A call ends within SINK_MS_MAX, whatever hangs.
 */
import type { Logger } from "../../config/logger.ts";
import type { Settings } from "../../config/settings.ts";
import { reasonOf } from "../reasons.ts";
import { emailSink } from "./email.ts";
import { webhookSink } from "./webhook.ts";

export interface Notification {
  /** The event's id. A repeat carries the same. */
  readonly id: string;
  readonly kind: string;
  readonly recordId: string;
  /** What happened, as the event's type says. */
  readonly type: string;
  readonly subject: string;
  readonly text: string;
  /** When it happened. */
  readonly at: string;
  /** The e-mail address of whom it concerns; where there is none, whoever looks after all of them is told. */
  readonly to?: string;
  /** What a program may want to know of it. */
  readonly data: Readonly<Record<string, unknown>>;
}

export interface Sink {
  readonly name: string;
  /** Resolves when it was handed over. */
  send(notification: Notification, signal: AbortSignal): Promise<void>;
}

export type Notify = (notification: Notification) => Promise<void>;

export class NotDelivered extends Error {
  override readonly name = "NotDelivered";
}

const SINK_MS_MAX = 20_000;

export function makeNotifier({ notify: { email, webhook } }: Pick<Settings, "notify">, logger: Logger): Notify {
  const sinks: Sink[] = [];
  if (email !== undefined) sinks.push(emailSink(email, logger));
  if (webhook !== undefined) sinks.push(webhookSink(webhook));
  return notifierOf(sinks, logger);
}

export function notifierOf(sinks: readonly Sink[], logger: Logger, limitMs = SINK_MS_MAX): Notify {
  return async (notification) => {
    const { id, kind, recordId, type } = notification;
    logger.info({ kind, recordId }, `notified type=${type} id=${id}`);
    const results = await Promise.allSettled(sinks.map((sink) => sendWithin(limitMs, sink, notification)));
    const reasons = results.flatMap((result, index) =>
      result.status === "fulfilled" ? [] : [`${sinks[index]?.name}: ${reasonOf(result.reason)}`],
    );
    if (reasons.length > 0) throw new NotDelivered(`The notification ${id} was not delivered by ${reasons.join("; by ")}`);
  };
}

async function sendWithin(limitMs: number, sink: Sink, notification: Notification): Promise<void> {
  const abort = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const error = new Error(`no answer within ${limitMs} ms`);
      abort.abort(error);
      reject(error);
    }, limitMs);
  });
  try {
    await Promise.race([sink.send(notification, abort.signal), late]);
  } finally {
    clearTimeout(timer);
  }
}
