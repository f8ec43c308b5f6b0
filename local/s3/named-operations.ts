import { Readable } from "node:stream";
import { AwsError } from "../errors.ts";
import { isObject, type Json, type JsonObject } from "../json.ts";
import { toXml } from "../protocol/xml.ts";
import type { Call, Operation } from "../service.ts";
import type { Answer, BlobAnswer } from "./answer.ts";
import type { Blobs } from "./blobs.ts";
import { checkExpectedOwner } from "./buckets.ts";
import type { S3State } from "./catalog.ts";
import { invalidRequest, s3Error } from "./errors.ts";
import { BUCKET_RESULTS, HEADER_MEMBERS, MOMENT_MEMBERS, OBJECT_RESULTS, QUERY_MEMBERS } from "./members.ts";
import { findOperation } from "./operations.ts";
import type { S3Request } from "./request.ts";
import { readXml } from "./request-xml.ts";
import { documentMembers, headerMembers, metadataOf } from "./result-members.ts";

/** Where an operation's request goes, and what its answer is made of. */
interface Route {
  readonly method: string;
  readonly on: "service" | "bucket" | "object";
  /** The sub-resource that asks for it. */
  readonly ask?: readonly [name: string, value: string];
  /** The member that is sent as a document. */
  readonly document?: string;
  readonly results: ReadonlyMap<string, string>;
  /** The member that holds the answer's document; without one, the document's members are the answer's own. */
  readonly into?: string;
  /** The header for ChecksumAlgorithm where it is not the one in which a request names that of its own body. */
  readonly algorithm?: string;
}

const NONE: ReadonlyMap<string, string> = new Map();

const ROUTES: Readonly<Record<string, Route>> = {
  CopyObject: { method: "PUT", on: "object", results: OBJECT_RESULTS, into: "CopyObjectResult", algorithm: "x-amz-checksum-algorithm" },
  CreateBucket: { method: "PUT", on: "bucket", document: "CreateBucketConfiguration", results: BUCKET_RESULTS },
  DeleteBucket: { method: "DELETE", on: "bucket", results: NONE },
  DeleteObject: { method: "DELETE", on: "object", results: OBJECT_RESULTS },
  DeleteObjects: { method: "POST", on: "bucket", ask: ["delete", ""], document: "Delete", results: NONE },
  GetObject: { method: "GET", on: "object", results: OBJECT_RESULTS },
  HeadBucket: { method: "HEAD", on: "bucket", results: BUCKET_RESULTS },
  HeadObject: { method: "HEAD", on: "object", results: OBJECT_RESULTS },
  ListBuckets: { method: "GET", on: "service", results: NONE },
  ListObjects: { method: "GET", on: "bucket", results: NONE },
  ListObjectsV2: { method: "GET", on: "bucket", ask: ["list-type", "2"], results: NONE },
  PutObject: { method: "PUT", on: "object", results: OBJECT_RESULTS },
};

/** Operations on buckets and objects by their names, as other services have them, for callers inside the endpoint. */
export function namedOperations(state: S3State, clock: () => number): ReadonlyMap<string, Operation> {
  return new Map(
    Object.entries(ROUTES).map(([name, route]): [string, Operation] => [name, (call) => perform(state, route, call, clock())]),
  );
}

async function perform(state: S3State, route: Route, call: Call, now: number): Promise<JsonObject> {
  try {
    const request = requestOf(route, call, now);
    checkExpectedOwner(request);
    return await resultOf(route, await findOperation(request)(state), state.blobs);
  } catch (error) {
    // The answer to HEAD has no body, so all that a caller learns of an error is its status.
    if (route.method === "HEAD" && error instanceof AwsError) throw s3Error(error.status, error.code, "null");
    throw error;
  }
}

function requestOf(route: Route, { input, region, origin }: Call, now: number): S3Request {
  const body = Buffer.from(bodyOf(route, input));
  const headers = headersOf(route, input);
  if (route.method === "PUT" || route.method === "POST") headers.set("content-length", String(body.length));
  const query = new Map(route.ask === undefined ? [] : [route.ask]);
  for (const [member, name] of QUERY_MEMBERS) if (isGiven(input[member])) query.set(name, textOf(input[member]));
  return {
    method: route.method,
    bucket: route.on === "service" ? undefined : required(input, "Bucket"),
    key: route.on === "object" ? required(input, "Key") : undefined,
    query,
    rawPath: "/",
    virtualHost: false,
    body: Readable.from([body]),
    sentHeaders: {},
    region,
    origin,
    now,
    headers,
    header: (name) => headers.get(name),
  };
}

function headersOf({ algorithm }: Route, input: JsonObject): Map<string, string> {
  const headers = new Map<string, string>();
  for (const [member, name] of HEADER_MEMBERS) {
    const value = input[member];
    if (!isGiven(value)) continue;
    const header = member === "ChecksumAlgorithm" ? (algorithm ?? name) : name;
    headers.set(header, MOMENT_MEMBERS.has(member) ? httpDate(textOf(value)) : textOf(value));
  }
  const metadata = isObject(input.Metadata) ? Object.entries(input.Metadata) : [];
  for (const [name, value] of metadata) headers.set(`x-amz-meta-${name.toLowerCase()}`, textOf(value));
  return headers;
}

function bodyOf({ document }: Route, input: JsonObject): string {
  if (document === undefined) return isGiven(input.Body) ? textOf(input.Body) : "";
  const value = input[document];
  if (!isObject(value)) return "";
  const { Objects: objects, ...others } = value;
  return toXml(document, objects === undefined ? others : { Object: objects, ...others });
}

/** A header's own names for days and months are English ones, as JavaScript's are. */
function httpDate(text: string): string {
  const moment = new Date(text);
  return Number.isNaN(moment.getTime()) ? text : moment.toUTCString();
}

function required(input: JsonObject, member: string): string {
  const value = input[member];
  if (typeof value === "string" && value !== "") return value;
  throw invalidRequest(`The member ${member} must be given.`);
}

function isGiven(value: Json | undefined): value is Json {
  return value !== undefined && value !== null;
}

function textOf(value: Json | undefined): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

async function resultOf(route: Route, answer: Answer, blobs: Blobs): Promise<JsonObject> {
  const { headers = {}, body } = answer;
  const members = headerMembers(headers, route.results);
  if (body === undefined) {
    if (answer.status === 304) throw s3Error(304, "NotModified", "null");
    return members;
  }
  if (typeof body !== "string") return { ...members, ...(await objectMembers(route, body, blobs)), Metadata: metadataOf(headers) };
  const document = documentMembers(readXml(body));
  const { ContentType: _, ...own } = members;
  return route.into === undefined ? { ...own, ...document } : { ...own, [route.into]: document };
}

/** No result of a Task state may be longer; reading a little more is enough to make it be refused as too long. */
const READ_BYTES_MAX = 262_144 + 1;

async function objectMembers({ method }: Route, body: BlobAnswer, blobs: Blobs): Promise<JsonObject> {
  try {
    if (method === "HEAD") return { ContentLength: body.length };
    const pieces: Buffer[] = [];
    for await (const piece of blobs.read({ ...body, length: Math.min(body.length, READ_BYTES_MAX) })) pieces.push(piece);
    return { ContentLength: body.length, Body: Buffer.concat(pieces).toString("utf8") };
  } finally {
    body.release();
  }
}
