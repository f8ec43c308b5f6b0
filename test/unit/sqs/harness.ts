import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AwsError } from "../../../local/errors.ts";
import { openLog } from "../../../local/flusher.ts";
import { isObject, type JsonObject } from "../../../local/json.ts";
import { createSqs, SQS_SCHEMA, type Sqs } from "../../../local/sqs/sqs.ts";
import { openStore, type Store } from "../../../local/store.ts";

/** A message as ReceiveMessage answers it. */
export interface Received {
  readonly id: string;
  readonly handle: string;
  readonly body: string;
  readonly attributes: JsonObject;
  readonly whole: JsonObject;
}

export interface CallOptions {
  readonly region?: string;
  readonly signal?: AbortSignal;
}

const ORIGIN = "http://127.0.0.1:4566";

/** SQS on a data file of its own, with a clock that only the test moves. */
export class TestSqs {
  readonly #directory = mkdtempSync(join(tmpdir(), "milepost-sqs-"));
  #store: Store;
  #sqs: Sqs;
  /** Milliseconds since the epoch; begins at the true time, since timers run by that. */
  clock = Date.now();
  /** How often the log was brought to the disk. */
  flushes = 0;

  constructor() {
    this.#store = this.#open();
    this.#sqs = createSqs(this.#store, () => this.clock);
  }

  get store(): Store {
    return this.#store;
  }

  get sqs(): Sqs {
    return this.#sqs;
  }

  pass(seconds: number): void {
    this.clock += seconds * 1000;
  }

  async call(operation: string, input: JsonObject, options: CallOptions = {}): Promise<JsonObject> {
    const handler = this.#sqs.operations.get(operation);
    assert.ok(handler, `${operation} is an operation`);
    const signal = options.signal ?? new AbortController().signal;
    return handler({ operation, input, region: options.region ?? "us-east-1", requestId: "test", origin: ORIGIN, signal });
  }

  /** Makes a queue and gives its URL; a name that ends in .fifo makes a FIFO queue. */
  async queue(name: string, attributes: Record<string, string> = {}): Promise<string> {
    const fifo: JsonObject = name.endsWith(".fifo") ? { FifoQueue: "true" } : {};
    const created = await this.call("CreateQueue", { QueueName: name, Attributes: { ...fifo, ...attributes } });
    return textOf(created, "QueueUrl");
  }

  async send(url: string, body: string, input: JsonObject = {}): Promise<JsonObject> {
    return this.call("SendMessage", { QueueUrl: url, MessageBody: body, ...input });
  }

  async receive(url: string, input: JsonObject = {}, options: CallOptions = {}): Promise<Received[]> {
    return messagesOf(await this.call("ReceiveMessage", { QueueUrl: url, AttributeNames: ["All"], ...input }, options));
  }

  async receiveOne(url: string, input: JsonObject = {}): Promise<Received> {
    const [message] = await this.receive(url, input);
    assert.ok(message, "a message is received");
    return message;
  }

  async bodies(url: string, input: JsonObject = {}): Promise<string[]> {
    return (await this.receive(url, { MaxNumberOfMessages: 10, ...input })).map((message) => message.body);
  }

  async delete(url: string, handle: string): Promise<JsonObject> {
    return this.call("DeleteMessage", { QueueUrl: url, ReceiptHandle: handle });
  }

  async hide(url: string, handle: string, seconds: number): Promise<JsonObject> {
    return this.call("ChangeMessageVisibility", { QueueUrl: url, ReceiptHandle: handle, VisibilityTimeout: seconds });
  }

  async attributes(url: string, names: string[] = ["All"]): Promise<JsonObject> {
    const { Attributes: attributes } = await this.call("GetQueueAttributes", { QueueUrl: url, AttributeNames: names });
    return isObject(attributes) ? attributes : {};
  }

  /** Visible, in flight and delayed messages, as GetQueueAttributes counts them. */
  async counts(url: string): Promise<string[]> {
    const attributes = await this.attributes(url);
    return ["", "NotVisible", "Delayed"].map((kind) => String(attributes[`ApproximateNumberOfMessages${kind}`]));
  }

  /** Closes the data file as a stop of the endpoint does, and opens it anew. */
  restart(): void {
    this.#sqs.stop();
    this.#store.close();
    this.#store = this.#open();
    this.#sqs = createSqs(this.#store, () => this.clock);
  }

  close(): void {
    this.#sqs.stop();
    this.#store.close();
    rmSync(this.#directory, { recursive: true });
  }

  #open(): Store {
    return openStore(join(this.#directory, "data.sqlite"), SQS_SCHEMA, (log) => {
      const { flushInPlace, flushAside, close } = openLog(log);
      const counted = (flush: () => void) => {
        this.flushes++;
        flush();
      };
      return { flushInPlace: () => counted(flushInPlace), flushAside: (done) => counted(() => flushAside(done)), close };
    });
  }
}

export function messagesOf(answer: JsonObject): Received[] {
  const { Messages: messages } = answer;
  if (messages === undefined) return [];
  assert.ok(Array.isArray(messages) && messages.length > 0, "an answer without messages has no list of them");
  return messages.map((message) => {
    assert.ok(isObject(message));
    return {
      id: textOf(message, "MessageId"),
      handle: textOf(message, "ReceiptHandle"),
      body: textOf(message, "Body"),
      attributes: isObject(message.Attributes) ? message.Attributes : {},
      whole: message,
    };
  });
}

export function textOf(answer: JsonObject, member: string): string {
  const value = answer[member];
  assert.ok(typeof value === "string", `${member} is a text`);
  return value;
}

/** Checks that a call is refused with this code of the query protocol, and a message that matches. */
export async function refuses(call: Promise<unknown>, queryCode: string, message: RegExp = /./): Promise<AwsError> {
  let refusal: unknown;
  await assert.rejects(call, (error) => {
    refusal = error;
    return true;
  });
  assert.ok(refusal instanceof AwsError, `an AWS error, not ${String(refusal)}`);
  assert.equal(refusal.queryCode, queryCode);
  assert.match(refusal.message, message);
  return refusal;
}

export function arnOf(name: string): string {
  return `arn:aws:sqs:us-east-1:000000000000:${name}`;
}

export function redriveTo(name: string, maxReceiveCount: number): Record<string, string> {
  return { RedrivePolicy: JSON.stringify({ deadLetterTargetArn: arnOf(name), maxReceiveCount }) };
}
