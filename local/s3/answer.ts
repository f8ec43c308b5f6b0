import type { ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import type { AwsError } from "../errors.ts";
import type { JsonObject } from "../json.ts";
import { toXml, xmlMembers } from "../protocol/xml.ts";
import type { BlobRange, Blobs } from "./blobs.ts";

/** What an operation answers; the body is text, or a range of the files of an object. */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | BlobAnswer;
}

/** Whoever sends the answer releases the files. */
export interface BlobAnswer extends BlobRange {
  release(): void;
}

const NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/";

export function xmlAnswer(root: string, tree: JsonObject, headers: Record<string, string> = {}): Answer {
  return xmlTextAnswer(root, xmlMembers(tree), headers);
}

export function xmlTextAnswer(root: string, inner: string, headers: Record<string, string> = {}): Answer {
  const element = inner === "" ? `<${root} xmlns="${NAMESPACE}"/>` : `<${root} xmlns="${NAMESPACE}">${inner}</${root}>`;
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n${element}`;
  return { status: 200, headers: { "content-type": "application/xml", ...headers }, body };
}

export const NO_CONTENT: Answer = { status: 204 };

export async function sendAnswer(
  response: ServerResponse,
  answer: Answer,
  requestId: string,
  blobs: Blobs,
  bodiless: boolean,
): Promise<void> {
  const { body } = answer;
  const headers: Record<string, string | number> = { ...idHeaders(requestId), ...answer.headers };
  if (body === undefined || typeof body === "string") {
    const bytes = Buffer.from(body ?? "");
    if (answer.status !== 204 && answer.status !== 304) headers["content-length"] ??= bytes.length;
    response.writeHead(answer.status, headers);
    response.end(bodiless ? undefined : bytes);
    return;
  }
  try {
    headers["content-length"] = body.length;
    response.writeHead(answer.status, headers);
    if (bodiless || body.length === 0) response.end();
    else await pipeline(blobs.read(body), response);
  } finally {
    body.release();
  }
}

export function sendError(response: ServerResponse, error: AwsError, requestId: string, bodiless: boolean): void {
  const members: JsonObject = {
    Code: error.code,
    Message: error.message,
    ...error.members,
    RequestId: requestId,
    HostId: hostId(requestId),
  };
  const body = Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>\n${toXml("Error", members)}`);
  const headers: Record<string, string | number> = { ...idHeaders(requestId) };
  if (error.status === 304) {
    response.writeHead(304, headers).end();
    return;
  }
  headers["content-type"] = "application/xml";
  if (!bodiless) headers["content-length"] = body.length;
  response.writeHead(error.status, headers);
  response.end(bodiless ? undefined : body);
}

function idHeaders(requestId: string): Record<string, string> {
  return { "x-amz-request-id": requestId, "x-amz-id-2": hostId(requestId), server: "AmazonS3" };
}

/** S3's second id of a request; support staff ask for it, so clients show it. */
function hostId(requestId: string): string {
  return Buffer.from(requestId).toString("base64");
}
