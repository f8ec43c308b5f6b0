import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { catalogue } from "../../api/catalogue.ts";
import { describeApi } from "../../api/openapi.ts";
import { ApiDocument } from "./document.ts";

/** Stands between callers and the API, passes everything on as it is, and holds each answer against the API's own description. */
export class AnswerWatch {
  readonly #target: string;
  readonly #server: Server;
  readonly #document = new ApiDocument(JSON.parse(JSON.stringify(describeApi(catalogue(), { version: "", bodyBytesMax: 0 }))));
  readonly #complaints: string[] = [];

  private constructor(target: string) {
    this.#target = target;
    this.#server = createServer((incoming, outgoing) => this.#pass(incoming, outgoing));
  }

  static async start(target: string): Promise<AnswerWatch> {
    const watch = new AnswerWatch(target);
    await new Promise<void>((resolve) => watch.#server.listen(0, "127.0.0.1", resolve));
    return watch;
  }

  get url(): string {
    const { port } = this.#server.address() as AddressInfo;
    return `http://127.0.0.1:${port}`;
  }

  /** What was answered otherwise than the description says. */
  async stop(): Promise<readonly string[]> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
    return this.#complaints;
  }

  #pass(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const { method = "", url = "", headers } = incoming;
    const asked = request(`${this.#target}${url}`, { method, headers }, (answer) => {
      const chunks: Buffer[] = [];
      outgoing.writeHead(answer.statusCode ?? 0, answer.headers);
      answer.on("data", (chunk: Buffer) => {
        chunks.push(chunk);
        outgoing.write(chunk);
      });
      answer.once("end", () => {
        this.#look(method, url, answer, Buffer.concat(chunks).toString("utf8"));
        outgoing.end();
      });
      answer.once("error", () => outgoing.destroy());
    });
    // Whoever calls an API that is gone is told so by the connection, as without anything in between.
    asked.once("error", () => outgoing.destroy());
    // A stream has no end of its own: it ends with whoever reads it.
    outgoing.once("close", () => asked.destroy());
    incoming.pipe(asked);
  }

  #look(method: string, url: string, { statusCode: status = 0, headers }: IncomingMessage, text: string): void {
    const given = Object.entries(headers).map(([name, value]): [string, string] => [name, String(value)]);
    try {
      this.#document.assertDescribes(method, url, { status, headers: new Headers(given), text });
    } catch (error) {
      this.#complaints.push(String(error));
    }
  }
}
