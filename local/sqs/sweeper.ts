import { logged } from "../errors.ts";
import type { Store } from "../store.ts";
import type { GroupTable } from "./group-table.ts";
import type { MessageState, MessageTable } from "./message-table.ts";
import type { Polls } from "./polls.ts";
import { numberOf, textOf } from "./rows.ts";

const INTERVAL_MS = 60_000;

/** Rows cleared in one write: few enough that no caller waits long behind it. */
const CHUNK = 500;

/**
 * Clears away what nobody can receive any more: messages past their queue's retention, what purged and deleted queues left
 * behind, and memories of FIFO queues that have run out. Receives skip such rows by themselves; this gives their space back.
 */
export class Sweeper {
  readonly #store: Store;
  readonly #messages: MessageTable;
  readonly #groups: GroupTable;
  readonly #polls: Polls;
  readonly #now: () => number;
  #timer: NodeJS.Timeout | undefined;
  #soon: NodeJS.Immediate | undefined;
  #isStopped = false;

  constructor(store: Store, messages: MessageTable, groups: GroupTable, polls: Polls, now: () => number) {
    this.#store = store;
    this.#messages = messages;
    this.#groups = groups;
    this.#polls = polls;
    this.#now = now;
  }

  start(): void {
    this.#timer = setInterval(() => this.soon(), INTERVAL_MS).unref();
    this.soon();
  }

  stop(): void {
    this.#isStopped = true;
    clearInterval(this.#timer);
    clearImmediate(this.#soon);
  }

  /** Sweeps in the background, chunk by chunk, until nothing is left to clear. */
  soon(): void {
    if (this.#isStopped) return;
    clearImmediate(this.#soon);
    this.#soon = setImmediate(() => {
      this.sweep()
        .then((cleared) => {
          if (cleared > 0) this.soon();
        })
        .catch((error: unknown) => console.error("Old messages could not be cleared away; the next sweep tries again:", logged(error)));
    });
  }

  /** Clears one chunk of each kind; resolves with how many rows that were. */
  async sweep(): Promise<number> {
    const steps = [...this.#expired(), ...this.#discarded(), ...this.#forgotten()];
    let cleared = 0;
    for (const step of steps) {
      if (this.#isStopped) break;
      cleared += step.size;
      if (step.size > 0) await this.#store.write(step.clear, "committed");
    }
    return cleared;
  }

  #expired(): Step[] {
    const queues = this.#store
      .sql("SELECT id, arn, json_extract(attributes, '$.MessageRetentionPeriod') AS retention FROM sqs_queues")
      .all();
    return queues.map((queue) => {
      const sentBy = this.#now() - Number(queue.retention) * 1000;
      const messages = this.#messages.expired(numberOf(queue, "id"), sentBy, CHUNK);
      return { size: messages.length, clear: () => this.#clearMessages(messages, textOf(queue, "arn")) };
    });
  }

  #clearMessages(messages: readonly Pick<MessageState, "id" | "group">[], arn: string): void {
    for (const message of messages) this.#messages.delete(message.id);
    const groups = new Set(messages.map((message) => message.group));
    for (const group of groups) if (group !== undefined) this.#groups.refresh(group);
    this.#polls.wakeWithCommit(arn);
  }

  #discarded(): Step[] {
    return this.#store
      .sql("SELECT queue FROM sqs_discarded")
      .all()
      .map((row) => this.#discardedQueue(numberOf(row, "queue")));
  }

  /** The queue's mark goes last, when nothing of it is left. */
  #discardedQueue(queue: number): Step {
    for (const [table, key] of TABLES) {
      const rows = this.#store.sql(`SELECT ${key} AS key FROM ${table} WHERE queue = ? LIMIT ${CHUNK}`).all(queue);
      if (rows.length === 0) continue;
      const clear = () => {
        if (table === "sqs_messages") for (const row of rows) this.#messages.delete(numberOf(row, "key"));
        else
          this.#store
            .sql(`DELETE FROM ${table} WHERE queue = ?1 AND ${key} IN (SELECT ${key} FROM ${table} WHERE queue = ?1 LIMIT ${CHUNK})`)
            .run(queue);
      };
      return { size: rows.length, clear };
    }
    return { size: 1, clear: () => void this.#store.sql("DELETE FROM sqs_discarded WHERE queue = ?").run(queue) };
  }

  #forgotten(): Step[] {
    return MEMORIES.map(([table, key]) => {
      const now = this.#now();
      const due = `SELECT ${key} FROM ${table} WHERE expires_at <= ? LIMIT ${CHUNK}`;
      const rows = this.#store.sql(due).all(now);
      return { size: rows.length, clear: () => void this.#store.sql(`DELETE FROM ${table} WHERE (${key}) IN (${due})`).run(now) };
    });
  }
}

interface Step {
  readonly size: number;
  clear(): void;
}

const TABLES = [
  ["sqs_messages", "id"],
  ["sqs_groups", "id"],
  ["sqs_deduplications", "deduplication_id"],
  ["sqs_attempts", "attempt"],
] as const;

const MEMORIES = [
  ["sqs_deduplications", "queue, scope, deduplication_id"],
  ["sqs_attempts", "queue, attempt"],
] as const;
