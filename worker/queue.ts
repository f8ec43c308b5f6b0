/** One queue, as a consumer needs it: its messages, and the three calls about them, in batches as SQS has them. */
import {
  type BatchResultErrorEntry,
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  ReceiveMessageCommand,
  type SQSClient,
  type Message as SqsMessage,
} from "@aws-sdk/client-sqs";
import type { Timings } from "../config/timings.ts";

export interface Message {
  readonly id: string;
  readonly receiptHandle: string;
  readonly body: string;
  /** How often it was received, this time included. */
  readonly receives: number;
  /** Of a dead letter: the name of the queue that gave it up. */
  readonly source?: string;
}

/** For how long a message is hidden from now on; 0 shows it to everybody at once. */
export interface Hiding {
  readonly message: Message;
  readonly seconds: number;
}

/** What SQS did not do of a batch. One that it will not do later either is not worth another try. */
export interface Refused<Entry> {
  readonly entry: Entry;
  readonly mayBeRepeated: boolean;
  readonly reason: string;
}

export interface Queue {
  readonly url: string;
  /** Waits for messages as long as a poll may take. */
  receive(max: number, abortSignal: AbortSignal): Promise<Message[]>;
  /** At most BATCH_MAX entries. */
  delete(messages: readonly Message[]): Promise<Refused<Message>[]>;
  /** At most BATCH_MAX entries. It replaces what a message was hidden for so far, and does not add to it. */
  hide(hidings: readonly Hiding[]): Promise<Refused<Hiding>[]>;
}

export const BATCH_MAX = 10;

export function sqsQueue(client: SQSClient, url: string, { pollSeconds, visibilitySeconds }: Timings): Queue {
  return {
    url,
    receive: async (max, abortSignal) => {
      const command = new ReceiveMessageCommand({
        QueueUrl: url,
        MaxNumberOfMessages: Math.min(max, BATCH_MAX),
        WaitTimeSeconds: pollSeconds,
        // Said with every receive, so that the worker's own timings hold whatever the queue was made with.
        VisibilityTimeout: visibilitySeconds,
        MessageSystemAttributeNames: ["ApproximateReceiveCount", "DeadLetterQueueSourceArn"],
      });
      const { Messages: messages = [] } = await client.send(command, { abortSignal });
      return messages.map(messageOf);
    },
    delete: async (messages) => {
      const Entries = messages.map(({ receiptHandle }, index) => ({ Id: String(index), ReceiptHandle: receiptHandle }));
      const { Failed: failed } = await client.send(new DeleteMessageBatchCommand({ QueueUrl: url, Entries }));
      return refusedOf(messages, failed);
    },
    hide: async (hidings) => {
      const Entries = hidings.map(({ message, seconds }, index) => {
        return { Id: String(index), ReceiptHandle: message.receiptHandle, VisibilityTimeout: seconds };
      });
      const { Failed: failed } = await client.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl: url, Entries }));
      return refusedOf(hidings, failed);
    },
  };
}

function messageOf({ MessageId: id, ReceiptHandle: receiptHandle, Body: body, Attributes: attributes }: SqsMessage): Message {
  if (id === undefined || receiptHandle === undefined) throw new Error("A message was received without its id or its receipt handle.");
  const source = attributes?.DeadLetterQueueSourceArn?.split(":").at(-1);
  const receives = Number(attributes?.ApproximateReceiveCount ?? 1);
  return { id, receiptHandle, body: body ?? "", receives, ...(source === undefined ? {} : { source }) };
}

function refusedOf<Entry>(entries: readonly Entry[], failed: readonly BatchResultErrorEntry[] = []): Refused<Entry>[] {
  return failed.flatMap(({ Id, SenderFault, Code, Message: text }) => {
    const entry = entries[Number(Id)];
    return entry === undefined ? [] : [{ entry, mayBeRepeated: SenderFault !== true, reason: text ?? Code ?? "no reason given" }];
  });
}
