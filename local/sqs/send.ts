import type { JsonObject } from "../json.ts";
import type { Store } from "../store.ts";
import { Deduplication } from "./deduplication.ts";
import type { GroupTable } from "./group-table.ts";
import type { MessageTable } from "./message-table.ts";
import type { Numbers } from "./numbers.ts";
import type { Outgoing } from "./outgoing.ts";
import type { Polls } from "./polls.ts";
import type { Queue } from "./queue.ts";

/** Puts checked messages into queues. */
export class Sender {
  readonly #numbers: Numbers;
  readonly #messages: MessageTable;
  readonly #groups: GroupTable;
  readonly #deduplication: Deduplication;
  readonly #polls: Polls;

  constructor(store: Store, numbers: Numbers, messages: MessageTable, groups: GroupTable, polls: Polls) {
    this.#numbers = numbers;
    this.#messages = messages;
    this.#groups = groups;
    this.#deduplication = new Deduplication(store);
    this.#polls = polls;
  }

  /** To be called inside a write. The answer is SendMessage's, and that of a batch's entry but for its Id. */
  send(queue: Queue, message: Outgoing, now: number): JsonObject {
    const original = queue.isFifo ? this.#deduplication.find(queue, message, now) : undefined;
    if (original !== undefined) return formatAnswer(message, original.messageId, original.sequence);
    const id = this.#numbers.next();
    const sequence = queue.isFifo ? sequenceOf(id) : undefined;
    const group = queue.isFifo ? this.#groups.open(queue, message.groupName ?? "") : undefined;
    this.#messages.insert(queue, message, id, group, sequence, now);
    if (group !== undefined) this.#groups.refresh(group);
    if (sequence !== undefined) this.#deduplication.remember(queue, message, sequence, now);
    if (message.delayMs > 0) this.#polls.hiddenFor(queue.arn, message.delayMs);
    else this.#polls.wakeWithCommit(queue.arn);
    return formatAnswer(message, message.messageId, sequence);
  }
}

/** AWS's sequence numbers have 20 digits, which grow. */
function sequenceOf(id: number): string {
  return `188${String(id).padStart(17, "0")}`;
}

function formatAnswer(message: Outgoing, messageId: string, sequence: string | undefined): JsonObject {
  return {
    MD5OfMessageBody: message.bodyMd5,
    ...(message.attributesMd5 === undefined ? {} : { MD5OfMessageAttributes: message.attributesMd5 }),
    ...(message.traceHeaderMd5 === undefined ? {} : { MD5OfMessageSystemAttributes: message.traceHeaderMd5 }),
    MessageId: messageId,
    ...(sequence === undefined ? {} : { SequenceNumber: sequence }),
  };
}
