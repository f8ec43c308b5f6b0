import assert from "node:assert/strict";
import { arnOf, redriveTo, refuses, TestSqs } from "./harness.ts";

describe("CreateQueue", () => {
  let sqs: TestSqs;
  beforeEach(() => {
    sqs = new TestSqs();
  });
  afterEach(() => sqs.close());

  it("answers a path-style URL under the address the caller reached the endpoint by", async () => {
    assert.equal(await sqs.queue("orders"), "http://127.0.0.1:4566/000000000000/orders");
  });

  it("gives a queue AWS's defaults", async () => {
    const url = await sqs.queue("orders");
    const attributes = await sqs.attributes(url);
    const { CreatedTimestamp: created, LastModifiedTimestamp: modified, ...rest } = attributes;
    assert.equal(created, String(Math.floor(sqs.clock / 1000)));
    assert.equal(modified, created);
    assert.deepEqual(rest, {
      ApproximateNumberOfMessages: "0",
      ApproximateNumberOfMessagesDelayed: "0",
      ApproximateNumberOfMessagesNotVisible: "0",
      DelaySeconds: "0",
      MaximumMessageSize: "1048576",
      MessageRetentionPeriod: "345600",
      QueueArn: arnOf("orders"),
      ReceiveMessageWaitTimeSeconds: "0",
      SqsManagedSseEnabled: "true",
      VisibilityTimeout: "30",
    });
  });

  it("gives a FIFO queue its further attributes", async () => {
    const attributes = await sqs.attributes(await sqs.queue("orders.fifo"));
    assert.equal(attributes.FifoQueue, "true");
    assert.equal(attributes.ContentBasedDeduplication, "false");
    assert.equal(attributes.DeduplicationScope, "queue");
    assert.equal(attributes.FifoThroughputLimit, "perQueue");
  });

  it("answers the same queue again when what is asked for agrees with it", async () => {
    const url = await sqs.queue("orders", { DelaySeconds: "7" });
    assert.equal(await sqs.queue("orders", { DelaySeconds: "7" }), url);
    assert.equal(await sqs.queue("orders", { VisibilityTimeout: "30" }), url, "a default may be named");
    assert.equal(await sqs.queue("orders"), url, "no attributes always agree");
  });

  it("refuses a queue that exists with another value of an attribute, and names the attribute", async () => {
    await sqs.queue("orders", { DelaySeconds: "7" });
    const error = await refuses(sqs.queue("orders", { DelaySeconds: "8" }), "QueueAlreadyExists");
    assert.equal(error.code, "QueueNameExists");
    assert.equal(error.message, "A queue already exists with the same name and a different value for attribute DelaySeconds");
  });

  it("keeps queues of the same name in two regions apart", async () => {
    await sqs.call("CreateQueue", { QueueName: "orders", Attributes: { DelaySeconds: "1" } }, { region: "eu-west-1" });
    const url = await sqs.queue("orders", { DelaySeconds: "2" });
    const there = await sqs.call("GetQueueAttributes", { QueueUrl: url, AttributeNames: ["QueueArn"] }, { region: "eu-west-1" });
    assert.deepEqual(there.Attributes, { QueueArn: "arn:aws:sqs:eu-west-1:000000000000:orders" });
  });

  for (const name of ["", "with space", "with/slash", "a".repeat(81), "dotted.name", "orders.fifo"]) {
    it(`refuses the name ${JSON.stringify(name.slice(0, 20))} for a standard queue`, async () => {
      const code = name === "" ? "MissingParameter" : "InvalidParameterValue";
      await refuses(sqs.call("CreateQueue", { QueueName: name }), code, /QueueName/);
    });
  }

  it("refuses a FIFO queue whose name does not end in .fifo or is too long with it", async () => {
    for (const name of ["orders", `${"a".repeat(76)}.fifo`]) {
      const created = sqs.call("CreateQueue", { QueueName: name, Attributes: { FifoQueue: "true" } });
      await refuses(created, "InvalidParameterValue", /must end with \.fifo suffix/);
    }
  });

  for (const [name, value] of [
    ["DelaySeconds", "901"],
    ["DelaySeconds", "-1"],
    ["DelaySeconds", "x"],
    ["MaximumMessageSize", "1023"],
    ["MaximumMessageSize", "1048577"],
    ["MessageRetentionPeriod", "59"],
    ["ReceiveMessageWaitTimeSeconds", "21"],
    ["VisibilityTimeout", "43201"],
    ["SqsManagedSseEnabled", "yes"],
    ["Policy", "{"],
  ] as const) {
    it(`refuses ${value} as ${name}`, async () => {
      const error = await refuses(sqs.queue("orders", { [name]: value }), "InvalidAttributeValue");
      assert.equal(error.message, `Invalid value for the parameter ${name}.`);
    });
  }

  it("refuses attributes it does not know, and those of FIFO queues on a standard one", async () => {
    await refuses(sqs.queue("orders", { Nonsense: "1" }), "InvalidAttributeName", /^Unknown Attribute Nonsense\.$/);
    await refuses(sqs.queue("orders", { QueueArn: "x" }), "InvalidAttributeName", /^Unknown Attribute QueueArn\.$/);
    await refuses(sqs.queue("orders", { FifoQueue: "false" }), "InvalidAttributeName", /^Unknown Attribute FifoQueue\.$/);
    await refuses(sqs.queue("orders", { ContentBasedDeduplication: "true" }), "InvalidAttributeName", /^Unknown Attribute/);
    await refuses(
      sqs.queue("orders", { DeduplicationScope: "queue" }),
      "InvalidAttributeName",
      /^You can specify the DeduplicationScope only when FifoQueue is set to true\.$/,
    );
  });

  it("refuses throughput by group without deduplication by group", async () => {
    await refuses(sqs.queue("orders.fifo", { FifoThroughputLimit: "perMessageGroupId" }), "InvalidAttributeValue");
    await sqs.queue("orders.fifo", { FifoThroughputLimit: "perMessageGroupId", DeduplicationScope: "messageGroup" });
  });

  it("refuses both kinds of encryption at once", async () => {
    const both = { SqsManagedSseEnabled: "true", KmsMasterKeyId: "alias/key" };
    await refuses(sqs.queue("orders", both), "InvalidAttributeName", /one type of server-side encryption/);
  });

  for (const [policy, reason] of [
    ["[]", /not a valid JSON map/],
    ["{", /not a valid JSON map/],
    [`{"maxReceiveCount":1}`, /mandatory attribute: deadLetterTargetArn/],
    [`{"deadLetterTargetArn":"${arnOf("letters")}"}`, /mandatory attribute: maxReceiveCount/],
    [`{"deadLetterTargetArn":"${arnOf("letters")}","maxReceiveCount":0}`, /Invalid value for maxReceiveCount: 0, valid values are/],
    [`{"deadLetterTargetArn":"${arnOf("letters")}","maxReceiveCount":"many"}`, /Invalid value for maxReceiveCount: many/],
    [`{"deadLetterTargetArn":"dummy","maxReceiveCount":1}`, /Invalid value for deadLetterTargetArn/],
    [`{"deadLetterTargetArn":"${arnOf("nowhere")}","maxReceiveCount":1}`, /Dead letter target does not exist/],
    [`{"deadLetterTargetArn":"${arnOf("letters.fifo")}","maxReceiveCount":1}`, /must be same type of queue/],
  ] as const) {
    it(`refuses the redrive policy ${policy}`, async () => {
      await sqs.queue("letters");
      await sqs.queue("letters.fifo");
      await refuses(sqs.queue("orders", { RedrivePolicy: policy }), "InvalidParameterValue", reason);
    });
  }

  it("refuses a dead-letter queue whose redrive allow policy leaves this source out", async () => {
    // Prepare
    const policy = { redrivePermission: "byQueue", sourceQueueArns: [arnOf("friend")] };
    await sqs.queue("letters", { RedriveAllowPolicy: JSON.stringify(policy) });
    // Act, assess
    await refuses(sqs.queue("stranger", redriveTo("letters", 1)), "InvalidParameterValue", /RedriveAllowPolicy/);
    await sqs.queue("friend", redriveTo("letters", 1));
  });

  it("makes the tags that are given with it", async () => {
    await sqs.call("CreateQueue", { QueueName: "orders", tags: { stage: "test" } });
    assert.deepEqual(await sqs.call("ListQueueTags", { QueueUrl: "orders" }), { Tags: { stage: "test" } });
  });
});
