import type { IncomingMessage } from "node:http";
import { AwsError } from "../errors.ts";
import { isObject, type JsonObject } from "../json.ts";

/** The largest body of a call by operation name: DynamoDB's batches of 16 MB are the largest of them. S3 streams and has no such limit. */
const BODY_BYTES_MAX = 20 * 1024 * 1024;

/**
 * Read by events, since an iterator over the stream costs each small call a good part of its time. Most bodies come in one piece,
 * and are whole with it: the end is told of only later.
 */
export function readBody(request: IncomingMessage): Promise<Buffer> {
  const length = Number(request.headers["content-length"]);
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size <= BODY_BYTES_MAX) chunks.push(chunk);
      if (chunk.length === length && size <= BODY_BYTES_MAX) resolve(chunk);
    });
    request.on("end", () => {
      if (size > BODY_BYTES_MAX) reject(tooLarge());
      else resolve(chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks));
    });
    request.on("error", reject);
    request.on("aborted", () => reject(new AwsError("RequestTimeout", "The caller hung up before its request was complete.")));
  });
}

function tooLarge(): AwsError {
  return new AwsError("RequestEntityTooLarge", `The request's body is larger than ${BODY_BYTES_MAX} bytes.`, { status: 413 });
}

export function parseJsonBody(body: Buffer): JsonObject {
  if (body.length === 0) return {};
  let value: unknown;
  try {
    value = JSON.parse(body.toString("utf8"));
  } catch {
    throw new AwsError("SerializationException", "The request's body is not valid JSON.");
  }
  if (!isObject(value)) throw new AwsError("SerializationException", "The request's body is not a JSON object.");
  return value;
}

/** The parts of a dotted name are nested structures, read by recursion. The deepest of AWS's has seven. */
const NAME_PARTS_MAX = 30;

/** Form parameters of the query protocol, from the body or, where that is empty, from the address. */
export function parseForm(body: Buffer, search: URLSearchParams): Map<string, string> {
  const parameters = new Map(body.length > 0 ? new URLSearchParams(body.toString("utf8")) : search);
  for (const name of parameters.keys()) {
    if (name.split(".", NAME_PARTS_MAX + 1).length > NAME_PARTS_MAX) {
      throw new AwsError("MalformedQueryString", `A parameter's name has more than ${NAME_PARTS_MAX} parts: ${name.slice(0, 100)}`);
    }
  }
  return parameters;
}
