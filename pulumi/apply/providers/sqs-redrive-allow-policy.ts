/** Which queues may give a dead-letter queue their messages: an attribute of that queue, apart since each needs the other's ARN. */
import { GetQueueAttributesCommand, SetQueueAttributesCommand } from "@aws-sdk/client-sqs";
import { type Calls, unlessMissing } from "../calls.ts";
import { textAt } from "../read-inputs.ts";
import type { ResourceType } from "../resource-type.ts";
import { type Properties, parsedJson } from "../values.ts";

const ATTRIBUTE = "RedriveAllowPolicy";
const GONE = ["QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue"];

export const SQS_REDRIVE_ALLOW_POLICY: ResourceType = {
  type: "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy",
  inputs: ["queueUrl", "redriveAllowPolicy"],
  identity: ["queueUrl"],
  fixed: ["queueUrl"],
  isTagged: false,

  wanted: (inputs) => ({ queueUrl: textAt(inputs, "queueUrl"), redriveAllowPolicy: parsedJson(inputs.redriveAllowPolicy) }),

  read: async (identity, { sqs }) => {
    const queueUrl = textAt(identity, "queueUrl");
    const command = new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: [ATTRIBUTE] });
    const policy = (await unlessMissing(sqs.send(command), ...GONE))?.Attributes?.[ATTRIBUTE];
    if (policy === undefined || policy === "") return undefined;
    return { id: queueUrl, properties: { queueUrl, redriveAllowPolicy: parsedJson(policy) }, outputs: { id: queueUrl } };
  },

  create: (wanted, calls) => set(wanted, JSON.stringify(wanted.redriveAllowPolicy), calls),
  update: (wanted, _live, _touched, calls) => set(wanted, JSON.stringify(wanted.redriveAllowPolicy), calls),
  remove: async (identity, calls) => {
    await unlessMissing(set(identity, "", calls), ...GONE);
  },
};

async function set(properties: Properties, policy: string, { sqs }: Calls): Promise<void> {
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl: textAt(properties, "queueUrl"), Attributes: { [ATTRIBUTE]: policy } }));
}
