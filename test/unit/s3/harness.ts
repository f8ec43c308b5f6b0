import { IncomingMessage } from "node:http";
import { Socket } from "node:net";
import { parseS3Request, type S3Request } from "../../../local/s3/request.ts";

export const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);

export interface RequestParts {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly now?: number;
}

/** A request as S3 reads it off the wire, without a wire. */
export function requestFor(url: string, { method = "GET", headers = {}, now = NOW }: RequestParts = {}): S3Request {
  const message = new IncomingMessage(new Socket());
  message.method = method;
  message.url = url;
  message.headers = { host: "127.0.0.1:4566", ...headers };
  const context = { requestId: "id", region: "us-east-1", origin: "http://127.0.0.1:4566", signal: new AbortController().signal };
  return parseS3Request(message, context, now);
}
