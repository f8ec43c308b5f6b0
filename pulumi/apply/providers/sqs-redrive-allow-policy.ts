/** Which queues may give a dead-letter queue their messages: an attribute of that queue, apart since each needs the other's ARN. */
import { GetQueueAttributesCommand, GetQueueUrlCommand, SetQueueAttributesCommand } from "@aws-sdk/client-sqs";
import { type Calls, unlessMissing } from "../calls.ts";
import { textAt } from "../read-inputs.ts";
import type { ResourceType } from "../resource-type.ts";
import { type Properties, parsedJson } from "../values.ts";

const ATTRIBUTE = "RedriveAllowPolicy";
const GONE = ["QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue"];

export const SQS_REDRIVE_ALLOW_POLICY: ResourceType = {
  type: "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy",
  inputs: ["queueUrl", "redriveAllowPolicy"],
  // By its name, since LocalStack gives a queue other URLs when its settings change.
  identify: (inputs) => ({ queue: textAt(inputs, "queueUrl").split("/").at(-1) ?? "" }),
  fixed: [],
  isTagged: false,

  wanted: (inputs) => ({ queueUrl: textAt(inputs, "queueUrl"), redriveAllowPolicy: parsedJson(inputs.redriveAllowPolicy) }),

  read: async (identity, { sqs }) => {
    const QueueName = textAt(identity, "queue");
    const queueUrl = (await unlessMissing(sqs.send(new GetQueueUrlCommand({ QueueName })), ...GONE))?.QueueUrl;
    if (queueUrl === undefined) return undefined;
    const command = new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: [ATTRIBUTE] });
    const policy = (await unlessMissing(sqs.send(command), ...GONE))?.Attributes?.[ATTRIBUTE];
    if (policy === undefined || policy === "") return undefined;
    return { id: queueUrl, properties: { redriveAllowPolicy: parsedJson(policy) }, outputs: { id: queueUrl } };
  },

  create: (wanted, calls) => set(wanted, calls),
  update: (wanted, _live, _touched, calls) => set(wanted, calls),
  remove: async (identity, calls) => {
    const live = await SQS_REDRIVE_ALLOW_POLICY.read(identity, calls);
    if (live === undefined) return;
    const command = new SetQueueAttributesCommand({ QueueUrl: live.id, Attributes: { [ATTRIBUTE]: "" } });
    await unlessMissing(calls.sqs.send(command), ...GONE);
  },
};

async function set(wanted: Properties, { sqs }: Calls): Promise<void> {
  const policy = JSON.stringify(wanted.redriveAllowPolicy);
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl: textAt(wanted, "queueUrl"), Attributes: { [ATTRIBUTE]: policy } }));
}
