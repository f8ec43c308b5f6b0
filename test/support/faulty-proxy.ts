import { Agent, createServer, type IncomingMessage, request, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

type Service = "dynamodb" | "sqs" | "sfn" | "s3";

const PREFIXES = { dynamodb: "DynamoDB_20120810.", sqs: "AmazonSQS.", sfn: "AWSStepFunctions." } as const;
const MESSAGES_OF_A_RECEIVE = 10;

/**
 * Stands between Milepost's processes and their AWS endpoint: it counts the calls, refuses those of a service for a while,
 * and delivers messages more often than they were sent, as a queue may.
 */
export class FaultyProxy {
  /** How often each operation was asked for, by the name the service gives it. */
  readonly counts = new Map<string, number>();
  /** Hears of the body of each message that is received. */
  onReceived: (body: string) => void = () => {};
  readonly #target: URL;
  readonly #server: Server;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 512 });
  readonly #refused = new Map<Service, "refuse" | "hang">();
  readonly #again = new Map<string, string[]>();
  #copies: () => number = () => 0;

  private constructor(target: string) {
    this.#target = new URL(target);
    this.#server = createServer((incoming, outgoing) => this.#serve(incoming, outgoing).catch(() => outgoing.destroy()));
  }

  static async start(target: string): Promise<FaultyProxy> {
    const proxy = new FaultyProxy(target);
    await new Promise<void>((resolve) => proxy.#server.listen(0, "127.0.0.1", resolve));
    return proxy;
  }

  get url(): string {
    const { port } = this.#server.address() as AddressInfo;
    return `http://127.0.0.1:${port}`;
  }

  count(operation: string): number {
    return this.counts.get(operation) ?? 0;
  }

  /** All calls of a service are refused, or not answered at all, until it is mended. */
  break(service: Service, how: "refuse" | "hang" = "refuse"): void {
    this.#refused.set(service, how);
  }

  mend(service: Service): void {
    this.#refused.delete(service);
  }

  /** How many more times each message received from now on is delivered. */
  deliverAgain(copies: () => number): void {
    this.#copies = copies;
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    this.#agent.destroy();
    await closed;
  }

  async #serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const body = await bytesOf(incoming);
    const { operation, service } = askedFor(incoming);
    this.counts.set(operation, this.count(operation) + 1);
    const fault = service === undefined ? undefined : this.#refused.get(service);
    if (fault === "hang") return;
    if (fault === "refuse") return answer(outgoing, 503, JSON.stringify({ __type: "ServiceUnavailable", message: "Refused by the test." }));
    if (operation === "ReceiveMessage") await this.#receive(incoming, outgoing, body);
    else await this.#pass(incoming, outgoing, body);
  }

  /** Messages that are to come again are at hand already; else what the queue has is passed on, and kept for later. */
  async #receive(incoming: IncomingMessage, outgoing: ServerResponse, body: Buffer): Promise<void> {
    const queue = String(fieldOf(body.toString("utf8"), "QueueUrl"));
    const again = this.#again.get(queue) ?? [];
    if (again.length > 0) return answer(outgoing, 200, `{"Messages":[${again.splice(0, MESSAGES_OF_A_RECEIVE).join(",")}]}`);
    const text = await this.#pass(incoming, outgoing, body);
    const messages = fieldOf(text, "Messages");
    if (!Array.isArray(messages)) return;
    for (const message of messages) this.onReceived(String(Object(message).Body));
    const copies = messages.flatMap((message) => Array.from({ length: this.#copies() }, () => JSON.stringify(message)));
    if (copies.length > 0) this.#again.set(queue, [...(this.#again.get(queue) ?? []), ...copies]);
  }

  #pass(incoming: IncomingMessage, outgoing: ServerResponse, body: Buffer): Promise<string> {
    return new Promise((resolve, reject) => {
      const { hostname, port } = this.#target;
      const { method, url, headers } = incoming;
      const passed = request({ hostname, port, method, path: url, headers, agent: this.#agent }, (result) => {
        outgoing.writeHead(result.statusCode ?? 502, result.headers);
        const chunks: Buffer[] = [];
        result.on("data", (chunk: Buffer) => {
          chunks.push(chunk);
          outgoing.write(chunk);
        });
        result.once("end", () => outgoing.end(() => resolve(Buffer.concat(chunks).toString("utf8"))));
        result.once("error", reject);
      });
      passed.once("error", reject);
      outgoing.once("close", () => passed.destroy());
      passed.end(body);
    });
  }
}

/** S3 alone names no target: its calls are told by what they were signed for, and named by their method. */
function askedFor({ headers, method = "" }: IncomingMessage): { readonly operation: string; readonly service: Service | undefined } {
  const target = String(headers["x-amz-target"] ?? "");
  if (target === "" && headers.authorization?.includes("/s3/aws4_request")) return { operation: `S3 ${method}`, service: "s3" };
  const service = (Object.keys(PREFIXES) as (keyof typeof PREFIXES)[]).find((one) => target.startsWith(PREFIXES[one]));
  return { operation: target.slice(target.indexOf(".") + 1), service };
}

async function bytesOf(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function fieldOf(text: string, name: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? Object.entries(value).find(([field]) => field === name)?.[1] : undefined;
  } catch {
    return undefined;
  }
}

function answer(outgoing: ServerResponse, status: number, body: string): void {
  outgoing.writeHead(status, { "content-type": "application/x-amz-json-1.0", "content-length": Buffer.byteLength(body) });
  outgoing.end(body);
}
