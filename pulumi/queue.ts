/**
 * A queue and the dead-letter queue that takes what it gives up: neither is made without the other. The dead-letter queue
 * keeps what it has for as long as AWS allows, and takes from this queue alone.
 */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { RECEIVES_MAX, RETENTION_SECONDS_MOST } from "../config/timings.ts";
import type { Target } from "./target.ts";

export interface QueueWithDlq {
  readonly queue: aws.sqs.Queue;
  readonly dlq: aws.sqs.Queue;
}

export function makeQueueWithDlq({ settings, options }: Target, name: string, dlqName: string): QueueWithDlq {
  const { visibilitySeconds, retentionSeconds, pollSeconds } = settings.timings;
  const common = { visibilityTimeoutSeconds: visibilitySeconds, receiveWaitTimeSeconds: pollSeconds, sqsManagedSseEnabled: true };
  const dlq = new aws.sqs.Queue(dlqName, { ...common, name: dlqName, messageRetentionSeconds: RETENTION_SECONDS_MOST }, options);
  const queue = new aws.sqs.Queue(
    name,
    {
      ...common,
      name,
      messageRetentionSeconds: retentionSeconds,
      redrivePolicy: pulumi.jsonStringify({ deadLetterTargetArn: dlq.arn, maxReceiveCount: RECEIVES_MAX }),
    },
    options,
  );
  // Apart from the queue, since each of the two policies needs the other queue's ARN.
  new aws.sqs.RedriveAllowPolicy(
    dlqName,
    { queueUrl: dlq.url, redriveAllowPolicy: pulumi.jsonStringify({ redrivePermission: "byQueue", sourceQueueArns: [queue.arn] }) },
    options,
  );
  return { queue, dlq };
}
