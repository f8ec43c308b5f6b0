import assert from "node:assert/strict";
import { refuses, TestSqs } from "./harness.ts";

describe("Finding queues", () => {
  let sqs: TestSqs;
  beforeEach(() => {
    sqs = new TestSqs();
  });
  afterEach(() => sqs.close());

  it("GetQueueUrl answers the URL of a queue that exists", async () => {
    const url = await sqs.queue("orders");
    assert.deepEqual(await sqs.call("GetQueueUrl", { QueueName: "orders" }), { QueueUrl: url });
  });

  it("GetQueueUrl refuses a queue that does not exist, or one of another account", async () => {
    const error = await refuses(sqs.call("GetQueueUrl", { QueueName: "none" }), "AWS.SimpleQueueService.NonExistentQueue");
    assert.equal(error.code, "QueueDoesNotExist");
    assert.equal(error.message, "The specified queue does not exist.");
    await sqs.queue("orders");
    const foreign = sqs.call("GetQueueUrl", { QueueName: "orders", QueueOwnerAWSAccountId: "123456789012" });
    await refuses(foreign, "AWS.SimpleQueueService.NonExistentQueue");
  });

  for (const url of [
    "http://127.0.0.1:4566/000000000000/orders",
    "http://localhost:9999/000000000000/orders",
    "https://sqs.us-east-1.amazonaws.com/123456789012/orders",
    "http://localhost:4566/queue/us-east-1/000000000000/orders",
    "orders",
  ]) {
    it(`a call finds its queue by ${url}`, async () => {
      await sqs.queue("orders");
      assert.match(String((await sqs.attributes(url)).QueueArn), /us-east-1:000000000000:orders$/);
    });
  }

  it("the region in a URL's path wins over the caller's", async () => {
    await sqs.call("CreateQueue", { QueueName: "orders" }, { region: "eu-central-1" });
    const attributes = await sqs.attributes("http://localhost:4566/queue/eu-central-1/000000000000/orders");
    assert.equal(attributes.QueueArn, "arn:aws:sqs:eu-central-1:000000000000:orders");
  });

  it("ListQueues answers the caller's region's queues in order, by prefix", async () => {
    for (const name of ["b-2", "a-1", "b-1", "c"]) await sqs.queue(name);
    await sqs.call("CreateQueue", { QueueName: "b-9" }, { region: "eu-west-1" });
    const urls = (names: string[]) => ({ QueueUrls: names.map((name) => `http://127.0.0.1:4566/000000000000/${name}`) });
    assert.deepEqual(await sqs.call("ListQueues", {}), urls(["a-1", "b-1", "b-2", "c"]));
    assert.deepEqual(await sqs.call("ListQueues", { QueueNamePrefix: "b-" }), urls(["b-1", "b-2"]));
    assert.deepEqual(await sqs.call("ListQueues", { QueueNamePrefix: "nothing" }), {});
  });

  it("ListQueues gives pages to a caller that asks for a number of results", async () => {
    // Prepare
    for (const name of ["a", "b", "c"]) await sqs.queue(name);
    // Act
    const first = await sqs.call("ListQueues", { MaxResults: 2 });
    const second = await sqs.call("ListQueues", { MaxResults: 2, NextToken: first.NextToken ?? null });
    // Assess
    assert.equal(Array.isArray(first.QueueUrls) && first.QueueUrls.length, 2);
    assert.deepEqual(second, { QueueUrls: ["http://127.0.0.1:4566/000000000000/c"] });
    await refuses(sqs.call("ListQueues", { MaxResults: 1001 }), "InvalidParameterValue");
    await refuses(sqs.call("ListQueues", { MaxResults: 1, NextToken: "garbage" }), "InvalidParameterValue");
  });

  it("DeleteQueue makes the queue and its messages go, and a new one of the name begins empty", async () => {
    // Prepare
    const url = await sqs.queue("orders");
    await sqs.send(url, "gone");
    // Act
    await sqs.call("DeleteQueue", { QueueUrl: url });
    // Assess
    await refuses(sqs.send(url, "late"), "AWS.SimpleQueueService.NonExistentQueue");
    await refuses(sqs.call("DeleteQueue", { QueueUrl: url }), "AWS.SimpleQueueService.NonExistentQueue");
    await sqs.queue("orders");
    assert.deepEqual(await sqs.bodies(url), []);
  });
});
