import assert from "node:assert/strict";
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
  type ReceiveMessageCommandInput,
  SendMessageCommand,
  type SendMessageCommandInput,
} from "@aws-sdk/client-sqs";
import { aws, uniqueName } from "./support/endpoint.ts";

async function createQueue(attributes: Record<string, string> = {}): Promise<string> {
  const input = { QueueName: `${uniqueName("queue")}.fifo`, Attributes: { FifoQueue: "true", ...attributes } };
  return (await aws().sqs.send(new CreateQueueCommand(input))).QueueUrl ?? "";
}

function send(url: string, body: string, group: string, input: Partial<SendMessageCommandInput> = {}) {
  return aws().sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody: body, MessageGroupId: group, ...input }));
}

async function receive(url: string, input: Partial<ReceiveMessageCommandInput> = {}): Promise<Message[]> {
  const command = new ReceiveMessageCommand({ QueueUrl: url, MaxNumberOfMessages: 10, MessageSystemAttributeNames: ["All"], ...input });
  return (await aws().sqs.send(command)).Messages ?? [];
}

function bodies(messages: readonly Message[]): (string | undefined)[] {
  return messages.map(({ Body }) => Body);
}

describe("SQS FIFO queues", () => {
  it("give a group's messages in order, with sequence numbers that grow", async () => {
    const url = await createQueue({ ContentBasedDeduplication: "true" });
    const sent = [];
    for (const body of ["1", "2", "3"]) sent.push(await send(url, body, "g"));
    const received = await receive(url);
    assert.deepEqual(bodies(received), ["1", "2", "3"]);
    const sequences = sent.map(({ SequenceNumber }) => SequenceNumber ?? "");
    assert.deepEqual(
      received.map(({ Attributes }) => Attributes?.SequenceNumber),
      sequences,
    );
    assert.deepEqual([...sequences].sort(), sequences);
    assert.equal(received[0]?.Attributes?.MessageGroupId, "g");
  });

  it("hold a group back while one of its messages is in flight, and let others go on", async () => {
    const url = await createQueue({ ContentBasedDeduplication: "true" });
    for (const body of ["a1", "a2", "b1"]) await send(url, body, body.slice(0, 1));
    const [first] = await receive(url, { MaxNumberOfMessages: 1 });
    assert.deepEqual(bodies(await receive(url)), ["b1"]);
    await aws().sqs.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: first?.ReceiptHandle }));
    assert.deepEqual(bodies(await receive(url)), ["a2"]);
  });

  it("accept a deduplication id once, for the queue or for a group", async () => {
    const url = await createQueue();
    const first = await send(url, "1", "a", { MessageDeduplicationId: "id" });
    const second = await send(url, "2", "b", { MessageDeduplicationId: "id" });
    assert.equal(second.MessageId, first.MessageId);
    assert.deepEqual(bodies(await receive(url)), ["1"]);
    const fast = await createQueue({ DeduplicationScope: "messageGroup", FifoThroughputLimit: "perMessageGroupId" });
    for (const group of ["a", "b"]) await send(fast, group, group, { MessageDeduplicationId: "id" });
    assert.deepEqual(bodies(await receive(fast)), ["a", "b"]);
  });

  it("need a group and a deduplication id", async () => {
    const url = await createQueue();
    const noGroup = aws().sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody: "x", MessageDeduplicationId: "d" }));
    await assert.rejects(noGroup, { name: "MissingParameter", message: "The request must contain the parameter MessageGroupId." });
    await assert.rejects(send(url, "x", "g"), { name: "InvalidParameterValue", message: /MessageDeduplicationId provided explicitly$/ });
  });

  it("refuse a deletion after the visibility timeout", async () => {
    const url = await createQueue({ ContentBasedDeduplication: "true" });
    await send(url, "x", "g");
    const [message] = await receive(url, { VisibilityTimeout: 1 });
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    const deletion = aws().sqs.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: message?.ReceiptHandle }));
    await assert.rejects(deletion, { name: "InvalidParameterValue", message: /The receipt handle has expired\.$/ });
  });
});
