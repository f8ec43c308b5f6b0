import { setImmediate as endOfTurn } from "node:timers/promises";
import type { JsonObject } from "../json.ts";
import type { Call, Operation } from "../service.ts";
import type { Store } from "../store.ts";
import { answerEntries, parseEntries } from "./batch.ts";
import { batchRequestTooLong, invalidParameter, missingParameter } from "./errors.ts";
import { boundedInteger, optionalText, requiredText } from "./input.ts";
import { messageBytes, parseOutgoing } from "./outgoing.ts";
import type { Queue } from "./queue.ts";
import type { QueueTable } from "./queue-table.ts";
import type { Receipts } from "./receipts.ts";
import type { Sender } from "./send.ts";

/** All entries of a batch together may be as large as the largest message. */
const BATCH_BYTES_MAX = 1_048_576;

/** The operations on messages, but for the receive. */
export function messageOperations(
  store: Store,
  queues: QueueTable,
  sender: Sender,
  receipts: Receipts,
  now: () => number,
): [string, Operation][] {
  /** Runs `work` on the call's queue, as it is when the write is done. */
  function write(call: Call, work: (queue: Queue, now: number) => JsonObject, isDeletion = false): Promise<JsonObject> {
    const url = requiredText(call.input, "QueueUrl");
    // A standard queue may deliver a deleted message once more, so a deletion need not wait for the disk; a FIFO queue may not.
    const kind = isDeletion && !url.endsWith(".fifo") ? "committed" : "flushed";
    return store.write(() => work(queues.byUrl(url, call.region), now()), kind);
  }

  /** Nobody's next step waits for a deletion, so what else came in the same turn of the event loop goes before it. */
  async function deleteLast(call: Call, work: (queue: Queue, now: number) => JsonObject): Promise<JsonObject> {
    await endOfTurn();
    return write(call, work, true);
  }

  function deleteMessage(queue: Queue, input: JsonObject, now: number): JsonObject {
    receipts.delete(queue, requiredText(input, "ReceiptHandle"), now);
    return {};
  }

  function changeVisibility(queue: Queue, input: JsonObject, now: number): JsonObject {
    const handle = requiredText(input, "ReceiptHandle");
    const seconds = boundedInteger(input, "VisibilityTimeout", 0, 43_200, "Must be >= 0 and <= 43200, if provided.");
    if (seconds === undefined) throw missingParameter("VisibilityTimeout");
    receipts.changeVisibility(queue, handle, seconds, now);
    return {};
  }

  return [
    ["SendMessage", (call) => write(call, (queue, now) => sender.send(queue, parseOutgoing(call.input, queue, "are invalid"), now))],
    ["SendMessageBatch", (call) => write(call, (queue, now) => sendBatch(sender, queue, call.input, now))],
    ["DeleteMessage", (call) => deleteLast(call, (queue, now) => deleteMessage(queue, call.input, now))],
    [
      "DeleteMessageBatch",
      (call) =>
        deleteLast(call, (queue, now) => {
          const entries = parseEntries(call.input, "DeleteMessageBatchRequestEntry");
          return answerEntries(entries, (input) => deleteMessage(queue, input, now));
        }),
    ],
    ["ChangeMessageVisibility", (call) => write(call, (queue, now) => changeVisibility(queue, call.input, now))],
    [
      "ChangeMessageVisibilityBatch",
      (call) =>
        write(call, (queue, now) => {
          const entries = parseEntries(call.input, "ChangeMessageVisibilityBatchRequestEntry");
          return answerEntries(entries, (input) => changeVisibility(queue, input, now));
        }),
    ],
  ];
}

function sendBatch(sender: Sender, queue: Queue, input: JsonObject, now: number): JsonObject {
  const entries = parseEntries(input, "SendMessageBatchRequestEntry");
  if (queue.isFifo) for (const entry of entries) checkFifoEntry(entry.input, queue);
  const bytes = entries.reduce((sum, entry) => sum + messageBytes(entry.input), 0);
  if (bytes > BATCH_BYTES_MAX) throw batchRequestTooLong(BATCH_BYTES_MAX, bytes);
  return answerEntries(entries, (entry) => sender.send(queue, parseOutgoing(entry, queue, "cannot be validated"), now));
}

/** What is missing in one entry for a FIFO queue makes AWS refuse the whole batch, and with another code than SendMessage's. */
function checkFifoEntry(entry: JsonObject, queue: Queue): void {
  if (optionalText(entry, "MessageGroupId") === undefined) {
    throw invalidParameter("The request must contain the parameter MessageGroupId.");
  }
  if (!queue.deduplicatesContent && optionalText(entry, "MessageDeduplicationId") === undefined) {
    throw invalidParameter("The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly");
  }
}
