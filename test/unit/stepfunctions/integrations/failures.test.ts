import assert from "node:assert/strict";
import { AwsError } from "../../../../local/errors.ts";
import { callFailure, unreachableQueue } from "../../../../local/stepfunctions/integrations/failures.ts";

const ID = "[0-9a-f-]{36}";

describe("callFailure", () => {
  it("words an error of AWS's own integrations as the older SDK does, with the older code", () => {
    const error = new AwsError("QueueDoesNotExist", "No queue.", { queryCode: "AWS.SimpleQueueService.NonExistentQueue" });
    const failure = callFailure({ service: "sqs", sdk: false }, error);
    assert.equal(failure.error, "SQS.QueueDoesNotExistException");
    const cause = `^No queue\\. \\(Service: AmazonSQS; Status Code: 400; Error Code: AWS\\.SimpleQueueService\\.NonExistentQueue; Request ID: ${ID}; Proxy: null\\)$`;
    assert.match(failure.cause ?? "", new RegExp(cause));
  });

  it("words an error of an SDK integration as the newer SDK does", () => {
    const failure = callFailure({ service: "dynamodb", sdk: true }, new AwsError("ResourceInUseException", "In use."));
    assert.equal(failure.error, "DynamoDb.ResourceInUseException");
    assert.match(failure.cause ?? "", new RegExp(`^In use\\. \\(Service: DynamoDb, Status Code: 400, Request ID: ${ID}\\)$`));
  });

  it("tells the SDK's attempts in Step Functions' own errors", () => {
    const failure = callFailure({ service: "states", sdk: true }, new AwsError("InvalidToken", "Invalid Token: 'Invalid token'"));
    assert.equal(failure.error, "Sfn.InvalidTokenException");
    const cause = `^Invalid Token: 'Invalid token' \\(Service: Sfn, Status Code: 400, Request ID: ${ID}\\) \\(SDK Attempt Count: 1\\)$`;
    assert.match(failure.cause ?? "", new RegExp(cause));
  });

  it("tells the second id of a request to S3", () => {
    const error = new AwsError("NoSuchKey", "The specified key does not exist.", { status: 404 });
    const failure = callFailure({ service: "s3", sdk: true }, error);
    assert.equal(failure.error, "S3.NoSuchKeyException");
    const ids = `Request ID: ${ID}, Extended Request ID: [A-Za-z0-9+/]{75}=`;
    assert.match(failure.cause ?? "", new RegExp(`^The specified key does not exist\\. \\(Service: S3, Status Code: 404, ${ids}\\)$`));
  });

  it("names an error that the SDK has no exception for by the service's general one", () => {
    const error = new AwsError("ValidationException", "Wrong.");
    const named = (service: "sqs" | "dynamodb" | "states", sdk: boolean) => callFailure({ service, sdk }, error).error;
    assert.equal(named("dynamodb", true), "DynamoDb.DynamoDbException");
    assert.equal(named("dynamodb", false), "DynamoDB.AmazonDynamoDBException");
    assert.equal(named("sqs", true), "Sqs.SqsException");
    // Of the three, Step Functions alone has it in its model.
    assert.equal(named("states", true), "Sfn.ValidationException");
  });
});

describe("unreachableQueue", () => {
  it("is what a queue's URL without a queue leads to", () => {
    const failure = unreachableQueue({ service: "sqs", sdk: false }, { QueueUrl: "http://nowhere/" });
    assert.deepEqual(failure, {
      error: "SQS.SdkClientException",
      cause: "Unable to execute HTTP request: nowhere: Name or service not known",
    });
  });

  it("is neither a queue's URL nor anything of the SDK integrations", () => {
    assert.equal(unreachableQueue({ service: "sqs", sdk: false }, { QueueUrl: "http://host/000000000000/q" }), undefined);
    assert.equal(unreachableQueue({ service: "sqs", sdk: true }, { QueueUrl: "http://nowhere" }), undefined);
    assert.equal(unreachableQueue({ service: "dynamodb", sdk: false }, { QueueUrl: "http://nowhere" }), undefined);
  });
});
