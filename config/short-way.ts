/**
 * The short way to Milepost's own endpoint, for the calls that changes are made of. Three quarters of what the SDK does for a call
 * (choosing endpoint and signature, walking schemas, copying settings) is of no use there, and what it takes of the processor
 * decides how many changes a machine can do (docs/decisions/7). AWS and LocalStack are called by the SDK alone.
 *
 * - A call's first try is sent as it is, unless there are bytes in it. An answer of status 200 is the call's outcome.
 * - Any other outcome, and an answer with bytes in it, is handed to the SDK as what its own first try brought: what it holds, which
 *   error it is, whether it is tried again, and after how long, is decided as everywhere else.
 */
import { type Agent, type IncomingHttpHeaders, type IncomingMessage, request } from "node:http";
import {
  BatchGetItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { SendTaskSuccessCommand, type SFNClient, StartExecutionCommand } from "@aws-sdk/client-sfn";
import { DeleteMessageBatchCommand, ReceiveMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";

/** Those whose inputs and answers are JSON as they are, but for attributes that are bytes: nothing that is read of them is a date. */
const TARGETS: ReadonlyMap<unknown, string> = new Map<unknown, string>([
  [BatchGetItemCommand, "DynamoDB_20120810.BatchGetItem"],
  [GetItemCommand, "DynamoDB_20120810.GetItem"],
  [PutItemCommand, "DynamoDB_20120810.PutItem"],
  [QueryCommand, "DynamoDB_20120810.Query"],
  [TransactWriteItemsCommand, "DynamoDB_20120810.TransactWriteItems"],
  [UpdateItemCommand, "DynamoDB_20120810.UpdateItem"],
  [StartExecutionCommand, "AWSStepFunctions.StartExecution"],
  [SendTaskSuccessCommand, "AWSStepFunctions.SendTaskSuccess"],
  [DeleteMessageBatchCommand, "AmazonSQS.DeleteMessageBatch"],
  [ReceiveMessageCommand, "AmazonSQS.ReceiveMessage"],
]);

/** Bytes are written otherwise in JSON than the SDK has them. An attribute of that name may look alike, which does no harm. */
const BYTES = /"BS?":["{[]/;

const JSON_1_0 = "application/x-amz-json-1.0";
const OK = 200;

export type ShortenedClient = DynamoDBClient | SFNClient | SQSClient;

export interface ShortWay {
  readonly endpoint: string;
  /** What stands in place of a signature. */
  readonly authorization: string;
  readonly requestMs: number;
  readonly agent: Agent;
}

interface SendOptions {
  readonly abortSignal?: AbortSignal;
}

type Send = (command: { readonly input: object }, options?: SendOptions) => Promise<unknown>;

/** What a first try has brought, in the form in which the SDK's own tries bring it. */
interface Answer {
  readonly statusCode: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Has a client's calls go the short way, where they are of those that may. */
export function takeShortWay(client: ShortenedClient, way: ShortWay): void {
  const sdkSend = client.send;
  const sendLong: Send = (command, options) => Reflect.apply(sdkSend, client, [command, options]);
  const post = poster(way);
  const firstTries = new WeakMap<object, Promise<Answer>>();
  const { requestHandler } = client.config;
  const handle = requestHandler.handle.bind(requestHandler);
  requestHandler.handle = async (request, options = {}) => {
    const first = firstTries.get(options);
    firstTries.delete(options);
    return first === undefined ? handle(request, options) : { response: await first };
  };

  const send: Send = async (command, options = {}) => {
    const target = TARGETS.get(command.constructor);
    if (target === undefined) return sendLong(command, options);
    const body = JSON.stringify(command.input);
    if (BYTES.test(body)) return sendLong(command, options);
    const first = post(target, body, options.abortSignal);
    const answer = await first.catch(() => undefined);
    const text = answer?.statusCode === OK ? answer.body.toString() : undefined;
    if (text !== undefined && !BYTES.test(text)) return { ...JSON.parse(text), $metadata: { httpStatusCode: OK } };
    const own = { ...options };
    firstTries.set(own, first);
    return sendLong(command, own);
  };
  Object.defineProperty(client, "send", { value: send, configurable: true });
}

function poster({ endpoint, authorization, requestMs, agent }: ShortWay) {
  const { hostname, port } = new URL(endpoint);
  const to = { method: "POST", hostname, port, agent };
  return (target: string, body: string, signal: AbortSignal | undefined): Promise<Answer> => {
    const headers = { "content-type": JSON_1_0, "content-length": Buffer.byteLength(body), "x-amz-target": target, authorization };
    return new Promise<Answer>((resolve, reject) => {
      const sent = request({ ...to, headers, ...(signal && { signal }) }, (response) => read(response, resolve, reject));
      const late = setTimeout(() => sent.destroy(new Late(`no answer within ${requestMs} ms`)), requestMs);
      sent.on("error", reject).on("close", () => clearTimeout(late));
      sent.end(body);
    });
  };
}

function read(response: IncomingMessage, resolve: (answer: Answer) => void, reject: (error: Error) => void): void {
  const chunks: Buffer[] = [];
  const { statusCode = 0, headers } = response;
  response.on("data", (chunk: Buffer) => chunks.push(chunk));
  response.on("end", () => resolve({ statusCode, headers, body: Buffer.concat(chunks) }));
  response.on("error", reject);
}

/** By this name the SDK knows that another try may help. */
class Late extends Error {
  override readonly name = "TimeoutError";
}
