/**
 * A queue and the dead-letter queue that takes what it gives up: neither is made without the other. The dead-letter queue
 * keeps what it has for as long as AWS allows, and takes from the queues it was made for alone.
 */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Settings } from "../config/settings.ts";
import { RETENTION_SECONDS_MOST } from "../config/timings.ts";
import type { Target } from "./target.ts";

export interface QueueWithDlq {
  readonly queue: aws.sqs.Queue;
  readonly dlq: aws.sqs.Queue;
}

export interface QueueShape {
  readonly name: string;
  readonly dlqName: string;
  /** After so many receives a message goes to the dead-letter queue. */
  readonly receivesMax: number;
}

export function makeQueueWithDlq(target: Target, { name, dlqName, receivesMax }: QueueShape): QueueWithDlq {
  const dlq = makeDlq(target, dlqName);
  const queue = makeQueue(target, name, dlq, receivesMax);
  allowSources(target, dlqName, dlq, [queue]);
  return { queue, dlq };
}

/** Queues of one kind may share the place where what they give up goes. */
export function makeQueuesWithDlq<Name extends string>(
  target: Target,
  names: readonly Name[],
  { dlqName, receivesMax }: Omit<QueueShape, "name">,
): Readonly<Record<Name, QueueWithDlq>> {
  const dlq = makeDlq(target, dlqName);
  const queues = names.map((name) => [name, { queue: makeQueue(target, name, dlq, receivesMax), dlq }] as const);
  const sources = queues.map(([, { queue }]) => queue);
  allowSources(target, dlqName, dlq, sources);
  return Object.fromEntries(queues) as Record<Name, QueueWithDlq>;
}

function makeDlq({ settings, options }: Target, name: string): aws.sqs.Queue {
  return new aws.sqs.Queue(name, { ...common(settings), name, messageRetentionSeconds: RETENTION_SECONDS_MOST }, options);
}

function makeQueue({ settings, options }: Target, name: string, dlq: aws.sqs.Queue, receivesMax: number): aws.sqs.Queue {
  return new aws.sqs.Queue(
    name,
    {
      ...common(settings),
      name,
      messageRetentionSeconds: settings.timings.retentionSeconds,
      redrivePolicy: pulumi.jsonStringify({ deadLetterTargetArn: dlq.arn, maxReceiveCount: receivesMax }),
    },
    options,
  );
}

/** Apart from the queues, since each of the two policies needs the other queue's ARN. */
function allowSources({ options }: Target, name: string, dlq: aws.sqs.Queue, queues: readonly aws.sqs.Queue[]): void {
  const sourceQueueArns = queues.map((queue) => queue.arn);
  const redriveAllowPolicy = pulumi.jsonStringify({ redrivePermission: "byQueue", sourceQueueArns });
  new aws.sqs.RedriveAllowPolicy(name, { queueUrl: dlq.url, redriveAllowPolicy }, options);
}

function common({ timings: { visibilitySeconds, pollSeconds } }: Settings) {
  return { visibilityTimeoutSeconds: visibilitySeconds, receiveWaitTimeSeconds: pollSeconds, sqsManagedSseEnabled: true };
}
