import assert from "node:assert/strict";
import { createServer, type IncomingHttpHeaders, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import {
  ConditionalCheckFailedException,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  TransactionCanceledException,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { ExecutionAlreadyExists, InvalidToken, SendTaskSuccessCommand, StartExecutionCommand } from "@aws-sdk/client-sfn";
import {
  DeleteMessageBatchCommand,
  DeleteQueueCommand,
  QueueDoesNotExist,
  ReceiveMessageCommand,
  SendMessageCommand,
} from "@aws-sdk/client-sqs";
import { API_LIMITS, type CallLimits, type Clients, makeClients } from "../../config/clients.ts";
import { readSettings } from "../../config/settings.ts";
import { endpointKind, endpointUrl, uniqueName } from "./support/endpoint.ts";
import { dropTable } from "./support/ledger.ts";
import { newGround, newKeyedTable, newQueue, type WorkerGround } from "./support/worker.ts";

const text = (S: string) => ({ S });

describe("A process's calls to Milepost's own endpoint", () => {
  let ground: WorkerGround;
  let table: string;
  let short: Clients;
  let long: Clients;

  before(async function () {
    if (endpointKind() !== "milepost") return this.skip();
    [ground, table] = await Promise.all([newGround(), newKeyedTable("short")]);
    const settings = readSettings({ ...ground.environment, AWS_ENDPOINT_URL: endpointUrl() });
    [short, long] = [true, false].map((embedded) => makeClients({ ...settings, embedded }, API_LIMITS)) as [Clients, Clients];
  });
  after(async () => {
    short?.destroy();
    long?.destroy();
    if (table !== undefined) await dropTable(table);
    await ground?.drop();
  });

  /** What a call brings by the short way and by the SDK's own, each once. */
  async function both<Brought>(act: (clients: Clients, name: string) => Promise<Brought>): Promise<[Brought, Brought]> {
    return [await act(short, uniqueName("short")), await act(long, uniqueName("long"))];
  }

  it("bring from DynamoDB what the SDK's bring", async () => {
    // Act
    const brought = await both(async ({ dynamodb }, id) => {
      const [Key, PK] = [{ PK: text(id) }, text(id)];
      const Item = { PK, words: text("žluťoučký ❄ \u2028"), n: { N: "1.50" }, deep: { L: [{ M: { nothing: { NULL: true } } }] } };
      const bytes = {
        PK: text(`${id}/4`),
        B: text("no bytes"),
        one: { B: Buffer.from("ž\0") },
        more: { BS: [Buffer.from("\xff", "latin1")] },
      };
      await dynamodb.send(new PutItemCommand({ TableName: table, Item }));
      const values = { ":n": { N: "2" } };
      const update = {
        TableName: table,
        Key,
        UpdateExpression: "SET n = n + :n",
        ExpressionAttributeValues: values,
        ReturnValues: "ALL_NEW",
      };
      const { Attributes: attributes } = await dynamodb.send(new UpdateItemCommand({ ...update, ReturnValues: "ALL_NEW" }));
      const [put] = [{ Put: { TableName: table, Item: { ...Item, PK: text(`${id}/2`) } } }];
      await dynamodb.send(new TransactWriteItemsCommand({ TransactItems: [put] }));
      const { Item: none } = await dynamodb.send(new GetItemCommand({ TableName: table, Key: { PK: text(`${id}/3`) } }));
      await dynamodb.send(new PutItemCommand({ TableName: table, Item: bytes }));
      const { Item: kept } = await dynamodb.send(new GetItemCommand({ TableName: table, Key: { PK: bytes.PK } }));
      assert.deepEqual(kept && { ...kept, one: Buffer.from(kept.one?.B ?? []), more: Buffer.from(kept.more?.BS?.[0] ?? []) }, {
        ...{ PK: bytes.PK, B: bytes.B, one: bytes.one.B, more: bytes.more.BS[0] },
      });
      const query = { TableName: table, KeyConditionExpression: "PK = :id", ExpressionAttributeValues: { ":id": PK } };
      const { Items: items, Count: count } = await dynamodb.send(new QueryCommand(query));
      return JSON.parse(JSON.stringify({ attributes, none, items, count }).replaceAll(id, "id"));
    });
    // Assess
    assert.deepEqual(brought[0], brought[1]);
    assert.equal(brought[0].attributes.n.N, "3.5");
    assert.equal(brought[0].count, 1);
  });

  it("fail by the SDK's own errors, with all that they tell", async () => {
    // Act
    const failed = await both(async ({ dynamodb, sfn, sqs }, id) => {
      const Item = { PK: text(id) };
      const put = { TableName: table, Item, ConditionExpression: "attribute_not_exists(PK)" };
      const start = { stateMachineArn: ground.stateMachineArn, name: id };
      await dynamodb.send(new PutItemCommand(put));
      await sfn.send(new StartExecutionCommand({ ...start, input: "{}" }));
      const errors = await Promise.all([
        failureOf(dynamodb.send(new PutItemCommand({ ...put, ReturnValuesOnConditionCheckFailure: "ALL_OLD" }))),
        failureOf(dynamodb.send(new TransactWriteItemsCommand({ TransactItems: [{ Put: put }] }))),
        failureOf(sfn.send(new StartExecutionCommand({ ...start, input: '{"other":1}' }))),
        failureOf(sfn.send(new SendTaskSuccessCommand({ taskToken: "nobody's", output: "{}" }))),
        failureOf(sqs.send(new ReceiveMessageCommand({ QueueUrl: `${ground.queueUrl}-gone` }))),
      ]);
      const told = errors.map(({ name, message, ...rest }) => ({ name, message, ...rest, $metadata: undefined, RequestId: undefined }));
      return { errors, told: JSON.parse(JSON.stringify(told).replaceAll(id, "id")) };
    });
    // Assess
    assert.deepEqual(failed[0].told, failed[1].told);
    for (const { errors } of failed) {
      const classes = [
        ConditionalCheckFailedException,
        TransactionCanceledException,
        ExecutionAlreadyExists,
        InvalidToken,
        QueueDoesNotExist,
      ];
      for (const [index, one] of classes.entries()) assert.ok(errors[index] instanceof one, `${errors[index]}`);
      assert.ok(errors[0] instanceof ConditionalCheckFailedException && errors[0].Item?.PK !== undefined);
    }
  });

  it("receive and delete messages", async () => {
    // Prepare
    const { url: QueueUrl } = await newQueue({});
    await short.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "a message" }));
    // Act
    const receive = { QueueUrl, WaitTimeSeconds: 1, MessageSystemAttributeNames: ["ApproximateReceiveCount" as const] };
    const { Messages: [message] = [] } = await short.sqs.send(new ReceiveMessageCommand(receive));
    const Entries = [
      { Id: "0", ReceiptHandle: message?.ReceiptHandle },
      { Id: "1", ReceiptHandle: "none" },
    ];
    const { Successful: deleted, Failed: failed } = await short.sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
    // Assess
    assert.equal(message?.Body, "a message");
    assert.equal(message.Attributes?.ApproximateReceiveCount, "1");
    assert.deepEqual([deleted?.map(({ Id }) => Id), failed?.map(({ Id }) => Id)], [["0"], ["1"]]);
    await short.sqs.send(new DeleteQueueCommand({ QueueUrl }));
  });
});

describe("A process's calls to an endpoint of Milepost's that is in trouble", () => {
  const get = () => new GetItemCommand({ TableName: "records", Key: { PK: text("1") } });
  const overloaded = '{"__type":"com.amazonaws.dynamodb.v20120810#InternalServerError","message":"for now"}';

  it("are tried again, as often as the SDK does it", async () => {
    // Prepare
    const answers = [500, 500, 200];
    await withEndpoint(
      (_, response) => response.writeHead(answers.shift() ?? 500, { "content-type": "application/x-amz-json-1.0" }).end(overloaded),
      { ...API_LIMITS, maxAttempts: 3 },
      async ({ dynamodb }, calls) => {
        // Act
        await dynamodb.send(get());
        const error = await failureOf(dynamodb.send(get()));
        // Assess
        assert.equal(calls.length, 3 + 3);
        assert.equal(error.name, "InternalServerError");
        // The first try is the short one, and only that.
        assert.deepEqual(
          calls.map((headers) => headers["amz-sdk-invocation-id"] === undefined),
          [true, false, false, true, false, false],
        );
      },
    );
  });

  it("are not tried again where it cannot help", async () => {
    await withEndpoint(
      (_, response) => response.writeHead(400).end('{"__type":"com.amazon.coral.validate#ValidationException","message":"no"}'),
      API_LIMITS,
      async ({ dynamodb }, calls) => {
        // Act
        const error = await failureOf(dynamodb.send(get()));
        // Assess
        assert.deepEqual([error.name, error.message, calls.length], ["ValidationException", "no", 1]);
      },
    );
  });

  it("are given up in time where no answer comes", async () => {
    await withEndpoint(
      () => {},
      { ...API_LIMITS, requestMs: 100 },
      async ({ dynamodb }, calls) => {
        // Act
        const error = await failureOf(dynamodb.send(get()));
        // Assess
        assert.deepEqual([error.name, calls.length], ["TimeoutError", 2]);
      },
    );
  });

  it("outlive connections that break, before an answer and within it", async () => {
    // Prepare
    const breaks: RequestListener[] = [
      (request) => request.socket.destroy(),
      (_, response) => response.writeHead(200, { "content-length": "100" }).write('{"Item":', () => response.destroy()),
    ];
    await withEndpoint(
      (request, response) => (breaks.shift() ?? ((_, whole) => whole.end('{"Item":{"PK":{"S":"1"}}}')))(request, response),
      { ...API_LIMITS, maxAttempts: 3 },
      async ({ dynamodb }, calls) => {
        // Act
        const { Item } = await dynamodb.send(get());
        // Assess
        assert.deepEqual(Item, { PK: text("1") });
        assert.equal(calls.length, 3);
      },
    );
  });

  it("end when their caller ends them, and are not repeated then", async () => {
    await withEndpoint(
      () => {},
      API_LIMITS,
      async ({ dynamodb }, calls) => {
        // Act
        const error = await failureOf(dynamodb.send(get(), { abortSignal: AbortSignal.timeout(50) }));
        const ended = await failureOf(dynamodb.send(get(), { abortSignal: AbortSignal.abort() }));
        // Assess
        assert.deepEqual([error.name, ended.name, calls.length], ["AbortError", "AbortError", 1]);
      },
    );
  });
});

type Act = (clients: Clients, calls: readonly IncomingHttpHeaders[]) => Promise<void>;

/** A process's clients on an endpoint that answers as it is told, and the headers of the calls that it got. */
async function withEndpoint(answer: RequestListener, limits: CallLimits, act: Act): Promise<void> {
  const calls: IncomingHttpHeaders[] = [];
  const server: Server = createServer((request, response) => {
    calls.push(request.headers);
    request.resume().on("end", () => answer(request, response));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const clients = makeClients(readSettings({ ENDPOINT_PORT: `${(server.address() as AddressInfo).port}` }), limits);
  try {
    await act(clients, calls);
  } finally {
    clients.destroy();
    server.closeAllConnections();
    server.close();
  }
}

async function failureOf(call: Promise<unknown>): Promise<Error> {
  try {
    await call;
  } catch (error) {
    assert.ok(error instanceof Error);
    return error;
  }
  return assert.fail("It has not failed.");
}
