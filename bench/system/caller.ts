/**
 * An HTTP client for benchmarks, and cheap: it shares the machine with what it measures, so it keeps its connections and
 * uses no SDK.
 */
import { Agent, request } from "node:http";
import { interrupted } from "../support/interruption.ts";

const CALL_MS_MAX = 30_000;

/** What was answered where a call was not done. */
export class Refused extends Error {
  override readonly name = "Refused";
  readonly status: number;
  readonly retryAfterMs: number;

  constructor(status: number, retryAfterMs: number, text: string) {
    super(`The answer was ${status}: ${text.slice(0, 300)}`);
    this.status = status;
    this.retryAfterMs = retryAfterMs;
  }
}

export class Caller {
  /** How often it has asked by GET. */
  reads = 0;
  readonly #authorization: string;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 64 });

  constructor(bearer: string) {
    this.#authorization = `Bearer ${bearer}`;
  }

  close(): void {
    this.#agent.destroy();
  }

  /** The answer, where it is a success. */
  call(method: string, url: string, body?: object): Promise<unknown> {
    if (method === "GET") this.reads += 1;
    const text = body === undefined ? undefined : JSON.stringify(body);
    const headers = {
      authorization: this.#authorization,
      ...(text !== undefined && { "content-type": "application/json", "content-length": Buffer.byteLength(text) }),
    };
    return new Promise((resolve, reject) => {
      const call = request(url, { method, headers, agent: this.#agent, timeout: CALL_MS_MAX, signal: interrupted }, (answer) => {
        const chunks: Buffer[] = [];
        answer.on("data", (chunk: Buffer) => chunks.push(chunk));
        answer.once("error", reject);
        answer.once("end", () => {
          const said = Buffer.concat(chunks).toString("utf8");
          const status = answer.statusCode ?? 0;
          if (status >= 200 && status < 300) resolve(JSON.parse(said));
          else reject(new Refused(status, Number(answer.headers["retry-after"] ?? 1) * 1_000, said));
        });
      });
      call.once("timeout", () => call.destroy(new Error(`${method} was not answered within ${CALL_MS_MAX / 1_000} s.`)));
      call.once("error", reject);
      call.end(text);
    });
  }
}
