import type { JsonObject } from "../json.ts";
import { ACCOUNT } from "../service.ts";
import type { Store } from "../store.ts";
import { unknownAttribute } from "./errors.ts";
import { attributeFilter, attributesMd5, formatMessageAttributes, keptMessageAttributes } from "./message-attributes.ts";
import type { Queue } from "./queue.ts";
import { formatReceipt } from "./receipt.ts";
import { numberOf, optionalTextOf, type Row, textOf } from "./rows.ts";
import type { Taken } from "./taking.ts";

/** Received messages in the form their receiver asked for. */

const SYSTEM_ATTRIBUTES: ReadonlyMap<string, (taken: Taken, content: Row) => string | undefined> = new Map<
  string,
  (taken: Taken, content: Row) => string | undefined
>([
  ["SenderId", () => ACCOUNT],
  ["SentTimestamp", (_taken, content) => String(numberOf(content, "sent_at"))],
  ["ApproximateReceiveCount", (taken) => String(taken.receives)],
  ["ApproximateFirstReceiveTimestamp", (taken) => String(taken.firstReceivedAt)],
  ["SequenceNumber", (_taken, content) => optionalTextOf(content, "sequence")],
  ["MessageDeduplicationId", (_taken, content) => optionalTextOf(content, "deduplication_id")],
  ["MessageGroupId", (_taken, content) => optionalTextOf(content, "group_name")],
  ["AWSTraceHeader", (_taken, content) => optionalTextOf(content, "trace_header")],
  ["DeadLetterQueueSourceArn", (_taken, content) => optionalTextOf(content, "source_arn")],
]);

export interface Selection {
  /** The names of the system attributes asked for. */
  readonly system: readonly string[];
  /** Undefined where no message attribute is asked for, the usual case. */
  readonly wantsAttribute: ((name: string) => boolean) | undefined;
}

export function parseSelection(system: readonly string[], attributes: readonly string[]): Selection {
  for (const name of system) if (name !== "All" && !SYSTEM_ATTRIBUTES.has(name)) throw unknownAttribute(name);
  return {
    system: system.includes("All") ? [...SYSTEM_ATTRIBUTES.keys()] : system,
    wantsAttribute: attributes.length === 0 ? undefined : attributeFilter(attributes),
  };
}

export function formatMessage(store: Store, queue: Queue, taken: Taken, selection: Selection): JsonObject {
  const content = store.sql("SELECT * FROM sqs_contents WHERE id = ?").get(taken.id);
  if (content === undefined) throw new Error(`The message ${taken.id} has no contents.`);
  const message: JsonObject = {
    MessageId: textOf(content, "message_id"),
    ReceiptHandle: formatReceipt(queue, taken.id, taken.receives, taken.enqueuedAt),
    MD5OfBody: textOf(content, "body_md5"),
    Body: textOf(content, "body"),
  };
  if (selection.system.length > 0) addSystemAttributes(message, taken, content, selection.system);
  if (selection.wantsAttribute !== undefined) addMessageAttributes(message, content, selection.wantsAttribute);
  return message;
}

function addSystemAttributes(message: JsonObject, taken: Taken, content: Row, names: readonly string[]): void {
  const attributes: JsonObject = {};
  for (const name of names) {
    const value = SYSTEM_ATTRIBUTES.get(name)?.(taken, content);
    if (value !== undefined) attributes[name] = value;
  }
  if (Object.keys(attributes).length > 0) message.Attributes = attributes;
}

/** The digest is of the attributes answered, not of all the message has. */
function addMessageAttributes(message: JsonObject, content: Row, wants: (name: string) => boolean): void {
  const kept = optionalTextOf(content, "attributes");
  if (kept === undefined) return;
  const all = keptMessageAttributes(kept);
  const wanted = all.filter(({ name }) => wants(name));
  if (wanted.length === 0) return;
  message.MD5OfMessageAttributes = wanted.length === all.length ? textOf(content, "attributes_md5") : attributesMd5(wanted);
  message.MessageAttributes = formatMessageAttributes(wanted);
}
