import type { JsonObject } from "../json.ts";
import { ACCOUNT, type Call, type Operation } from "../service.ts";
import type { Store } from "../store.ts";
import { checkAttributes, checkReadable, defaultAttributes, shownAttributes, withChanges } from "./attributes.ts";
import { countMessages } from "./counting.ts";
import {
  invalidAttributeValue,
  invalidValue,
  missingParameter,
  purgeQueueInProgress,
  queueDoesNotExist,
  queueNameExists,
} from "./errors.ts";
import type { GroupTable } from "./group-table.ts";
import { optionalObject, optionalText, requiredText, textList, textMap } from "./input.ts";
import type { Polls } from "./polls.ts";
import { type Queue, queueArn, queueUrl } from "./queue.ts";
import type { QueueTable } from "./queue-table.ts";
import { allowsSource, parseRedrivePolicy } from "./redrive-policy.ts";

const PURGE_INTERVAL_MS = 60_000;

/** CreateQueue, DeleteQueue, PurgeQueue, GetQueueUrl, and a queue's attributes. */
export class QueueOperations {
  readonly #store: Store;
  readonly #queues: QueueTable;
  readonly #groups: GroupTable;
  readonly #polls: Polls;
  readonly #now: () => number;
  /** Called when there is something for the sweeper to clear away. */
  readonly #discarded: () => void;

  constructor(store: Store, queues: QueueTable, groups: GroupTable, polls: Polls, now: () => number, discarded: () => void) {
    this.#store = store;
    this.#queues = queues;
    this.#groups = groups;
    this.#polls = polls;
    this.#now = now;
    this.#discarded = discarded;
  }

  operations(): [string, Operation][] {
    return [
      ["CreateQueue", (call) => this.#create(call)],
      ["DeleteQueue", (call) => this.#delete(call)],
      ["PurgeQueue", (call) => this.#purge(call)],
      ["GetQueueUrl", (call) => this.#getUrl(call)],
      ["GetQueueAttributes", (call) => this.#getAttributes(call)],
      ["SetQueueAttributes", (call) => this.#setAttributes(call)],
    ];
  }

  #create(call: Call): Promise<JsonObject> {
    const name = requiredText(call.input, "QueueName");
    const given = textMap(call.input, "Attributes");
    const isFifo = given.get("FifoQueue")?.toLowerCase() === "true";
    const arn = queueArn(call.region, name);
    const answer = { QueueUrl: queueUrl(call.origin, arn) };
    checkName(name, isFifo);
    const attributes = checkAttributes(given, isFifo);
    const tags = textMap(call.input, "tags");
    return this.#store.write(() => {
      const existing = this.#queues.byArn(arn);
      if (existing !== undefined) {
        refuseDifference(existing, attributes);
        return answer;
      }
      this.#checkDeadLetters(attributes, arn, isFifo);
      this.#queues.insert(arn, withChanges(defaultAttributes(isFifo), attributes), tags, this.#now());
      return answer;
    });
  }

  #delete(call: Call): Promise<JsonObject> {
    const url = requiredText(call.input, "QueueUrl");
    return this.#store.write(() => {
      const queue = this.#queues.byUrl(url, call.region);
      this.#queues.delete(queue);
      this.#store.afterCommit(this.#discarded);
      this.#polls.wakeAllAfterCommit(queue.arn);
      return {};
    });
  }

  #purge(call: Call): Promise<JsonObject> {
    const url = requiredText(call.input, "QueueUrl");
    return this.#store.write(() => {
      const queue = this.#queues.byUrl(url, call.region);
      const now = this.#now();
      if (queue.purgedAt !== undefined && now - queue.purgedAt < PURGE_INTERVAL_MS) throw purgeQueueInProgress(queue.name);
      this.#queues.purge(queue, now);
      this.#store.afterCommit(this.#discarded);
      return {};
    });
  }

  #getUrl(call: Call): Promise<JsonObject> {
    const arn = queueArn(call.region, requiredText(call.input, "QueueName"));
    const owner = optionalText(call.input, "QueueOwnerAWSAccountId") ?? ACCOUNT;
    return this.#store.read(() => {
      if (owner !== ACCOUNT || this.#queues.byArn(arn) === undefined) throw queueDoesNotExist();
      return { QueueUrl: queueUrl(call.origin, arn) };
    });
  }

  #getAttributes(call: Call): Promise<JsonObject> {
    const url = requiredText(call.input, "QueueUrl");
    const names = textList(call.input, "AttributeNames");
    return this.#store.read((): JsonObject => {
      const queue = this.#queues.byUrl(url, call.region);
      checkReadable(names);
      const all = this.#readable(queue, names);
      const wanted = names.includes("All") ? [...all.keys()].sort() : names;
      const shown = wanted.flatMap((name) => {
        const value = all.get(name);
        return value === undefined ? [] : [[name, value] as const];
      });
      return shown.length === 0 ? {} : { Attributes: Object.fromEntries(shown) };
    });
  }

  #readable(queue: Queue, names: readonly string[]): Map<string, string> {
    const all = shownAttributes(queue.attributes);
    all.set("QueueArn", queue.arn);
    all.set("CreatedTimestamp", String(Math.floor(queue.createdAt / 1000)));
    all.set("LastModifiedTimestamp", String(Math.floor(queue.modifiedAt / 1000)));
    if (names.some((name) => name === "All" || name.startsWith("Approximate"))) {
      const counts = countMessages(this.#store, queue, this.#now());
      all.set("ApproximateNumberOfMessages", String(counts.visible));
      all.set("ApproximateNumberOfMessagesDelayed", String(counts.delayed));
      all.set("ApproximateNumberOfMessagesNotVisible", String(counts.inFlight));
    }
    return all;
  }

  #setAttributes(call: Call): Promise<JsonObject> {
    const url = requiredText(call.input, "QueueUrl");
    if (optionalObject(call.input, "Attributes") === undefined) throw missingParameter("Attributes");
    const given = textMap(call.input, "Attributes");
    return this.#store.write(() => {
      const queue = this.#queues.byUrl(url, call.region);
      const changes = checkAttributes(given, queue.isFifo);
      if (changes.get("FifoQueue") === "false") throw invalidAttributeValue("FifoQueue", "Modifying queue type is not supported.");
      this.#checkDeadLetters(changes, queue.arn, queue.isFifo);
      const now = this.#now();
      const attributes = withChanges(queue.attributes, changes);
      const scope = queue.attributes.get("DeduplicationScope");
      const isRescoped = attributes.get("DeduplicationScope") !== scope;
      this.#queues.update(queue, { attributes, modifiedAt: now, ...(isRescoped ? { scopeBefore: scope, scopeChangedAt: now } : {}) });
      if (queue.isFifo && changes.has("DelaySeconds")) this.#groups.redelay(queue, Number(changes.get("DelaySeconds")) * 1000, now);
      this.#polls.wakeWithCommit(queue.arn);
      return {};
    });
  }

  /** A dead-letter queue must be there, be of the same kind, and allow this source. */
  #checkDeadLetters(attributes: ReadonlyMap<string, string>, arn: string, isFifo: boolean): void {
    const text = attributes.get("RedrivePolicy") ?? "";
    if (text === "") return;
    const target = this.#queues.byArn(parseRedrivePolicy(text).deadLetterArn);
    const refuse = (reason: string) => invalidValue(text, "RedrivePolicy", reason);
    if (target === undefined) throw refuse("Dead letter target does not exist.");
    if (target.isFifo !== isFifo) throw refuse("Dead-letter queue must be same type of queue as the source.");
    if (!allowsSource(target.attributes.get("RedriveAllowPolicy"), arn)) {
      throw refuse("The dead-letter queue's RedriveAllowPolicy does not allow this source queue.");
    }
  }
}

function checkName(name: string, isFifo: boolean): void {
  const isFitting = isFifo ? /^[A-Za-z0-9_-]{1,75}\.fifo$/.test(name) : /^[A-Za-z0-9_-]{1,80}$/.test(name);
  if (isFitting) return;
  const reason = isFifo
    ? "The name of a FIFO queue can only include alphanumeric characters, hyphens, or underscores, must end with .fifo suffix and be 1 to 80 in length."
    : "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length";
  throw invalidValue(name, "QueueName", reason);
}

/** Attributes that are not given are not compared; neither are tags. */
function refuseDifference(queue: Queue, attributes: ReadonlyMap<string, string>): void {
  for (const [name, value] of attributes) {
    if ((queue.attributes.get(name) ?? "") !== value) throw queueNameExists(name);
  }
}
