/** Queues: every attribute can be changed in place, so they are compared and set as SQS names them, under Pulumi's names. */
import {
  CreateQueueCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListQueueTagsCommand,
  SetQueueAttributesCommand,
  TagQueueCommand,
  UntagQueueCommand,
} from "@aws-sdk/client-sqs";
import { unlessMissing, until } from "../calls.ts";
import { pick, textAt, textMapAt } from "../read-inputs.ts";
import type { ResourceType } from "../resource-type.ts";
import { type Properties, parsedJson, type Value } from "../values.ts";

const GONE = ["QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue"];

/** Each input, the attribute it sets, and what SQS sets where it says nothing. */
const ATTRIBUTES: Readonly<Record<string, { readonly attribute: string; readonly unset: Value }>> = {
  delaySeconds: { attribute: "DelaySeconds", unset: 0 },
  maxMessageSize: { attribute: "MaximumMessageSize", unset: null },
  messageRetentionSeconds: { attribute: "MessageRetentionPeriod", unset: 345_600 },
  receiveWaitTimeSeconds: { attribute: "ReceiveMessageWaitTimeSeconds", unset: 0 },
  redrivePolicy: { attribute: "RedrivePolicy", unset: null },
  sqsManagedSseEnabled: { attribute: "SqsManagedSseEnabled", unset: null },
  visibilityTimeoutSeconds: { attribute: "VisibilityTimeout", unset: 30 },
};

/** What SQS decides where nothing is said: it is left as it is. */
const LEFT_ALONE = ["maxMessageSize", "sqsManagedSseEnabled"];

export const SQS_QUEUE: ResourceType = {
  type: "aws:sqs/queue:Queue",
  inputs: ["name", "tags", ...Object.keys(ATTRIBUTES)],
  identify: (inputs) => pick(inputs, "name"),
  fixed: ["name"],
  isTagged: true,

  wanted: (inputs) => {
    const wanted: Record<string, Value> = { name: textAt(inputs, "name"), tags: textMapAt(inputs, "tags") };
    for (const [name, { unset }] of Object.entries(ATTRIBUTES)) {
      const value = inputs[name] ?? unset;
      if (value === null && LEFT_ALONE.includes(name)) continue;
      wanted[name] = parsedJson(value);
    }
    return wanted;
  },

  read: async (identity, { sqs }) => {
    const name = textAt(identity, "name");
    const QueueUrl = (await unlessMissing(sqs.send(new GetQueueUrlCommand({ QueueName: name })), ...GONE))?.QueueUrl;
    if (QueueUrl === undefined) return undefined;
    const [{ Attributes = {} }, { Tags = {} }] = await Promise.all([
      sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["All"] })),
      sqs.send(new ListQueueTagsCommand({ QueueUrl })),
    ]);
    const found = new Map(Object.entries(Attributes));
    const properties = Object.fromEntries(
      Object.entries(ATTRIBUTES).map(([input, { attribute }]) => [input, parsedJson(found.get(attribute))]),
    );
    const outputs = { arn: Attributes.QueueArn ?? "", url: QueueUrl, id: QueueUrl };
    return { id: QueueUrl, properties: { name, tags: Tags, ...properties }, outputs };
  },

  create: async (wanted, { sqs }) => {
    const command = new CreateQueueCommand({
      QueueName: textAt(wanted, "name"),
      Attributes: attributesOf(wanted),
      tags: textMapAt(wanted, "tags"),
    });
    // AWS does not give a name away again within a minute of its queue's deletion.
    await until(
      "the queue's name is free",
      async () =>
        (await unlessMissing(sqs.send(command), "QueueDeletedRecently", "AWS.SimpleQueueService.QueueDeletedRecently")) !== undefined,
    );
  },

  update: async (wanted, { id: QueueUrl, properties }, touched, { sqs }) => {
    const Attributes = attributesOf(wanted, touched);
    if (Object.keys(Attributes).length > 0) await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes }));
    if (!touched.has("tags")) return;
    const tags = textMapAt(wanted, "tags");
    const stale = Object.keys(textMapAt(properties, "tags")).filter((key) => tags[key] === undefined);
    if (stale.length > 0) await sqs.send(new UntagQueueCommand({ QueueUrl, TagKeys: stale }));
    if (Object.keys(tags).length > 0) await sqs.send(new TagQueueCommand({ QueueUrl, Tags: tags }));
  },

  remove: async (identity, { sqs }) => {
    const QueueName = textAt(identity, "name");
    const find = () => unlessMissing(sqs.send(new GetQueueUrlCommand({ QueueName })), ...GONE);
    const found = await find();
    if (found === undefined) return;
    await unlessMissing(sqs.send(new DeleteQueueCommand({ QueueUrl: found.QueueUrl })), ...GONE);
    await until(`the queue ${QueueName} is gone`, async () => (await find()) === undefined);
  },
};

/** SQS takes an attribute away that is set to nothing. */
function attributesOf(wanted: Properties, only?: ReadonlySet<string>): Record<string, string> {
  const set = Object.entries(ATTRIBUTES).filter(([name]) => wanted[name] !== undefined && (only?.has(name) ?? wanted[name] !== null));
  return Object.fromEntries(set.map(([name, { attribute }]) => [attribute, textOf(wanted[name] ?? null)]));
}

function textOf(value: Value): string {
  if (value === null) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
