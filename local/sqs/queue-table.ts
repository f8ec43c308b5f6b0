import type { Store } from "../store.ts";
import { queueDoesNotExist } from "./errors.ts";
import type { Numbers } from "./numbers.ts";
import { arnOfUrl, type Queue, queueName } from "./queue.ts";
import { parseRedrivePolicy } from "./redrive-policy.ts";
import { numberOf, optionalNumber, optionalTextOf, type Row, textOf } from "./rows.ts";

/** What of a queue can change; the rest is derived from it. */
export interface QueueState {
  readonly attributes: ReadonlyMap<string, string>;
  readonly tags: ReadonlyMap<string, string>;
  readonly scopeBefore: string | undefined;
  readonly scopeChangedAt: number;
  readonly modifiedAt: number;
}

/** How many parsed queues are kept at once; more are read anew from their rows. */
const CACHED_QUEUES_MAX = 10_000;

/** The queues' rows, with a cache of the parsed ones that is dropped whenever a write is taken back. */
export class QueueTable {
  readonly #store: Store;
  readonly #numbers: Numbers;
  readonly #cache = new Map<string, Queue>();

  constructor(store: Store, numbers: Numbers) {
    this.#store = store;
    this.#numbers = numbers;
    store.onRollback(() => this.#cache.clear());
  }

  /** The queue a call's QueueUrl names. */
  byUrl(url: string, region: string): Queue {
    const queue = this.byArn(arnOfUrl(url, region));
    if (queue === undefined) throw queueDoesNotExist();
    return queue;
  }

  byArn(arn: string): Queue | undefined {
    const cached = this.#cache.get(arn);
    if (cached !== undefined) return cached;
    const row = this.#store.sql("SELECT * FROM sqs_queues WHERE arn = ?").get(arn);
    if (row === undefined) return undefined;
    if (this.#cache.size >= CACHED_QUEUES_MAX) this.#cache.clear();
    const queue = parseQueue(row);
    this.#cache.set(arn, queue);
    return queue;
  }

  insert(arn: string, attributes: ReadonlyMap<string, string>, tags: ReadonlyMap<string, string>, now: number): void {
    this.#store
      .sql(`INSERT INTO sqs_queues (id, arn, attributes, tags, dead_letter_arn, created_at, modified_at) VALUES (?, ?, ?, ?, ?, ?, ?)`)
      .run(this.#numbers.next(), arn, textOfMap(attributes), textOfMap(tags), deadLetterArn(attributes), now, now);
  }

  update(queue: Queue, changes: Partial<QueueState>): void {
    const state: QueueState = { ...queue, ...changes };
    this.#cache.delete(queue.arn);
    this.#store
      .sql(
        `UPDATE sqs_queues SET attributes = ?, tags = ?, dead_letter_arn = ?, scope_before = ?, scope_changed_at = ?, modified_at = ?
         WHERE id = ?`,
      )
      .run(
        textOfMap(state.attributes),
        textOfMap(state.tags),
        deadLetterArn(state.attributes),
        state.scopeBefore ?? null,
        state.scopeChangedAt,
        state.modifiedAt,
        queue.id,
      );
  }

  /** Empties a queue at once, however much is in it: it gets a new number, and what carries the old one is garbage. */
  purge(queue: Queue, now: number): void {
    this.#cache.delete(queue.arn);
    this.#store.sql("UPDATE sqs_queues SET id = ?, purged_at = ? WHERE id = ?").run(this.#numbers.next(), now, queue.id);
    this.#discard(queue);
  }

  delete(queue: Queue): void {
    this.#cache.delete(queue.arn);
    this.#store.sql("DELETE FROM sqs_queues WHERE id = ?").run(queue.id);
    this.#store.sql("DELETE FROM sqs_move_tasks WHERE source_arn = ?").run(queue.arn);
    this.#discard(queue);
  }

  /** The ARNs after `after` that begin with `prefix`, in their order. */
  list(prefix: string, after: string, limit: number): string[] {
    const rows = this.#store
      .sql("SELECT arn FROM sqs_queues WHERE arn > ? AND arn >= ? AND arn < ? ORDER BY arn LIMIT ?")
      .all(after, prefix, `${prefix}\u{10FFFF}`, limit);
    return rows.map((row) => textOf(row, "arn"));
  }

  /** The queues whose dead-letter queue is `arn`, after `after`, in their order. */
  sourcesOf(arn: string, after: string, limit: number): string[] {
    const rows = this.#store
      .sql("SELECT arn FROM sqs_queues WHERE dead_letter_arn = ? AND arn > ? ORDER BY arn LIMIT ?")
      .all(arn, after, limit);
    return rows.map((row) => textOf(row, "arn"));
  }

  #discard(queue: Queue): void {
    this.#store.sql("INSERT INTO sqs_discarded (queue) VALUES (?)").run(queue.id);
  }
}

function parseQueue(row: Row): Queue {
  const arn = textOf(row, "arn");
  const attributes = mapOfText(textOf(row, "attributes"));
  const seconds = (name: string) => Number(attributes.get(name)) * 1000;
  const redrivePolicy = attributes.get("RedrivePolicy");
  return {
    id: numberOf(row, "id"),
    arn,
    name: queueName(arn),
    isFifo: attributes.get("FifoQueue") === "true",
    attributes,
    tags: mapOfText(textOf(row, "tags")),
    delayMs: seconds("DelaySeconds"),
    visibilityMs: seconds("VisibilityTimeout"),
    retentionMs: seconds("MessageRetentionPeriod"),
    waitMs: seconds("ReceiveMessageWaitTimeSeconds"),
    messageBytesMax: Number(attributes.get("MaximumMessageSize")),
    deduplicatesContent: attributes.get("ContentBasedDeduplication") === "true",
    redrivePolicy: redrivePolicy === undefined ? undefined : parseRedrivePolicy(redrivePolicy),
    scopeBefore: optionalTextOf(row, "scope_before"),
    scopeChangedAt: optionalNumber(row, "scope_changed_at") ?? 0,
    createdAt: numberOf(row, "created_at"),
    modifiedAt: numberOf(row, "modified_at"),
    purgedAt: optionalNumber(row, "purged_at"),
  };
}

function deadLetterArn(attributes: ReadonlyMap<string, string>): string | null {
  const policy = attributes.get("RedrivePolicy");
  return policy === undefined ? null : parseRedrivePolicy(policy).deadLetterArn;
}

function textOfMap(map: ReadonlyMap<string, string>): string {
  return JSON.stringify(Object.fromEntries(map));
}

function mapOfText(text: string): Map<string, string> {
  const pairs: [string, unknown][] = Object.entries(JSON.parse(text));
  return new Map(pairs.map(([name, value]) => [name, String(value)]));
}
