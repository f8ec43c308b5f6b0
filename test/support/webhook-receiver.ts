import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";

export interface Received {
  readonly path: string;
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** What a webhook calls: it keeps what it is sent, and answers as it is told to; with 200 where it is told nothing. */
export class WebhookReceiver {
  readonly received: Received[] = [];
  answer: (response: ServerResponse, path: string) => void = (response) => void response.end();
  readonly #server: Server;

  private constructor() {
    this.#server = createServer(async (request, response) => {
      const path = request.url ?? "";
      this.received.push({ path, method: request.method ?? "", headers: request.headers, body: await text(request) });
      this.answer(response, path);
    });
  }

  static async start(): Promise<WebhookReceiver> {
    const receiver = new WebhookReceiver();
    await new Promise<void>((resolve) => receiver.#server.listen(0, "127.0.0.1", resolve));
    return receiver;
  }

  get url(): string {
    const address = this.#server.address();
    return `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
  }

  /** The ids of the notifications about a record, in the order they came. */
  idsOf(recordId: string): string[] {
    return this.received.map(({ headers }) => String(headers["milepost-id"])).filter((id) => id.startsWith(`${recordId}-`));
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}
