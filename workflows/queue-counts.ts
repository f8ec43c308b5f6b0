/** How many messages a queue has, as far as SQS knows at the moment: those that wait, and those that somebody is at work on. */
import { GetQueueAttributesCommand, type SQSClient } from "@aws-sdk/client-sqs";

export interface QueueCounts {
  readonly waiting: number;
  readonly inFlight: number;
}

/** @param limitMs a call that takes longer is given up; where it is not given, the client's own limit holds, which is made for long polls */
export async function countMessages(sqs: SQSClient, QueueUrl: string, limitMs?: number): Promise<QueueCounts> {
  const { Attributes: found = {} } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"] }),
    limitMs === undefined ? {} : { abortSignal: AbortSignal.timeout(limitMs) },
  );
  return {
    waiting: Number(found.ApproximateNumberOfMessages ?? 0),
    inFlight: Number(found.ApproximateNumberOfMessagesNotVisible ?? 0),
  };
}
