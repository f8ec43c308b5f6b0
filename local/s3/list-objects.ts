import type { Json, JsonObject } from "../json.ts";
import { type Answer, xmlAnswer } from "./answer.ts";
import type { ObjectRow, S3State } from "./catalog.ts";
import { invalidArgument } from "./errors.ts";
import { type Listing, type ListingQuery, list } from "./listing.ts";
import { documentMoment } from "./moments.ts";
import type { BucketRequest } from "./request.ts";

const KEYS_MAX = 1000;

/** The one account's canonical user id, the same length as a real one. */
export const OWNER_ID = "0000000000000000000000000000000000000000000000000000000000000000";
export const OWNER: JsonObject = { ID: OWNER_ID };

export async function listObjectsV2(state: S3State, request: BucketRequest): Promise<Answer> {
  const encode = encoder(request);
  const startAfter = request.query.get("start-after") ?? "";
  const token = request.query.get("continuation-token");
  const after = token === undefined ? startAfter : readToken(token);
  const { query, listing, headers } = await listPage(state, request, after);
  const owner = request.query.get("fetch-owner") === "true";
  return xmlAnswer(
    "ListBucketResult",
    {
      Name: request.bucket,
      Prefix: encode(query.prefix),
      ...(token === undefined ? {} : { ContinuationToken: token }),
      ...(startAfter === "" || token !== undefined ? {} : { StartAfter: encode(startAfter) }),
      KeyCount: listing.items.length + listing.commonPrefixes.length,
      MaxKeys: query.maxKeys,
      ...(query.delimiter === "" ? {} : { Delimiter: encode(query.delimiter) }),
      ...encodingMember(request),
      IsTruncated: listing.truncated,
      ...(listing.truncated ? { NextContinuationToken: writeToken(listing.last) } : {}),
      Contents: listing.items.map((object) => contents(object, encode, owner)),
      CommonPrefixes: listing.commonPrefixes.map((prefix) => ({ Prefix: encode(prefix) })),
    },
    headers,
  );
}

export async function listObjectsV1(state: S3State, request: BucketRequest): Promise<Answer> {
  const encode = encoder(request);
  const marker = request.query.get("marker") ?? "";
  const { query, listing, headers } = await listPage(state, request, marker);
  return xmlAnswer(
    "ListBucketResult",
    {
      Name: request.bucket,
      Prefix: encode(query.prefix),
      Marker: encode(marker),
      MaxKeys: query.maxKeys,
      ...(query.delimiter === "" ? {} : { Delimiter: encode(query.delimiter) }),
      ...encodingMember(request),
      IsTruncated: listing.truncated,
      ...(listing.truncated && query.delimiter !== "" ? { NextMarker: encode(listing.last) } : {}),
      Contents: listing.items.map((object) => contents(object, encode, true)),
      CommonPrefixes: listing.commonPrefixes.map((prefix) => ({ Prefix: encode(prefix) })),
    },
    headers,
  );
}

/** Each object has one version, the latest, whose id is `null`. */
export async function listObjectVersions(state: S3State, request: BucketRequest): Promise<Answer> {
  const encode = encoder(request);
  const keyMarker = request.query.get("key-marker") ?? "";
  const versionMarker = request.query.get("version-id-marker") ?? "";
  if (versionMarker !== "" && keyMarker === "") {
    throw invalidArgument("A version-id marker cannot be specified without a key marker.", "version-id-marker", versionMarker);
  }
  const { query, listing, headers } = await listPage(state, request, keyMarker);
  return xmlAnswer(
    "ListVersionsResult",
    {
      Name: request.bucket,
      Prefix: encode(query.prefix),
      KeyMarker: encode(keyMarker),
      VersionIdMarker: versionMarker,
      MaxKeys: query.maxKeys,
      ...(query.delimiter === "" ? {} : { Delimiter: encode(query.delimiter) }),
      ...encodingMember(request),
      IsTruncated: listing.truncated,
      ...(listing.truncated ? { NextKeyMarker: encode(listing.last), NextVersionIdMarker: "null" } : {}),
      Version: listing.items.map((object) => ({ VersionId: "null", IsLatest: true, ...contents(object, encode, true) })),
      CommonPrefixes: listing.commonPrefixes.map((prefix) => ({ Prefix: encode(prefix) })),
    },
    headers,
  );
}

async function listPage(
  { store, catalog }: S3State,
  request: BucketRequest,
  after: string,
): Promise<{ query: ListingQuery; listing: Listing<ObjectRow>; headers: Record<string, string> }> {
  const query: ListingQuery = {
    prefix: request.query.get("prefix") ?? "",
    delimiter: request.query.get("delimiter") ?? "",
    after,
    maxKeys: pageSize(request, "max-keys"),
  };
  return store.read(() => {
    const { region } = catalog.requireBucket(request.bucket);
    const listing = list((from) => catalog.seek(request.bucket, from), query);
    return { query, listing, headers: { "x-amz-bucket-region": region } };
  });
}

function contents(object: ObjectRow, encode: (text: string) => string, owner: boolean): Record<string, Json> {
  return {
    Key: encode(object.key),
    LastModified: documentMoment(object.modified),
    ETag: `"${object.etag}"`,
    ChecksumAlgorithm: object.checksum_algorithm,
    ChecksumType: object.checksum_type,
    Size: object.size,
    ...(owner ? { Owner: OWNER } : {}),
    StorageClass: object.storage_class,
  };
}

/** `max-keys` and its like: at most 1,000, which is also what is taken where none is asked for. */
export function pageSize(request: BucketRequest, name: string): number {
  const text = request.query.get(name);
  if (text === undefined || text === "") return KEYS_MAX;
  if (!/^\d{1,10}$/.test(text) || Number(text) > 2_147_483_647) {
    const negative = /^-\d+$/.test(text);
    const message = negative
      ? `Argument ${name === "max-keys" ? "maxKeys" : name} must be an integer between 0 and 2147483647`
      : `Provided ${name} not an integer or within integer range`;
    throw invalidArgument(message, name, text);
  }
  return Math.min(Number(text), KEYS_MAX);
}

/** XML cannot hold every character of a key, so clients ask for keys percent-encoded. */
export function encoder(request: BucketRequest): (text: string) => string {
  const type = request.query.get("encoding-type");
  if (type === undefined) return (text) => text;
  if (type !== "url") throw invalidArgument("Invalid Encoding Method specified in Request", "encoding-type", type);
  return encodeKey;
}

export function encodingMember(request: BucketRequest): JsonObject {
  return request.query.get("encoding-type") === "url" ? { EncodingType: "url" } : {};
}

/** Percent-encoding as S3 answers it: slashes and asterisks stay, spaces become `+`. */
function encodeKey(key: string): string {
  return encodeURIComponent(key)
    .replace(/[!'()~]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll("%2F", "/")
    .replaceAll("%20", "+");
}

const TOKEN_PREFIX = "1";

export function writeToken(last: string): string {
  return TOKEN_PREFIX + Buffer.from(last).toString("base64url");
}

export function readToken(token: string): string {
  const text = Buffer.from(token.slice(1), "base64url").toString("utf8");
  if (text === "" || writeToken(text) !== token)
    throw invalidArgument("The continuation token provided is incorrect", "continuation-token", null);
  return text;
}
