import type { ServerResponse } from "node:http";
import { crc32 } from "node:zlib";
import { AwsError } from "../errors.ts";
import type { JsonObject } from "../json.ts";
import type { QueryProtocol, Service } from "../service.ts";
import { escapeXml, toXml } from "./xml.ts";

/** Answers of the JSON protocols and of the query protocol, and their errors. */

export function answerJson(response: ServerResponse, service: Service, requestId: string, result: JsonObject): void {
  sendJson(response, 200, service.json, requestId, result, {});
}

export function answerJsonError(response: ServerResponse, service: Service | undefined, requestId: string, error: AwsError): void {
  const body = { __type: `${service?.errorNamespace ?? ""}${error.code}`, message: error.message, ...error.members };
  const headers: Record<string, string> = { "x-amzn-errortype": error.code };
  if (error.queryCode !== undefined) headers["x-amzn-query-error"] = `${error.queryCode};${error.status < 500 ? "Sender" : "Receiver"}`;
  sendJson(response, error.status, service?.json ?? "1.0", requestId, body, headers);
}

function sendJson(
  response: ServerResponse,
  status: number,
  version: string,
  requestId: string,
  value: JsonObject,
  headers: Record<string, string>,
): void {
  // As text the body leaves in one write with its headers.
  const body = JSON.stringify(value);
  response.writeHead(status, {
    "content-type": `application/x-amz-json-${version}`,
    "content-length": Buffer.byteLength(body),
    "x-amzn-requestid": requestId,
    "x-amz-crc32": crc32(body),
    ...headers,
  });
  response.end(body);
}

export function answerQuery(
  response: ServerResponse,
  query: QueryProtocol,
  operation: string,
  requestId: string,
  result: JsonObject,
): void {
  const inner = toXml(`${operation}Result`, query.format(operation, result));
  const metadata = `<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata>`;
  sendXml(response, 200, requestId, `<${operation}Response xmlns="${query.namespace}">${inner}${metadata}</${operation}Response>`);
}

export function answerQueryError(response: ServerResponse, namespace: string, requestId: string, error: AwsError): void {
  const type = error.status < 500 ? "Sender" : "Receiver";
  const code = escapeXml(error.queryCode ?? error.code);
  const inner = `<Error><Type>${type}</Type><Code>${code}</Code><Message>${escapeXml(error.queryMessage ?? error.message)}</Message></Error>`;
  sendXml(
    response,
    error.status,
    requestId,
    `<ErrorResponse xmlns="${namespace}">${inner}<RequestId>${requestId}</RequestId></ErrorResponse>`,
  );
}

function sendXml(response: ServerResponse, status: number, requestId: string, xml: string): void {
  const body = Buffer.from(`<?xml version="1.0"?>\n${xml}`);
  response.writeHead(status, { "content-type": "text/xml", "content-length": body.length, "x-amzn-requestid": requestId });
  response.end(body);
}

/** What went wrong inside us is logged whole and told to the caller without its details. */
export function asAwsError(error: unknown, where: string): AwsError {
  if (error instanceof AwsError) return error;
  console.error(`${where} failed inside the endpoint:`, error);
  return new AwsError("InternalFailure", "The endpoint failed on this call; its log has the reason.", { status: 500 });
}
