import assert from "node:assert/strict";
import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  type DescribeExecutionCommandOutput,
  GetExecutionHistoryCommand,
  InvalidDefinition,
  StartExecutionCommand,
  StopExecutionCommand,
} from "@aws-sdk/client-sfn";
import { CreateQueueCommand, GetQueueAttributesCommand, ReceiveMessageCommand, SendMessageCommand } from "@aws-sdk/client-sqs";
import { awsExpects, whereLocalStack } from "./support/deviations.ts";
import { aws, eventually, executionRole, uniqueName } from "./support/endpoint.ts";

/** Task states that call a service by `aws-sdk:`. */

const SDK = "arn:aws:states:::aws-sdk";

type States = Record<string, Record<string, unknown>>;

/** The states one after another, in the order they are given. */
function chain(states: States): string {
  const names = Object.keys(states);
  const linked = Object.entries(states).map(([name, state], index) => {
    const next = names[index + 1];
    const follows = state.Type === "Succeed" || state.Type === "Fail" ? {} : next === undefined ? { End: true } : { Next: next };
    return [name, { ...follows, ...state }];
  });
  return JSON.stringify({ StartAt: names[0], States: Object.fromEntries(linked) });
}

function task(resource: string, parameters: Record<string, unknown>, more: Record<string, unknown> = {}) {
  return { Type: "Task", Resource: `${SDK}:${resource}`, Parameters: parameters, ...more };
}

async function start(states: States, input: unknown = {}): Promise<string> {
  const machine = { name: uniqueName("sdk-tasks"), definition: chain(states), roleArn: await executionRole() };
  const { stateMachineArn } = await aws().sfn.send(new CreateStateMachineCommand(machine));
  const { executionArn = "" } = await aws().sfn.send(new StartExecutionCommand({ stateMachineArn, input: JSON.stringify(input) }));
  return executionArn;
}

function ended(executionArn: string): Promise<DescribeExecutionCommandOutput> {
  return eventually(async () => {
    const described = await aws().sfn.send(new DescribeExecutionCommand({ executionArn }));
    assert.notEqual(described.status, "RUNNING");
    return described;
  });
}

async function outputOf(executionArn: string): Promise<Record<string, unknown>> {
  const { status, error, cause, output } = await ended(executionArn);
  assert.equal(status, "SUCCEEDED", `${error}: ${cause}`);
  return JSON.parse(output ?? "");
}

async function newQueue(): Promise<string> {
  const { QueueUrl = "" } = await aws().sqs.send(new CreateQueueCommand({ QueueName: uniqueName("sdk-tasks") }));
  return QueueUrl;
}

async function typesOf(executionArn: string): Promise<(string | undefined)[]> {
  const { events = [] } = await aws().sfn.send(new GetExecutionHistoryCommand({ executionArn }));
  return events.map(({ type }) => type);
}

describe("aws-sdk tasks", () => {
  it("receive and delete a queue's message", async () => {
    // Prepare
    const QueueUrl = await newQueue();
    await aws().sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "hello" }));

    // Act
    const execution = await start({
      Receive: task("sqs:receiveMessage", { QueueUrl, WaitTimeSeconds: 5 }),
      Delete: task("sqs:deleteMessage", { QueueUrl, "ReceiptHandle.$": "$.Messages[0].ReceiptHandle" }, { ResultPath: "$.deleted" }),
    });

    // Assess
    const output = await outputOf(execution);
    const [message] = output.Messages as { Body: string }[];
    assert.equal(message?.Body, "hello");
    const { Attributes } = await aws().sqs.send(
      new GetQueueAttributesCommand({
        QueueUrl,
        AttributeNames: ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"],
      }),
    );
    assert.deepEqual(Object.values(Attributes ?? {}), ["0", "0"]);
  });

  it("wait for a message as long as they say, while other executions go on", async () => {
    // Prepare
    const QueueUrl = await newQueue();
    const waiting = await start({ Receive: task("sqs:receiveMessage", { QueueUrl, WaitTimeSeconds: 20 }) });

    // Act
    await outputOf(await start({ List: task("sqs:listQueues", { MaxResults: 1 }) }));
    const { status } = await aws().sfn.send(new DescribeExecutionCommand({ executionArn: waiting }));
    await aws().sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "late" }));

    // Assess
    assert.equal(status, "RUNNING");
    const [message] = (await outputOf(waiting)).Messages as { Body: string }[];
    assert.equal(message?.Body, "late");
  });

  it("take no message once their execution is stopped", async () => {
    // Prepare
    const QueueUrl = await newQueue();
    const executionArn = await start({ Receive: task("sqs:receiveMessage", { QueueUrl, WaitTimeSeconds: 20 }) });

    // Act
    await aws().sfn.send(new StopExecutionCommand({ executionArn }));

    // Assess
    await awsExpects(
      async () => {
        assert.equal((await ended(executionArn)).status, "ABORTED");
        await aws().sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "for others" }));
        const { Messages } = await aws().sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 5 }));
        assert.equal(Messages?.[0]?.Body, "for others");
      },
      whereLocalStack("stop-waits-for-a-running-call", async () => {
        const { status } = await aws().sfn.send(new DescribeExecutionCommand({ executionArn }));
        // RUNNING, or FAILED where the call broke off meanwhile, as it does on a busy machine.
        assert.notEqual(status, "ABORTED");
      }),
    );
  });

  it("answer the task token of another execution", async () => {
    // Prepare
    const QueueUrl = await newQueue();
    const parked = await start({
      Ask: {
        Type: "Task",
        Resource: "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
        Parameters: { QueueUrl, MessageBody: { "Token.$": "$$.Task.Token" } },
      },
    });

    // Act
    const answering = await start({
      Receive: task("sqs:receiveMessage", { QueueUrl, WaitTimeSeconds: 5 }),
      Read: { Type: "Pass", Parameters: { "Message.$": "States.StringToJson($.Messages[0].Body)" } },
      Answer: task("sfn:sendTaskSuccess", { "TaskToken.$": "$.Message.Token", Output: { answer: 42 } }),
    });

    // Assess
    assert.deepEqual(await outputOf(answering), {});
    assert.deepEqual(await outputOf(parked), { answer: 42 });
  });

  it("make a table, write to it in a transaction, and query it", async () => {
    // Prepare
    const TableName = uniqueName("sdk-tasks");
    const create = {
      TableName,
      BillingMode: "PAY_PER_REQUEST",
      KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
      AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
    };
    const retry = [{ ErrorEquals: ["DynamoDb.ResourceNotFoundException"], IntervalSeconds: 1, MaxAttempts: 5 }];

    // Act
    const execution = await start({
      Create: task("dynamodb:createTable", create, { ResultPath: "$.created" }),
      Write: task(
        "dynamodb:transactWriteItems",
        { TransactItems: [{ Put: { TableName, Item: { id: { S: "a" }, n: { N: "1" } } } }] },
        { ResultPath: "$.written", Retry: retry },
      ),
      Query: task(
        "dynamodb:query",
        { TableName, KeyConditionExpression: "id = :id", ExpressionAttributeValues: { ":id": { S: "a" } } },
        { ResultPath: "$.found" },
      ),
      Drop: task("dynamodb:deleteTable", { TableName }, { ResultPath: "$.dropped" }),
    });

    // Assess
    const { created, found } = (await outputOf(execution)) as Record<string, Record<string, unknown>>;
    assert.deepEqual(found, { Count: 1, Items: [{ id: { S: "a" }, n: { N: "1" } }], ScannedCount: 1 });
    const table = created?.TableDescription as Record<string, unknown>;
    assert.match(String(table.CreationDateTime), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)$/);
  });

  it("describe an execution in the spelling of Task states", async () => {
    // Prepare
    const done = await start({ Done: { Type: "Pass", Result: { a: 1 } } });
    await ended(done);

    // Act
    const described = await outputOf(await start({ Describe: task("sfn:describeExecution", { ExecutionArn: done }) }));

    // Assess
    assert.deepEqual([described.ExecutionArn, described.Status, described.Output], [done, "SUCCEEDED", '{"a":1}']);
    assert.match(String(described.StopDate), /^\d{4}-\d\d-\d\dT/);
  });

  it("fail with the service's exception, which can be caught", async () => {
    // Prepare
    const caught = { ErrorEquals: ["Sqs.QueueDoesNotExistException"], Next: "Caught" };

    // Act
    const missing = await start({
      Url: task("sqs:getQueueUrl", { QueueName: uniqueName("missing") }, { Catch: [caught] }),
      Caught: { Type: "Pass" },
    });
    const foreign = await start({ Answer: task("sfn:sendTaskFailure", { TaskToken: "no token of ours" }) });

    // Assess
    await awsExpects(
      async () => assert.equal((await outputOf(missing)).Error, "Sqs.QueueDoesNotExistException"),
      whereLocalStack("sdk-exceptions-are-spelt-as-the-service", async () => {
        const uncaught = await ended(missing);
        assert.deepEqual([uncaught.status, uncaught.error], ["FAILED", "SQS.QueueDoesNotExistException"]);
      }),
    );
    const { status, error, cause } = await ended(foreign);
    assert.deepEqual([status, error], ["FAILED", "Sfn.InvalidTokenException"]);
    const SERVICE = String.raw`\(Service: Sfn, Status Code: 400, Request ID: [0-9a-f-]{36}\)`;
    await awsExpects(
      () => assert.match(cause ?? "", new RegExp(`^Invalid Token: 'Invalid token' ${SERVICE}`)),
      whereLocalStack("invalid-token-is-worded-shortly", () => assert.match(cause ?? "", new RegExp(`^Invalid token ${SERVICE}`))),
    );
    const types = await typesOf(foreign);
    assert.deepEqual(types.slice(-4), ["TaskScheduled", "TaskStarted", "TaskFailed", "ExecutionFailed"]);
  });

  it("are refused with a machine that calls what no service has, or misspells a parameter", async () => {
    const roleArn = await executionRole();
    const create = (state: Record<string, unknown>) =>
      aws().sfn.send(new CreateStateMachineCommand({ name: uniqueName("sdk-tasks"), roleArn, definition: chain({ S: state }) }));
    const refused = (state: Record<string, unknown>) =>
      awsExpects(
        () => assert.rejects(create(state), InvalidDefinition),
        whereLocalStack("calls-are-not-checked-at-create", async () => assert.ok((await create(state)).stateMachineArn)),
      );
    await refused(task("sqs:receiveMessages", { QueueUrl: "u" }));
    await refused(task("sfn:sendTaskSuccess", { taskToken: "t", output: "{}" }));
  });
});
