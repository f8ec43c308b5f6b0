/**
 * What follows a failed attempt at a message: it is noted, for the dead letter it may become, and the message waits.
 *
 * The wait grows with how often it was received, with full jitter. Two kinds of message do not wait: one that no repetition
 * can help, and one that had its last attempt; both are in the dead-letter queue within seconds, where somebody is told.
 */
import type { Logger } from "../config/logger.ts";
import type { MessageKey } from "../domain/failures.ts";
import { traceOf } from "../workflows/message.ts";
import { queueName } from "../workflows/queue-name.ts";
import { type Backoff, waitMs } from "./backoff.ts";
import type { Counters } from "./counters.ts";
import type { Message } from "./queue.ts";
import { reasonOf } from "./reasons.ts";
import { Unusable } from "./step.ts";

export interface FailedAttemptOptions {
  readonly queueUrl: string;
  readonly note: (key: MessageKey, attempt: { readonly receives: number; readonly reason: string }) => Promise<void>;
  /** After so many receives the queue gives a message up. */
  readonly receivesMax: number;
  readonly logger: Logger;
  readonly counters: Counters;
  readonly random: () => number;
  /** For how long a received message is hidden; where workers' messages come again soon, so do failed ones. */
  readonly visibilitySeconds: number;
}

/** So that an outage of some seconds does not use up all attempts. */
const FIRST_MS = 5_000;
/** At most, in times of the visibility: two minutes where that is half a minute. */
const VISIBILITIES_MOST = 4;

export function hideSeconds(receives: number, random: number, visibilitySeconds: number): number {
  const backoff: Backoff = { firstMs: FIRST_MS, mostMs: VISIBILITIES_MOST * visibilitySeconds * 1_000 };
  return Math.round(waitMs(backoff, receives, random) / 1_000);
}

export function failedAttempt(options: FailedAttemptOptions): (message: Message, error: unknown) => Promise<number> {
  const { queueUrl, note, receivesMax, logger, counters, random, visibilitySeconds } = options;
  const queue = queueName(queueUrl);
  return async ({ id: messageId, receives, body }, error) => {
    const reason = reasonOf(error);
    counters.add("worker_failed_attempts_total");
    logger.warn({ ...traceOf(body), queue, messageId, receives, reason }, "an attempt at a message failed");
    try {
      await note({ queue, messageId }, { receives, reason });
    } catch (cause) {
      logger.warn({ queue, messageId, reason: reasonOf(cause) }, "a failed attempt could not be noted");
    }
    return error instanceof Unusable || receives >= receivesMax ? 0 : hideSeconds(receives, random(), visibilitySeconds);
  };
}
