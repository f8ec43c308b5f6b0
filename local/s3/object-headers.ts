import { isObject } from "../json.ts";
import type { ObjectRow } from "./catalog.ts";
import { invalidArgument, notImplemented, s3Error } from "./errors.ts";
import type { S3Request } from "./request.ts";
import { readTagHeader } from "./tags.ts";

const STORED = [
  "cache-control",
  "content-disposition",
  "content-encoding",
  "content-language",
  "content-type",
  "expires",
  "x-amz-website-redirect-location",
];
const METADATA_PREFIX = "x-amz-meta-";
const METADATA_BYTES_MAX = 2048;
const STORAGE_CLASSES = [
  "STANDARD",
  "REDUCED_REDUNDANCY",
  "STANDARD_IA",
  "ONEZONE_IA",
  "INTELLIGENT_TIERING",
  "GLACIER",
  "DEEP_ARCHIVE",
  "GLACIER_IR",
];
const DEFAULT_TYPE = "binary/octet-stream";

/** What a put (or a copy with new metadata, or the start of a multipart upload) says of the object beside its bytes. */
export interface ObjectAttributes {
  /** Stored headers and user metadata, as JSON of lower-case names. */
  readonly headers: string;
  readonly tags: string;
  readonly storageClass: string;
}

export function readAttributes(request: S3Request): ObjectAttributes {
  refuseUncovered(request);
  return {
    headers: JSON.stringify(storedHeaders(request)),
    tags: JSON.stringify(readTagHeader(request.header("x-amz-tagging"))),
    storageClass: storageClass(request),
  };
}

export function storageClass(request: S3Request): string {
  const name = request.header("x-amz-storage-class") ?? "STANDARD";
  if (!STORAGE_CLASSES.includes(name)) {
    throw s3Error(400, "InvalidStorageClass", "The storage class you specified is not valid", { StorageClassRequested: name });
  }
  return name;
}

function storedHeaders(request: S3Request): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const name of STORED) {
    const value = name === "content-encoding" ? contentEncoding(request.header(name)) : request.header(name);
    if (value !== undefined && value !== "") headers[name] = value;
  }
  headers["content-type"] ??= DEFAULT_TYPE;
  let size = 0;
  for (const [name, value] of request.headers) {
    if (!name.startsWith(METADATA_PREFIX)) continue;
    headers[name] = headerText(value);
    size += name.length - METADATA_PREFIX.length + value.length;
  }
  if (size > METADATA_BYTES_MAX) {
    const message = "Your metadata headers exceed the maximum allowed metadata size";
    throw s3Error(400, "MetadataTooLarge", message, { Size: String(size), MaxSizeAllowed: String(METADATA_BYTES_MAX) });
  }
  return headers;
}

/** Metadata that an address carried may have characters that no header can; they are encoded as RFC 2047 has it. */
function headerText(value: string): string {
  if (/^[\x20-\xff]*$/.test(value)) return value;
  const bytes = [...Buffer.from(value)].map((byte) => {
    const character = String.fromCharCode(byte);
    return /[!-~]/.test(character) && !"=?_".includes(character) ? character : `=${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  });
  return `=?UTF-8?Q?${bytes.join("")}?=`;
}

/** `aws-chunked` is how the body travelled, not what it is. */
function contentEncoding(header: string | undefined): string | undefined {
  const codings = header?.split(",").map((coding) => coding.trim());
  return codings?.filter((coding) => coding !== "" && coding !== "aws-chunked").join(",");
}

const CANNED_ACLS = [
  "private",
  "public-read",
  "public-read-write",
  "authenticated-read",
  "aws-exec-read",
  "bucket-owner-read",
  "bucket-owner-full-control",
];

/** Buckets here are their owner's alone, as new buckets are: an ACL that grants anything else is refused as S3 refuses it. */
export function refuseAcl(request: S3Request): void {
  const canned = request.header("x-amz-acl");
  if (canned !== undefined && !CANNED_ACLS.includes(canned)) throw invalidArgument("", "x-amz-acl", canned);
  const grants = [...request.headers.keys()].some((name) => name.startsWith("x-amz-grant-"));
  if (grants || (canned !== undefined && canned !== "private" && canned !== "bucket-owner-full-control")) {
    throw s3Error(400, "AccessControlListNotSupported", "The bucket does not allow ACLs");
  }
}

function refuseUncovered(request: S3Request): void {
  refuseAcl(request);
  const encryption = request.header("x-amz-server-side-encryption");
  if (encryption !== undefined && encryption !== "AES256") throw notImplemented(`server-side encryption with ${encryption}`);
  const ownKeys = [...request.headers.keys()].some((name) => name.startsWith("x-amz-server-side-encryption-customer-"));
  if (ownKeys) throw notImplemented("server-side encryption with customer-provided keys");
  if (request.header("x-amz-object-lock-mode") !== undefined || request.header("x-amz-object-lock-legal-hold") !== undefined) {
    throw s3Error(400, "InvalidRequest", "Bucket is missing Object Lock Configuration");
  }
}

/** Every body is answered as encrypted with S3's own keys, as S3 does since 2023 whatever the put asked for. */
export const ENCRYPTION_HEADERS = { "x-amz-server-side-encryption": "AES256" };

export function parseHeaders(json: string): Record<string, string> {
  const value: unknown = JSON.parse(json);
  if (!isObject(value)) throw new Error("stored headers are not an object");
  return Object.fromEntries(Object.entries(value).map(([name, text]) => [name, String(text)]));
}

/** What lies in an archive is described, but not read. */
export function requireReadable(object: ObjectRow): void {
  if (object.storage_class !== "GLACIER" && object.storage_class !== "DEEP_ARCHIVE") return;
  const message = "The operation is not valid for the object's storage class";
  throw s3Error(403, "InvalidObjectState", message, { StorageClass: object.storage_class });
}

/** The headers with which GET and HEAD describe an object. */
export function describeObject(object: ObjectRow): Record<string, string> {
  const tags: unknown = JSON.parse(object.tags);
  const headers: Record<string, string> = {
    ...parseHeaders(object.headers),
    ...ENCRYPTION_HEADERS,
    "accept-ranges": "bytes",
    "last-modified": new Date(object.modified).toUTCString(),
    ETag: `"${object.etag}"`,
  };
  if (object.storage_class !== "STANDARD") headers["x-amz-storage-class"] = object.storage_class;
  if (Array.isArray(tags) && tags.length > 0) headers["x-amz-tagging-count"] = String(tags.length);
  return headers;
}
