import type { Store } from "../store.ts";
import type { GroupTable } from "./group-table.ts";
import { IN_FLIGHT, type MessageTable } from "./message-table.ts";
import type { Queue } from "./queue.ts";
import { textOf } from "./rows.ts";
import type { Taken } from "./taking.ts";

const INTERVAL_MS = 300_000;

interface Kept extends Taken {
  /** When the message was to become visible again: a message for which that has changed is not given out again. */
  readonly until: number;
}

/**
 * Receives of FIFO queues that carry a ReceiveRequestAttemptId: asked again within five minutes, they give the same
 * messages under the same handles, as long as none was deleted or had its visibility changed.
 */
export class Attempts {
  readonly #store: Store;
  readonly #messages: MessageTable;
  readonly #groups: GroupTable;

  constructor(store: Store, messages: MessageTable, groups: GroupTable) {
    this.#store = store;
    this.#messages = messages;
    this.#groups = groups;
  }

  repeat(queue: Queue, attemptId: string | undefined, visibilityMs: number, now: number): Taken[] | undefined {
    if (attemptId === undefined) return undefined;
    const row = this.#store
      .sql("SELECT taken FROM sqs_attempts WHERE queue = ? AND attempt = ? AND expires_at > ?")
      .get(queue.id, attemptId, now);
    if (row === undefined) return undefined;
    const kept: Kept[] = JSON.parse(textOf(row, "taken"));
    const messages = kept.map(({ id, until }) => {
      const message = this.#messages.get(id);
      const isUntouched = message?.queue === queue.id && message.state === IN_FLIGHT && message.due === until && until > now;
      return isUntouched ? message : undefined;
    });
    const whole = messages.filter((message) => message !== undefined);
    if (whole.length < messages.length) return undefined;
    for (const message of whole) {
      this.#messages.hide(message, now + visibilityMs, now);
      if (message.group !== undefined) this.#groups.refresh(message.group);
    }
    return kept;
  }

  remember(queue: Queue, attemptId: string | undefined, taken: readonly Taken[], until: number, now: number): void {
    if (attemptId === undefined || taken.length === 0) return;
    const kept: Kept[] = taken.map((each) => ({ ...each, until }));
    this.#store
      .sql("INSERT OR REPLACE INTO sqs_attempts (queue, attempt, taken, expires_at) VALUES (?, ?, ?, ?)")
      .run(queue.id, attemptId, JSON.stringify(kept), now + INTERVAL_MS);
  }
}
