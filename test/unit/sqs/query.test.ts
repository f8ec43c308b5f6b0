import assert from "node:assert/strict";
import { toXml } from "../../../local/protocol/xml.ts";
import { SQS_QUERY } from "../../../local/sqs/query.ts";

const parse = (operation: string, form: string) => SQS_QUERY.parse(operation, new Map(new URLSearchParams(form)));
const format = (operation: string, result: Parameters<typeof SQS_QUERY.format>[1]) =>
  toXml(`${operation}Result`, SQS_QUERY.format(operation, result));

describe("The query protocol of SQS", () => {
  it("makes maps of numbered names and values", () => {
    const form = "QueueName=q&Attribute.1.Name=DelaySeconds&Attribute.1.Value=5&Attribute.2.Name=VisibilityTimeout&Attribute.2.Value=9";
    assert.deepEqual(parse("CreateQueue", `${form}&Tag.1.Key=stage&Tag.1.Value=test`), {
      QueueName: "q",
      Attributes: { DelaySeconds: "5", VisibilityTimeout: "9" },
      tags: { stage: "test" },
    });
    assert.deepEqual(parse("TagQueue", "QueueUrl=u&Tag.1.Key=a&Tag.1.Value=b"), { QueueUrl: "u", Tags: { a: "b" } });
  });

  it("makes lists of numbered values, in their numbers' order, and integers where AWS has them", () => {
    const form = "AttributeName.10=b&AttributeName.2=a&MessageAttributeName.1=All&MaxNumberOfMessages=7&WaitTimeSeconds=-1";
    assert.deepEqual(parse("ReceiveMessage", form), {
      AttributeNames: ["a", "b"],
      MessageAttributeNames: ["All"],
      MaxNumberOfMessages: 7,
      WaitTimeSeconds: -1,
    });
    assert.deepEqual(parse("UntagQueue", "TagKey.1=a&TagKey.2=b"), { TagKeys: ["a", "b"] });
    assert.deepEqual(parse("AddPermission", "AWSAccountId.1=1&ActionName.1=SendMessage"), {
      AWSAccountIds: ["1"],
      Actions: ["SendMessage"],
    });
  });

  it("leaves a text of digits a text, and what is no integer for the operation to refuse", () => {
    assert.deepEqual(parse("SendMessage", "MessageBody=5&DelaySeconds=soon"), { MessageBody: "5", DelaySeconds: "soon" });
  });

  it("makes message attributes and batch entries", () => {
    const attribute = "MessageAttribute.1.Name=a&MessageAttribute.1.Value.DataType=String&MessageAttribute.1.Value.StringValue=x";
    const attributes = { a: { DataType: "String", StringValue: "x" } };
    assert.deepEqual(parse("SendMessage", `MessageBody=m&${attribute}`), { MessageBody: "m", MessageAttributes: attributes });
    const entry = "SendMessageBatchRequestEntry.1.";
    const form = [`${entry}Id=one`, `${entry}MessageBody=m`, `${entry}DelaySeconds=3`, ...attribute.split("&").map((part) => entry + part)];
    assert.deepEqual(parse("SendMessageBatch", form.join("&")), {
      Entries: [{ Id: "one", MessageBody: "m", DelaySeconds: 3, MessageAttributes: attributes }],
    });
  });

  it("takes an empty list under its own name for none", () => {
    assert.deepEqual(parse("ReceiveMessage", "QueueUrl=u&MessageAttributeNames="), { QueueUrl: "u" });
    assert.deepEqual(parse("SendMessageBatch", "QueueUrl=u&Entries="), { QueueUrl: "u" });
    assert.deepEqual(parse("SendMessage", "MessageBody="), { MessageBody: "" });
  });

  it("writes received messages as AWS's XML", () => {
    const message = {
      MessageId: "id",
      Body: "<a & b>",
      Attributes: { SenderId: "0", SentTimestamp: "1" },
      MessageAttributes: { a: { StringValue: "x", DataType: "String" } },
    };
    assert.equal(
      format("ReceiveMessage", { Messages: [message] }),
      "<ReceiveMessageResult><Message><MessageId>id</MessageId><Body>&lt;a &amp; b&gt;</Body>" +
        "<Attribute><Name>SenderId</Name><Value>0</Value></Attribute><Attribute><Name>SentTimestamp</Name><Value>1</Value></Attribute>" +
        "<MessageAttribute><Name>a</Name><Value><StringValue>x</StringValue><DataType>String</DataType></Value></MessageAttribute>" +
        "</Message></ReceiveMessageResult>",
    );
  });

  it("writes the other lists and maps under AWS's names", () => {
    assert.equal(
      format("ListQueues", { QueueUrls: ["a", "b"] }),
      "<ListQueuesResult><QueueUrl>a</QueueUrl><QueueUrl>b</QueueUrl></ListQueuesResult>",
    );
    assert.equal(
      format("ListQueueTags", { Tags: { k: "v" } }),
      "<ListQueueTagsResult><Tag><Key>k</Key><Value>v</Value></Tag></ListQueueTagsResult>",
    );
    assert.equal(
      format("DeleteMessageBatch", { Successful: [{ Id: "a" }], Failed: [{ Id: "b", SenderFault: true }] }),
      "<DeleteMessageBatchResult><DeleteMessageBatchResultEntry><Id>a</Id></DeleteMessageBatchResultEntry>" +
        "<BatchResultErrorEntry><Id>b</Id><SenderFault>true</SenderFault></BatchResultErrorEntry></DeleteMessageBatchResult>",
    );
    assert.equal(
      format("ListMessageMoveTasks", { Results: [{ Status: "RUNNING" }] }),
      "<ListMessageMoveTasksResult><ListMessageMoveTasksResultEntry><Status>RUNNING</Status></ListMessageMoveTasksResultEntry></ListMessageMoveTasksResult>",
    );
  });
});
