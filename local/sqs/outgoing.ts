import { hash, randomUUID } from "node:crypto";
import type { JsonObject } from "../json.ts";
import { invalidMessageContents, invalidParameter, invalidValue, missingParameter } from "./errors.ts";
import { boundedInteger, optionalText, requiredText } from "./input.ts";
import {
  attributeBytes,
  attributesMd5,
  formatMessageAttributes,
  type MessageAttribute,
  parseMessageAttributes,
  parseTraceHeader,
} from "./message-attributes.ts";
import type { Queue } from "./queue.ts";
import { hasOnlyValidCharacters, isToken } from "./text.ts";

/** A message as its sender gave it, checked against its queue's rules, before it has a place in the queue. */
export interface Outgoing {
  readonly messageId: string;
  readonly body: string;
  readonly bodyMd5: string;
  readonly attributes: string | undefined;
  readonly attributesMd5: string | undefined;
  readonly traceHeader: string | undefined;
  readonly traceHeaderMd5: string | undefined;
  readonly groupName: string | undefined;
  readonly deduplicationId: string | undefined;
  readonly delayMs: number;
}

/** The text AWS has for a message that is too large differs between SendMessage and a batch's entry. */
export type SizeWording = "are invalid" | "cannot be validated";

/** Body and attributes together: what AWS counts against the size limits. */
export function messageBytes(input: JsonObject): number {
  return Buffer.byteLength(optionalText(input, "MessageBody") ?? "") + attributeBytes(input);
}

export function parseOutgoing(input: JsonObject, queue: Queue, wording: SizeWording): Outgoing {
  const body = requiredText(input, "MessageBody");
  const attributes = parseMessageAttributes(input);
  const traceHeader = parseTraceHeader(input);
  if (messageBytes(input) > queue.messageBytesMax) {
    throw invalidParameter(`One or more parameters ${wording}. Reason: Message must be shorter than ${queue.messageBytesMax} bytes.`);
  }
  if (!hasOnlyValidCharacters(body)) throw invalidMessageContents();
  const delayMs = parseDelay(input, queue);
  const { groupName, deduplicationId } = parseGroup(input, queue, body);
  return {
    messageId: randomUUID(),
    body,
    bodyMd5: hash("md5", body),
    ...digestAttributes(attributes),
    traceHeader: traceHeader?.value,
    traceHeaderMd5: traceHeader === undefined ? undefined : attributesMd5([traceHeader]),
    groupName,
    deduplicationId,
    delayMs,
  };
}

function digestAttributes(attributes: readonly MessageAttribute[]): Pick<Outgoing, "attributes" | "attributesMd5"> {
  if (attributes.length === 0) return { attributes: undefined, attributesMd5: undefined };
  return { attributes: JSON.stringify(formatMessageAttributes(attributes)), attributesMd5: attributesMd5(attributes) };
}

/** FIFO queues delay all their messages alike; a delay of 0 is taken there as not given. */
function parseDelay(input: JsonObject, queue: Queue): number {
  const seconds = boundedInteger(input, "DelaySeconds", 0, 900, "DelaySeconds must be >= 0 and <= 900.");
  if (!queue.isFifo) return seconds === undefined ? queue.delayMs : seconds * 1000;
  if (seconds !== undefined && seconds !== 0) {
    throw invalidValue(seconds, "DelaySeconds", "The request include parameter that is not valid for this queue type.");
  }
  return queue.delayMs;
}

function parseGroup(input: JsonObject, queue: Queue, body: string): Pick<Outgoing, "groupName" | "deduplicationId"> {
  const groupName = parseToken(input, "MessageGroupId");
  const given = parseToken(input, "MessageDeduplicationId");
  if (!queue.isFifo) {
    if (given !== undefined) {
      throw invalidValue(given, "MessageDeduplicationId", "The request include parameter that is not valid for this queue type.");
    }
    return { groupName, deduplicationId: undefined };
  }
  if (groupName === undefined) throw missingParameter("MessageGroupId");
  const deduplicationId = given ?? (queue.deduplicatesContent ? hash("sha256", body) : undefined);
  if (deduplicationId === undefined) {
    throw invalidParameter("The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly");
  }
  return { groupName, deduplicationId };
}

function parseToken(input: JsonObject, name: string): string | undefined {
  const value = optionalText(input, name);
  if (value !== undefined && !isToken(value)) {
    throw invalidValue(value, name, `${name} can only include alphanumeric and punctuation characters. 1 to 128 in length.`);
  }
  return value;
}
