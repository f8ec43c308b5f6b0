import assert from "node:assert/strict";
import {
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListDeadLetterSourceQueuesCommand,
  ListMessageMoveTasksCommand,
  ListQueuesCommand,
  ListQueueTagsCommand,
  type Message,
  PurgeQueueCommand,
  type QueueAttributeName,
  ReceiveMessageCommand,
  type ReceiveMessageCommandInput,
  SendMessageBatchCommand,
  SendMessageCommand,
  type SendMessageCommandInput,
  SetQueueAttributesCommand,
  SQSServiceException,
  StartMessageMoveTaskCommand,
  TagQueueCommand,
  UntagQueueCommand,
} from "@aws-sdk/client-sqs";
import { awsExpects, whereLocalStack } from "./support/deviations.ts";
import { aws, eventually, uniqueName } from "./support/endpoint.ts";

/** Makes a queue and gives its URL and ARN. */
async function createQueue(attributes: Partial<Record<QueueAttributeName, string>> = {}, name = uniqueName("queue")) {
  const { QueueUrl: url = "" } = await aws().sqs.send(new CreateQueueCommand({ QueueName: name, Attributes: attributes }));
  const arn = (await attributesOf(url, ["QueueArn"])).QueueArn ?? "";
  return { name, url, arn };
}

async function attributesOf(url: string, names: QueueAttributeName[] = ["All"]): Promise<Partial<Record<QueueAttributeName, string>>> {
  const { Attributes: attributes } = await aws().sqs.send(new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: names }));
  return attributes ?? {};
}

function send(url: string, body: string, input: Partial<SendMessageCommandInput> = {}) {
  return aws().sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody: body, ...input }));
}

async function receive(url: string, input: Partial<ReceiveMessageCommandInput> = {}): Promise<Message[]> {
  const received = await aws().sqs.send(new ReceiveMessageCommand({ QueueUrl: url, ...input }));
  return received.Messages ?? [];
}

async function receiveOne(url: string, input: Partial<ReceiveMessageCommandInput> = {}): Promise<Message> {
  const [message] = await receive(url, { WaitTimeSeconds: 5, ...input });
  assert.ok(message, "a message is received");
  return message;
}

function remove(url: string, message: Message) {
  return aws().sqs.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: message.ReceiptHandle }));
}

function hide(url: string, message: Message, seconds: number) {
  const input = { QueueUrl: url, ReceiptHandle: message.ReceiptHandle, VisibilityTimeout: seconds };
  return aws().sqs.send(new ChangeMessageVisibilityCommand(input));
}

/** Checks the error's name as the SDK tells it, and its message. */
async function refuses(call: Promise<unknown>, name: string, message: RegExp = /./): Promise<void> {
  await assert.rejects(call, (error) => {
    assert.ok(error instanceof SQSServiceException, String(error));
    assert.equal(error.name, name);
    assert.match(error.message, message);
    return true;
  });
}

function redriveTo(arn: string, maxReceiveCount: number) {
  return { RedrivePolicy: JSON.stringify({ deadLetterTargetArn: arn, maxReceiveCount }) };
}

describe("SQS queues", () => {
  it("are made once, found by name, listed by prefix, and deleted", async () => {
    const { name, url } = await createQueue({ DelaySeconds: "3" });
    const again = await aws().sqs.send(new CreateQueueCommand({ QueueName: name, Attributes: { DelaySeconds: "3" } }));
    assert.equal(again.QueueUrl, url);
    assert.equal((await aws().sqs.send(new GetQueueUrlCommand({ QueueName: name }))).QueueUrl, url);
    assert.deepEqual((await aws().sqs.send(new ListQueuesCommand({ QueueNamePrefix: name }))).QueueUrls, [url]);
    await aws().sqs.send(new DeleteQueueCommand({ QueueUrl: url }));
    await refuses(send(url, "x"), "QueueDoesNotExist", /^The specified queue does not exist/);
  });

  it("are refused under a name that exists with other attributes, and under names that are not allowed", async () => {
    const { name } = await createQueue({ DelaySeconds: "3" });
    const other = aws().sqs.send(new CreateQueueCommand({ QueueName: name, Attributes: { DelaySeconds: "4" } }));
    await refuses(other, "QueueNameExists", /different value for attribute DelaySeconds$/);
    await refuses(createQueue({}, "not.allowed"), "InvalidParameterValue");
    await refuses(createQueue({ FifoQueue: "false" }), "InvalidAttributeName", /^Unknown Attribute FifoQueue\.$/);
  });

  it("have AWS's attributes, which can be changed", async () => {
    const { url, arn } = await createQueue();
    const { CreatedTimestamp, LastModifiedTimestamp, ...attributes } = await attributesOf(url);
    assert.ok(CreatedTimestamp && LastModifiedTimestamp);
    assert.deepEqual(attributes, {
      ApproximateNumberOfMessages: "0",
      ApproximateNumberOfMessagesDelayed: "0",
      ApproximateNumberOfMessagesNotVisible: "0",
      DelaySeconds: "0",
      MaximumMessageSize: "1048576",
      MessageRetentionPeriod: "345600",
      QueueArn: arn,
      ReceiveMessageWaitTimeSeconds: "0",
      SqsManagedSseEnabled: "true",
      VisibilityTimeout: "30",
    });
    await aws().sqs.send(new SetQueueAttributesCommand({ QueueUrl: url, Attributes: { VisibilityTimeout: "7" } }));
    assert.deepEqual(await attributesOf(url, ["VisibilityTimeout"]), { VisibilityTimeout: "7" });
  });

  it("have tags", async () => {
    const { url } = await createQueue();
    await aws().sqs.send(new TagQueueCommand({ QueueUrl: url, Tags: { a: "1", b: "2" } }));
    await aws().sqs.send(new UntagQueueCommand({ QueueUrl: url, TagKeys: ["a"] }));
    assert.deepEqual((await aws().sqs.send(new ListQueueTagsCommand({ QueueUrl: url }))).Tags, { b: "2" });
  });

  it("are emptied by a purge", async () => {
    const { url } = await createQueue();
    await send(url, "gone");
    await aws().sqs.send(new PurgeQueueCommand({ QueueUrl: url }));
    assert.deepEqual(await receive(url), []);
  });
});

describe("SQS messages", () => {
  it("are sent with attributes and received with what is asked for; the SDK checks every MD5", async () => {
    // Prepare
    const { url } = await createQueue();
    const attributes = {
      text: { DataType: "String", StringValue: "héllo" },
      number: { DataType: "Number.int", StringValue: "5" },
      bytes: { DataType: "Binary", BinaryValue: new Uint8Array([0, 1, 255]) },
    };
    // Act
    const sent = await send(url, "body", { MessageAttributes: attributes });
    const message = await receiveOne(url, { MessageAttributeNames: ["All"], MessageSystemAttributeNames: ["All"] });
    // Assess
    assert.equal(message.MessageId, sent.MessageId);
    assert.equal(message.Body, "body");
    assert.equal(message.MD5OfMessageAttributes, sent.MD5OfMessageAttributes);
    assert.deepEqual(message.MessageAttributes?.text, attributes.text);
    assert.deepEqual([...(message.MessageAttributes?.bytes?.BinaryValue ?? [])], [0, 1, 255]);
    const names = ["ApproximateFirstReceiveTimestamp", "ApproximateReceiveCount", "SenderId", "SentTimestamp"];
    assert.deepEqual(Object.keys(message.Attributes ?? {}).sort(), names);
    assert.equal(message.Attributes?.ApproximateReceiveCount, "1");
  });

  it("are hidden when received, come back after their timeout, and are gone when deleted", async () => {
    const { url } = await createQueue();
    await send(url, "body");
    await receiveOne(url, { VisibilityTimeout: 1 });
    assert.deepEqual(await receive(url), []);
    const message = await receiveOne(url, { MessageSystemAttributeNames: ["ApproximateReceiveCount"] });
    assert.equal(message.Attributes?.ApproximateReceiveCount, "2");
    await remove(url, message);
    assert.equal((await attributesOf(url)).ApproximateNumberOfMessagesNotVisible, "0");
  });

  it("are not deleted by the handle of an earlier receive", async () => {
    const { url } = await createQueue();
    await send(url, "body");
    const stale = await receiveOne(url, { VisibilityTimeout: 0 });
    await receiveOne(url);
    await remove(url, stale);
    await awsExpects(
      async () => assert.equal((await attributesOf(url)).ApproximateNumberOfMessagesNotVisible, "1"),
      whereLocalStack("stale-handle-deletes", async () =>
        assert.equal((await attributesOf(url)).ApproximateNumberOfMessagesNotVisible, "0"),
      ),
    );
  });

  it("are shown at once when their visibility is ended", async () => {
    const { url } = await createQueue();
    await send(url, "body");
    await hide(url, await receiveOne(url), 0);
    const message = await receiveOne(url);
    await hide(url, message, 60);
    assert.deepEqual(await receive(url), []);
    await remove(url, message);
    await refuses(hide(url, message, 5), "InvalidParameterValue", /not available for visibility timeout change/);
    await refuses(hide(url, { ReceiptHandle: "garbage" }, 5), "ReceiptHandleIsInvalid", /"garbage" is not a valid receipt handle/);
  });

  it("wait for their delay", async () => {
    const { url } = await createQueue({ DelaySeconds: "900" });
    await send(url, "own", { DelaySeconds: 1 });
    await send(url, "queue's");
    assert.deepEqual(await receive(url), []);
    assert.equal((await attributesOf(url)).ApproximateNumberOfMessagesDelayed, "2");
    assert.equal((await receiveOne(url)).Body, "own");
  });

  it("are refused when empty, too large, or with characters that are not allowed", async () => {
    const { url } = await createQueue({ MaximumMessageSize: "1024" });
    await refuses(send(url, ""), "MissingParameter", /^The request must contain the parameter MessageBody\.$/);
    await refuses(send(url, "a".repeat(1025)), "InvalidParameterValue", /Message must be shorter than 1024 bytes\.$/);
    await refuses(send(url, "\u0000"), "InvalidMessageContents");
    await refuses(receive(url, { MaxNumberOfMessages: 11 }), "InvalidParameterValue", /Must be between 1 and 10, if provided\.$/);
    await refuses(receive(url, { WaitTimeSeconds: 21 }), "InvalidParameterValue", /Must be >= 0 and <= 20, if provided\.$/);
  });

  it("end a poll that waits, which another poll does not share", async () => {
    // Prepare
    const { url } = await createQueue();
    const polls = [receive(url, { WaitTimeSeconds: 20 }), receive(url, { WaitTimeSeconds: 2 })];
    // Act
    const began = performance.now();
    await send(url, "wake");
    const [first] = await Promise.race(polls);
    // Assess
    assert.equal(first?.Body, "wake");
    assert.ok(performance.now() - began < 5_000);
    await send(url, "second");
    assert.equal((await Promise.all(polls)).flat().length, 2);
  });

  it("are not taken by a client that has left", async () => {
    const { url } = await createQueue();
    const client = new AbortController();
    const command = new ReceiveMessageCommand({ QueueUrl: url, WaitTimeSeconds: 20 });
    const waiting = aws().sqs.send(command, { abortSignal: client.signal });
    await new Promise((resolve) => setTimeout(resolve, 200));
    client.abort();
    await assert.rejects(waiting, { name: "AbortError" });
    await new Promise((resolve) => setTimeout(resolve, 200));
    await send(url, "for others");
    await awsExpects(
      async () => assert.equal((await receiveOne(url)).Body, "for others"),
      whereLocalStack("left-poll-takes-a-message", async () => assert.deepEqual(await receive(url, { WaitTimeSeconds: 1 }), [])),
    );
  });
});

describe("SQS batches", () => {
  it("do what they can and tell what they cannot", async () => {
    // Prepare
    const { url } = await createQueue({ MaximumMessageSize: "1024" });
    const entries = [
      { Id: "good", MessageBody: "a" },
      { Id: "long", MessageBody: "a".repeat(1025) },
    ];
    // Act
    const sent = await aws().sqs.send(new SendMessageBatchCommand({ QueueUrl: url, Entries: entries }));
    const message = await receiveOne(url);
    const handles = [
      { Id: "good", ReceiptHandle: message.ReceiptHandle },
      { Id: "bad", ReceiptHandle: "garbage" },
    ];
    const deleted = await aws().sqs.send(new DeleteMessageBatchCommand({ QueueUrl: url, Entries: handles }));
    // Assess
    assert.deepEqual([sent.Successful?.[0]?.Id, sent.Failed?.[0]?.Id, sent.Failed?.[0]?.SenderFault], ["good", "long", true]);
    assert.deepEqual(deleted.Successful, [{ Id: "good" }]);
    assert.deepEqual([deleted.Failed?.[0]?.Id, deleted.Failed?.[0]?.Code], ["bad", "ReceiptHandleIsInvalid"]);
  });

  it("are refused whole where AWS refuses them whole", async () => {
    const { url } = await createQueue();
    const batch = (ids: string[]) => {
      const entries = ids.map((id) => ({ Id: id, MessageBody: "x" }));
      return aws().sqs.send(new SendMessageBatchCommand({ QueueUrl: url, Entries: entries }));
    };
    await refuses(batch([]), "EmptyBatchRequest");
    await refuses(batch(Array.from({ length: 11 }, (_, i) => String(i))), "TooManyEntriesInBatchRequest", /You have sent 11\.$/);
    await refuses(batch(["a", "a"]), "BatchEntryIdsNotDistinct");
    await refuses(batch(["not:allowed"]), "InvalidBatchEntryId");
  });
});

describe("SQS dead-letter queues", () => {
  it("get a message on the receive that is one too many, and give it back by a move task", async () => {
    // Prepare
    const letters = await createQueue();
    const source = await createQueue({ ...redriveTo(letters.arn, 1), VisibilityTimeout: "0" });
    await send(source.url, "poison");
    await receiveOne(source.url);
    // Act
    assert.deepEqual(await receive(source.url), []);
    const letter = await receiveOne(letters.url, { MessageSystemAttributeNames: ["All"], VisibilityTimeout: 0 });
    const { queueUrls: sources } = await aws().sqs.send(new ListDeadLetterSourceQueuesCommand({ QueueUrl: letters.url }));
    await aws().sqs.send(new StartMessageMoveTaskCommand({ SourceArn: letters.arn }));
    // Assess
    assert.equal(letter.Attributes?.DeadLetterQueueSourceArn, source.arn);
    assert.equal(letter.Attributes?.ApproximateReceiveCount, "2");
    assert.deepEqual(sources, [source.url]);
    await eventually(async () => {
      const { Results: tasks } = await aws().sqs.send(new ListMessageMoveTasksCommand({ SourceArn: letters.arn }));
      assert.deepEqual([tasks?.[0]?.Status, tasks?.[0]?.ApproximateNumberOfMessagesMoved], ["COMPLETED", 1]);
    });
    assert.equal((await receiveOne(source.url)).Body, "poison");
  });

  it("must exist", async () => {
    const policy = redriveTo("arn:aws:sqs:us-east-1:000000000000:there-is-none", 1);
    await awsExpects(
      () => refuses(createQueue(policy), "InvalidParameterValue", /Dead letter target does not exist\.$/),
      whereLocalStack("dead-letter-target-is-not-checked", async () => assert.ok((await createQueue(policy)).url)),
    );
  });
});
