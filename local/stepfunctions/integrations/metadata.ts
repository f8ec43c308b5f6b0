import { randomUUID } from "node:crypto";
import { crc32 } from "node:zlib";
import type { JsonObject } from "../../json.ts";
import type { Resource } from "../asl/resources.ts";

/** AWS's own integrations hand over the HTTP answer's metadata with the result; the general SDK integration does not. */
export function withMetadata(service: Resource["service"], operation: string, result: JsonObject): JsonObject {
  const requestId = randomUUID();
  const body = bodyOf(result);
  const headers = service === "dynamodb" ? dynamoDbHeaders(operation, body, requestId) : headersOf(body, requestId);
  return {
    ...result,
    SdkHttpMetadata: {
      AllHttpHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
      HttpHeaders: headers,
      HttpStatusCode: 200,
    },
    SdkResponseMetadata: { RequestId: requestId },
  };
}

/** A moment that Step Functions gives in milliseconds came in seconds, as Java writes a number of that size: 1.795230386871E9. */
function bodyOf(result: JsonObject): string {
  if (typeof result.StartDate !== "number") return JSON.stringify(result);
  const { StartDate: moment, ...others } = result;
  const seconds = `${(moment / 1e12).toFixed(12).replace(/0+$/, "").replace(/\.$/, ".0")}E9`;
  return JSON.stringify({ ...others, StartDate: 0 }).replace(/0\}$/, `${seconds}}`);
}

function headersOf(body: string, requestId: string): Record<string, string> {
  return { "x-amzn-RequestId": requestId, connection: "keep-alive", ...common(body) };
}

/** DynamoDB spells the name of the request's id in GetItem's answers otherwise than in those of its writes. */
function dynamoDbHeaders(operation: string, body: string, requestId: string): Record<string, string> {
  const idName = operation === "getItem" ? "x-amzn-requestid" : "x-amzn-RequestId";
  return { Server: "Server", Connection: "keep-alive", [idName]: requestId, "x-amz-crc32": String(crc32(body)), ...common(body) };
}

function common(body: string): Record<string, string> {
  return {
    "Content-Length": String(Buffer.byteLength(body)),
    Date: new Date().toUTCString(),
    "Content-Type": "application/x-amz-json-1.0",
  };
}
