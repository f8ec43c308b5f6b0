import type { JsonObject } from "../json.ts";
import type { Operation, Service } from "../service.ts";
import type { Store } from "../store.ts";
import { Attempts } from "./attempts.ts";
import { GroupTable } from "./group-table.ts";
import { requiredText } from "./input.ts";
import { listingOperations } from "./listing.ts";
import { messageOperations } from "./message-operations.ts";
import { MessageTable } from "./message-table.ts";
import { moveTaskOperations } from "./move-task-operations.ts";
import { MoveTaskTable } from "./move-task-table.ts";
import { Mover } from "./mover.ts";
import { Numbers } from "./numbers.ts";
import { parseOutgoing } from "./outgoing.ts";
import { permissionOperations } from "./permissions.ts";
import { Polls } from "./polls.ts";
import { SQS_QUERY } from "./query.ts";
import { QueueOperations } from "./queue-operations.ts";
import { QueueTable } from "./queue-table.ts";
import { Receipts } from "./receipts.ts";
import { Receiver } from "./receive.ts";
import { Sender } from "./send.ts";
import { Sweeper } from "./sweeper.ts";
import { Taking } from "./taking.ts";

export { SQS_SCHEMA } from "./schema.ts";

export interface Sqs extends Service {
  /**
   * SendMessage for a service of this endpoint that is inside a write of its own: the message is sent if and only if that
   * write commits. Throws AwsError, and has then written nothing.
   */
  sendMessage(input: JsonObject, region: string, origin: string): JsonObject;
  start(): void;
  stop(): void;
}

/** Amazon SQS on the shared store: standard and FIFO queues. The clock can be set, for tests. */
export function createSqs(store: Store, now: () => number = Date.now): Sqs {
  const numbers = new Numbers(store, now);
  const queues = new QueueTable(store, numbers);
  const messages = new MessageTable(store, numbers);
  const groups = new GroupTable(store, numbers);
  const polls = new Polls(store);
  const taking = new Taking(store, queues, messages, groups, (queue) => polls.wakeWithCommit(queue.arn));
  const receiver = new Receiver(store, queues, taking, new Attempts(store, messages, groups), polls, now);
  const sender = new Sender(store, numbers, messages, groups, polls);
  const receipts = new Receipts(messages, groups, polls);
  const sweeper = new Sweeper(store, messages, groups, polls, now);
  const tasks = new MoveTaskTable(store);
  const mover = new Mover(store, tasks, queues, messages, groups, polls, now);
  const queueOperations = new QueueOperations(store, queues, groups, polls, now, () => sweeper.soon());
  const operations = new Map<string, Operation>([
    ...queueOperations.operations(),
    ...listingOperations(store, queues),
    ...permissionOperations(store, queues, now),
    ...messageOperations(store, queues, sender, receipts, now),
    ...moveTaskOperations(store, queues, tasks, mover, now),
    ["ReceiveMessage", (call) => receiver.receive(call)],
  ]);
  return {
    name: "sqs",
    target: "AmazonSQS",
    json: "1.0",
    query: SQS_QUERY,
    errorNamespace: "com.amazonaws.sqs#",
    operations,
    sendMessage(input, region) {
      const queue = queues.byUrl(requiredText(input, "QueueUrl"), region);
      return sender.send(queue, parseOutgoing(input, queue, "are invalid"), now());
    },
    start() {
      sweeper.start();
      mover.wake();
    },
    stop() {
      sweeper.stop();
      mover.stop();
      polls.stop();
    },
  };
}
