import { invalidValue, notAvailableForVisibility, receiptHandleHasExpired } from "./errors.ts";
import type { GroupTable } from "./group-table.ts";
import { isVisible, type MessageState, type MessageTable } from "./message-table.ts";
import type { Polls } from "./polls.ts";
import type { Queue } from "./queue.ts";
import { parseReceipt, type Receipt } from "./receipt.ts";

const VISIBILITY_MS_MAX = 43_200_000;

/** What a receiver does with its receipt handles: deleting messages, and hiding them for longer or shorter. */
export class Receipts {
  readonly #messages: MessageTable;
  readonly #groups: GroupTable;
  readonly #polls: Polls;

  constructor(messages: MessageTable, groups: GroupTable, polls: Polls) {
    this.#messages = messages;
    this.#groups = groups;
    this.#polls = polls;
  }

  /**
   * Deletes the message of a handle. One that is gone is deleted already. The handle of an earlier receive deletes nothing:
   * a standard queue says nothing about it, a FIFO queue refuses it, as it does a handle whose time has run out.
   */
  delete(queue: Queue, handle: string, now: number): void {
    const receipt = parseReceipt(handle, queue);
    const message = this.#find(queue, receipt, now);
    if (message === undefined) return;
    const isStale = message.receives !== receipt.receives;
    if (queue.isFifo && (isStale || isVisible(message, now))) throw receiptHandleHasExpired(handle);
    if (isStale) return;
    this.#messages.delete(message.id);
    this.#refreshGroup(queue, message);
  }

  changeVisibility(queue: Queue, handle: string, seconds: number, now: number): void {
    const receipt = parseReceipt(handle, queue);
    const message = this.#find(queue, receipt, now);
    const isStale = message?.receives !== receipt.receives;
    if (message === undefined || isStale || (queue.isFifo && isVisible(message, now))) throw notAvailableForVisibility(handle);
    const until = now + seconds * 1000;
    if (until - (message.receivedAt ?? now) > VISIBILITY_MS_MAX) {
      const reason = "Total VisibilityTimeout for the message is beyond the limit [43200 seconds]";
      throw invalidValue(seconds, "VisibilityTimeout", reason);
    }
    this.#messages.hide(message, until, now);
    this.#refreshGroup(queue, message);
    if (until > now) this.#polls.hiddenFor(queue.arn, until - now);
    else this.#polls.wakeWithCommit(queue.arn);
  }

  /** The handle's message, unless it has left this queue or expired. */
  #find(queue: Queue, receipt: Receipt, now: number): MessageState | undefined {
    const message = this.#messages.get(receipt.messageId);
    if (message?.queue !== queue.id || message.enqueuedAt !== receipt.enqueuedAt) return undefined;
    return message.enqueuedAt + queue.retentionMs <= now ? undefined : message;
  }

  #refreshGroup(queue: Queue, message: MessageState): void {
    if (message.group === undefined) return;
    this.#groups.refresh(message.group);
    this.#polls.wakeWithCommit(queue.arn);
  }
}
