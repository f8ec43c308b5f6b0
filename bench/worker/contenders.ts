import type { SQSClient } from "@aws-sdk/client-sqs";
import { pino } from "pino";
import { Consumer as LibraryConsumer } from "sqs-consumer";
import { readTimings } from "../../config/timings.ts";
import { Consumer } from "../../worker/consumer.ts";
import { sqsQueue } from "../../worker/queue.ts";

/** Drains a queue with a handler until it is stopped. */
export interface Contender {
  readonly name: string;
  start(client: SQSClient, queueUrl: string, handle: (body: string) => Promise<void>): () => Promise<void>;
}

const timings = readTimings({ POLL_SECONDS: "1" });
/** Three pollers of ten messages are what the library needs to come near the worker's 32 at once. */
const POLLERS = 3;
const BATCH = 10;

export const CONTENDERS: readonly Contender[] = [
  {
    name: "worker/consumer.ts",
    start: (client, url, handle) => {
      const consumer = new Consumer({
        queue: sqsQueue(client, url, timings),
        handle: ({ body }) => handle(body),
        onFailed: async () => 0,
        pollers: POLLERS,
        concurrency: POLLERS * BATCH,
        timings,
        logger: pino({ level: "silent" }),
        random: Math.random,
      });
      consumer.start();
      return async () => void (await consumer.stop(5_000));
    },
  },
  {
    name: "sqs-consumer, message by message",
    start: (client, url, handle) =>
      library({
        ...options(client, url),
        handleMessage: async (message) => {
          await handle(message.Body ?? "");
          return message;
        },
      }),
  },
  {
    name: "sqs-consumer, batch by batch",
    start: (client, url, handle) =>
      library({
        ...options(client, url),
        handleMessageBatch: async (messages) => {
          await Promise.all(messages.map((message) => handle(message.Body ?? "")));
          return messages;
        },
      }),
  },
];

type LibraryOptions = Parameters<typeof LibraryConsumer.create>[0];

function options(sqs: SQSClient, queueUrl: string) {
  const { visibilitySeconds: visibilityTimeout, extendSeconds: heartbeatInterval, pollSeconds: waitTimeSeconds } = timings;
  return { sqs, queueUrl, batchSize: BATCH, waitTimeSeconds, visibilityTimeout, heartbeatInterval };
}

function library(options: LibraryOptions): () => Promise<void> {
  const consumers = Array.from({ length: POLLERS }, () => LibraryConsumer.create(options));
  for (const consumer of consumers) {
    consumer.on("error", () => {});
    consumer.start();
  }
  return async () => {
    for (const consumer of consumers) consumer.stop({ abort: true });
  };
}
