import assert from "node:assert/strict";
import { endpointUrl, uniqueName } from "./support/endpoint.ts";

/** The query protocol as older SDKs and curl speak it: forms in, XML out. */
async function query(address: string, parameters: Record<string, string>): Promise<{ status: number; xml: string }> {
  const response = await fetch(address, {
    method: "POST",
    headers: {
      "content-type": "application/x-www-form-urlencoded",
      authorization: "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/sqs/aws4_request, SignedHeaders=host, Signature=0",
    },
    body: new URLSearchParams({ Version: "2012-11-05", ...parameters }),
  });
  return { status: response.status, xml: await response.text() };
}

function element(xml: string, name: string): string {
  return new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1] ?? "";
}

async function createQueue(): Promise<string> {
  const { xml } = await query(endpointUrl(), { Action: "CreateQueue", QueueName: uniqueName("queue") });
  return `${endpointUrl()}${new URL(element(xml, "QueueUrl")).pathname}`;
}

describe("SQS by the query protocol", () => {
  it("sends and receives on the queue's own address", async () => {
    // Prepare
    const url = await createQueue();
    const attribute = "MessageAttribute.1.";
    // Act
    const sent = await query(url, {
      Action: "SendMessage",
      MessageBody: "<a & b>",
      [`${attribute}Name`]: "kind",
      [`${attribute}Value.DataType`]: "String",
      [`${attribute}Value.StringValue`]: "test",
    });
    const names = { "AttributeName.1": "All", "MessageAttributeName.1": "All" };
    const received = await query(url, { Action: "ReceiveMessage", MaxNumberOfMessages: "10", ...names });
    // Assess
    assert.equal(sent.status, 200);
    assert.match(sent.xml, /<SendMessageResponse xmlns="http:\/\/queue\.amazonaws\.com\/doc\/2012-11-05\/">/);
    assert.match(element(sent.xml, "RequestId"), /^[0-9a-f-]{36}$/i);
    assert.equal(element(received.xml, "MessageId"), element(sent.xml, "MessageId"));
    assert.equal(element(received.xml, "Body"), "&lt;a &amp; b&gt;");
    assert.match(received.xml, /<Attribute><Name>ApproximateReceiveCount<\/Name><Value>1<\/Value><\/Attribute>/);
    assert.match(
      received.xml,
      /<MessageAttribute><Name>kind<\/Name><Value>.*<StringValue>test<\/StringValue>.*<\/Value><\/MessageAttribute>/,
    );
    const handle = element(received.xml, "ReceiptHandle").replaceAll("&amp;", "&");
    assert.equal((await query(url, { Action: "DeleteMessage", ReceiptHandle: handle })).status, 200);
  });

  it("answers lists and batches in AWS's elements", async () => {
    const url = await createQueue();
    const entry = "SendMessageBatchRequestEntry.1.";
    const sent = await query(url, { Action: "SendMessageBatch", [`${entry}Id`]: "one", [`${entry}MessageBody`]: "x" });
    assert.match(sent.xml, /<SendMessageBatchResultEntry>.*<Id>one<\/Id>.*<\/SendMessageBatchResultEntry>/s);
    const attributes = await query(url, { Action: "GetQueueAttributes", "AttributeName.1": "DelaySeconds" });
    assert.match(attributes.xml, /<Attribute><Name>DelaySeconds<\/Name><Value>0<\/Value><\/Attribute>/);
  });

  it("answers errors with the older codes", async () => {
    const missing = await query(endpointUrl(), { Action: "GetQueueUrl", QueueName: uniqueName("none") });
    assert.equal(missing.status, 400);
    assert.equal(element(missing.xml, "Type"), "Sender");
    assert.equal(element(missing.xml, "Code"), "AWS.SimpleQueueService.NonExistentQueue");
    assert.equal(element(missing.xml, "Message"), "The specified queue does not exist for this wsdl version.");
  });
});
