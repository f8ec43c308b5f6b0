import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import type { Readable } from "node:stream";
import type { RequestContext } from "../gateway.ts";
import { s3Error } from "./errors.ts";

/** A request as S3 reads it: which bucket and key are meant, however they were written. */
export interface S3Request {
  readonly method: string;
  readonly bucket: string | undefined;
  readonly key: string | undefined;
  readonly query: ReadonlyMap<string, string>;
  /** The path as it was sent, percent-encoding and all: signatures are made of it. */
  readonly rawPath: string;
  /** True where the bucket was named by the host. */
  readonly virtualHost: boolean;
  readonly body: Readable;
  /** The headers as they were sent: signatures are made of them. */
  readonly sentHeaders: IncomingHttpHeaders;
  readonly region: string;
  readonly origin: string;
  /** When it arrived, in milliseconds since the epoch. */
  readonly now: number;
  /** Its headers by their lower-case names, with those that a presigned address carries in their stead. */
  readonly headers: ReadonlyMap<string, string>;
  header(name: string): string | undefined;
}

export interface BucketRequest extends S3Request {
  readonly bucket: string;
}

export interface ObjectRequest extends BucketRequest {
  readonly key: string;
}

const KEY_BYTES_MAX = 1024;

export function requireKey(key: string): string {
  const size = Buffer.byteLength(key);
  if (size <= KEY_BYTES_MAX) return key;
  throw s3Error(400, "KeyTooLongError", "Your key is too long", { Size: String(size), MaxSizeAllowed: String(KEY_BYTES_MAX) });
}

/** `<bucket>.localhost` or `<bucket>.s3.localhost` or `<bucket>.s3.<region>.localhost`; plain `s3.localhost` names no bucket. */
const BUCKET_HOST = /^(?<bucket>[a-z0-9][a-z0-9.-]*?)(?:\.s3(?:[.-][a-z0-9-]+)?)?\.localhost(?::\d+)?$/i;
const SERVICE_HOST = /^s3(?:[.-][a-z0-9-]+)?\.localhost(?::\d+)?$/i;

export function parseS3Request(message: IncomingMessage, context: RequestContext, now: number): S3Request {
  const url = message.url ?? "/";
  const question = url.indexOf("?");
  const rawPath = question < 0 ? url : url.slice(0, question);
  const hostBucket = bucketOfHost(message.headers.host ?? "");
  const query = parseQuery(question < 0 ? "" : url.slice(question + 1));
  const headers = readHeaders(message, query);
  const { bucket, key } = hostBucket === undefined ? splitPath(rawPath) : { bucket: hostBucket, key: decodeComponent(rawPath.slice(1)) };
  return {
    method: message.method ?? "GET",
    bucket: bucket === "" ? undefined : bucket,
    key: key === "" ? undefined : key,
    query,
    rawPath,
    virtualHost: hostBucket !== undefined,
    body: message,
    sentHeaders: message.headers,
    region: context.region,
    origin: context.origin,
    now,
    headers,
    header: (name) => headers.get(name),
  };
}

/** Of the headers that a signer may have moved into the address, S3 takes these from there and no others. */
const HOISTED = /^(?:x-amz-meta-.+|if-(?:none-)?match)$/;

function readHeaders(message: IncomingMessage, query: ReadonlyMap<string, string>): Map<string, string> {
  const headers = new Map<string, string>();
  for (const [name, value] of query) if (HOISTED.test(name.toLowerCase())) headers.set(name.toLowerCase(), value);
  for (const [name, value] of Object.entries(message.headers)) {
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(",") : value);
  }
  return headers;
}

function bucketOfHost(host: string): string | undefined {
  return SERVICE_HOST.test(host) ? undefined : BUCKET_HOST.exec(host)?.groups?.bucket;
}

function splitPath(rawPath: string): { bucket: string; key: string } {
  const path = rawPath.slice(1);
  const slash = path.indexOf("/");
  return slash < 0
    ? { bucket: decodeComponent(path), key: "" }
    : { bucket: decodeComponent(path.slice(0, slash)), key: decodeComponent(path.slice(slash + 1)) };
}

/** By hand, because a repeated name must not hide that a parameter is there, and because bad encoding is an error here. */
function parseQuery(text: string): Map<string, string> {
  const query = new Map<string, string>();
  for (const pair of text.split("&")) {
    if (pair === "") continue;
    const equals = pair.indexOf("=");
    const name = decodeComponent((equals < 0 ? pair : pair.slice(0, equals)).replaceAll("+", " "));
    if (!query.has(name)) query.set(name, equals < 0 ? "" : decodeComponent(pair.slice(equals + 1).replaceAll("+", " ")));
  }
  return query;
}

function decodeComponent(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw s3Error(400, "InvalidURI", "Couldn't parse the specified URI.");
  }
}
