import assert from "node:assert/strict";
import type { JsonObject } from "../../../local/json.ts";
import { refuses, TestSqs } from "./harness.ts";

describe("Batches", () => {
  let sqs: TestSqs;
  let url: string;
  beforeEach(async () => {
    sqs = new TestSqs();
    url = await sqs.queue("orders");
  });
  afterEach(() => sqs.close());

  const batch = (operation: string, entries: JsonObject[], queue = url) => sqs.call(operation, { QueueUrl: queue, Entries: entries });
  const message = (id: string, body = id): JsonObject => ({ Id: id, MessageBody: body });

  for (const [operation, entry] of [
    ["SendMessageBatch", { MessageBody: "x" }],
    ["DeleteMessageBatch", { ReceiptHandle: "x" }],
    ["ChangeMessageVisibilityBatch", { ReceiptHandle: "x", VisibilityTimeout: 1 }],
  ] as const) {
    describe(operation, () => {
      it("refuses a batch without entries", async () => {
        const error = await refuses(batch(operation, []), "AWS.SimpleQueueService.EmptyBatchRequest");
        assert.equal(error.code, "EmptyBatchRequest");
        assert.equal(error.message, `There should be at least one ${operation}RequestEntry in the request.`);
      });

      it("refuses more than ten entries", async () => {
        const entries = Array.from({ length: 20 }, (_, i) => ({ Id: String(i), ...entry }));
        const error = await refuses(batch(operation, entries), "AWS.SimpleQueueService.TooManyEntriesInBatchRequest");
        assert.equal(error.message, "Maximum number of entries per request are 10. You have sent 20.");
      });

      it("refuses an id twice", async () => {
        const entries = [
          { Id: "a", ...entry },
          { Id: "a", ...entry },
        ];
        await refuses(batch(operation, entries), "AWS.SimpleQueueService.BatchEntryIdsNotDistinct", /^Id a repeated\.$/);
      });

      for (const id of ["", "testLongId".repeat(10), "invalid:id"]) {
        it(`refuses the id ${JSON.stringify(id.slice(0, 20))}`, async () => {
          await refuses(
            batch(operation, [{ Id: id, ...entry }]),
            "AWS.SimpleQueueService.InvalidBatchEntryId",
            /^A batch entry id can only contain alphanumeric characters, hyphens and underscores\. It can be at most 80 letters long\.$/,
          );
        });
      }

      it("refuses a queue that does not exist", async () => {
        await refuses(batch(operation, [{ Id: "a", ...entry }], "none"), "AWS.SimpleQueueService.NonExistentQueue");
      });
    });
  }

  it("SendMessageBatch sends what it can and tells what it cannot", async () => {
    // Prepare
    await sqs.call("SetQueueAttributes", { QueueUrl: url, Attributes: { MaximumMessageSize: "1024" } });
    const entries = [message("good"), message("long", "a".repeat(1025)), message("odd", "\u0000"), { Id: "none" }, message("late")];
    // Act
    const answer = await batch("SendMessageBatch", [...entries, { ...message("slow"), DelaySeconds: 901 }]);
    // Assess
    const { Successful: successful, Failed: failed } = answer;
    assert.ok(Array.isArray(successful) && Array.isArray(failed));
    assert.deepEqual(
      successful.map((each) => Object(each).Id),
      ["good", "late"],
    );
    assert.deepEqual(
      failed.map((each) => [Object(each).Id, Object(each).Code, Object(each).SenderFault]),
      [
        ["long", "InvalidParameterValue", true],
        ["odd", "InvalidMessageContents", true],
        ["none", "MissingParameter", true],
        ["slow", "InvalidParameterValue", true],
      ],
    );
    assert.equal(Object(failed[0]).Message, "One or more parameters cannot be validated. Reason: Message must be shorter than 1024 bytes.");
    assert.deepEqual(await sqs.bodies(url), ["good", "late"]);
  });

  it("SendMessageBatch refuses more than 1 MiB together, attributes included", async () => {
    // Prepare
    const attributes = { MessageAttributes: { k: { DataType: "String", StringValue: "x" } } };
    const large = { ...message("1", "a".repeat(1_048_576 - "kStringx".length)), ...attributes };
    // Act
    const error = await refuses(batch("SendMessageBatch", [large, message("2", "a")]), "AWS.SimpleQueueService.BatchRequestTooLong");
    // Assess
    assert.equal(error.message, "Batch requests cannot be longer than 1048576 bytes. You have sent 1048577 bytes.");
    assert.deepEqual(await batch("SendMessageBatch", [large]).then((answer) => answer.Failed), undefined);
  });

  it("SendMessageBatch refuses the whole batch where an entry lacks what a FIFO queue needs", async () => {
    const fifo = await sqs.queue("orders.fifo");
    const whole = { ...message("a"), MessageGroupId: "g", MessageDeduplicationId: "d" };
    const noGroup = { ...message("b"), MessageDeduplicationId: "e" };
    const noId = { ...message("b"), MessageGroupId: "g" };
    await refuses(batch("SendMessageBatch", [whole, noGroup], fifo), "InvalidParameterValue", /must contain the parameter MessageGroupId/);
    await refuses(batch("SendMessageBatch", [whole, noId], fifo), "InvalidParameterValue", /MessageDeduplicationId provided explicitly$/);
    assert.deepEqual(await sqs.counts(fifo), ["0", "0", "0"]);
  });

  it("DeleteMessageBatch and ChangeMessageVisibilityBatch do what they can", async () => {
    // Prepare
    await batch("SendMessageBatch", [message("a"), message("b")]);
    const [first, second] = await sqs.receive(url, { MaxNumberOfMessages: 2 });
    // Act
    const changed = await batch("ChangeMessageVisibilityBatch", [
      { Id: "ok", ReceiptHandle: first?.handle ?? "", VisibilityTimeout: 0 },
      { Id: "far", ReceiptHandle: second?.handle ?? "", VisibilityTimeout: 43_201 },
    ]);
    const deleted = await batch("DeleteMessageBatch", [
      { Id: "garbage", ReceiptHandle: "garbage" },
      { Id: "ok", ReceiptHandle: second?.handle ?? "" },
    ]);
    // Assess
    assert.deepEqual(changed.Successful, [{ Id: "ok" }]);
    assert.deepEqual(Array.isArray(changed.Failed) && Object(changed.Failed[0]).Id, "far");
    assert.deepEqual(deleted, {
      Successful: [{ Id: "ok" }],
      Failed: [
        {
          Id: "garbage",
          SenderFault: true,
          Code: "ReceiptHandleIsInvalid",
          Message: 'The input receipt handle "garbage" is not a valid receipt handle.',
        },
      ],
    });
    assert.deepEqual(await sqs.counts(url), ["1", "0", "0"]);
  });
});
