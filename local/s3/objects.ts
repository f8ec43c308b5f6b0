import { type Answer, type BlobAnswer, NO_CONTENT, xmlAnswer } from "./answer.ts";
import type { BlobFile } from "./blobs.ts";
import type { ObjectRow, S3State } from "./catalog.ts";
import { asChecksumAlgorithm, checksumHeader } from "./checksums.ts";
import { checkIfMatch, checkReadConditions, checkWriteConditions, validateWriteConditions } from "./conditions.ts";
import { headerNotImplemented, invalidArgument, invalidRequest, malformedXml, notImplemented, s3Error } from "./errors.ts";
import { describeObject, ENCRYPTION_HEADERS, readAttributes, requireReadable } from "./object-headers.ts";
import { type ByteRange, parseRange } from "./range.ts";
import { receiveBody, receiveDocument, requestedAlgorithm } from "./receive.ts";
import { type BucketRequest, type ObjectRequest, requireKey } from "./request.ts";
import { childrenOf, readXml, textOf } from "./request-xml.ts";

const DELETE_KEYS_MAX = 1000;

export async function putObject(state: S3State, request: ObjectRequest): Promise<Answer> {
  const { store, catalog, blobs } = state;
  const attributes = readAttributes(request);
  validateWriteConditions(request);
  const algorithm = requestedAlgorithm(request) ?? "CRC64NVME";
  await store.read(() => catalog.requireBucket(request.bucket));
  const received = await receiveBody(request, blobs, algorithm);
  const checksum = received.checksum.toString("base64");
  await replace(state, [received.file], () => {
    catalog.requireBucket(request.bucket);
    checkWriteConditions(request, request.key, catalog.object(request.bucket, request.key));
    const removed = catalog.putObject({
      bucket: request.bucket,
      key: request.key,
      body: received.file.name,
      size: received.file.size,
      etag: received.md5,
      modified: request.now,
      storage_class: attributes.storageClass,
      checksum_algorithm: algorithm,
      checksum_type: "FULL_OBJECT",
      checksum,
      parts: 0,
      headers: attributes.headers,
      tags: attributes.tags,
    });
    catalog.addFile(received.file.name, 1, received.file);
    return removed;
  });
  return {
    status: 200,
    headers: {
      ...ENCRYPTION_HEADERS,
      ETag: `"${received.md5}"`,
      [checksumHeader(algorithm)]: checksum,
      "x-amz-checksum-type": "FULL_OBJECT",
    },
  };
}

/** Commits `work`, which makes rows of new files; afterwards either those files or the ones they replace are removed. */
export async function replace(state: S3State, added: readonly BlobFile[], work: () => BlobFile[]): Promise<void> {
  let removed: BlobFile[];
  try {
    removed = await state.store.write(work);
  } catch (error) {
    state.blobs.remove(added);
    throw error;
  }
  state.blobs.remove(removed);
}

export async function getObject(state: S3State, request: ObjectRequest): Promise<Answer> {
  refuseVersion(request);
  const opened = await openObject(state, request.bucket, request.key);
  try {
    if (request.method === "GET") requireReadable(opened.object);
    return answerObject(request, opened);
  } catch (error) {
    opened.release();
    throw error;
  }
}

/** An object whose files stay readable until released. */
export interface OpenedObject {
  readonly object: ObjectRow;
  readonly files: readonly BlobFile[];
  release(): void;
}

export async function openObject(state: S3State, bucket: string, key: string): Promise<OpenedObject> {
  const { store, catalog, blobs } = state;
  let release = () => {};
  try {
    return await store.read(() => {
      const object = catalog.requireObject(bucket, key);
      const files = catalog.files(object.body);
      release = blobs.pin(files);
      return { object, files, release };
    });
  } catch (error) {
    release();
    throw error;
  }
}

function answerObject(request: ObjectRequest, opened: OpenedObject): Answer {
  const { object, files, release } = opened;
  const headers = describeObject(object);
  if (checkReadConditions(request, object) === "not modified") {
    release();
    return { status: 304, headers: { ETag: `"${object.etag}"`, "last-modified": headers["last-modified"] ?? "" } };
  }
  const part = readPart(request, object, files);
  const range = part ?? parseRange(request.header("range"), object.size);
  Object.assign(headers, overrides(request));
  if (part !== undefined && object.parts > 0) headers["x-amz-mp-parts-count"] = String(object.parts);
  if (request.header("x-amz-checksum-mode")?.toUpperCase() === "ENABLED" && (range === undefined || range.length === object.size)) {
    headers[checksumHeader(object.checksum_algorithm)] = object.checksum;
    headers["x-amz-checksum-type"] = object.checksum_type;
  }
  if (range !== undefined && object.size > 0)
    headers["content-range"] = `bytes ${range.start}-${range.start + range.length - 1}/${object.size}`;
  const body: BlobAnswer = { files, start: range?.start ?? 0, length: range?.length ?? object.size, release };
  return { status: range === undefined ? 200 : 206, headers, body };
}

/** One part of a multipart object, by its place among the parts; a plain object is its own first part. */
function readPart(request: ObjectRequest, object: ObjectRow, files: readonly BlobFile[]): ByteRange | undefined {
  const text = request.query.get("partNumber");
  if (text === undefined) return undefined;
  const number = partNumber(text);
  if (request.header("range") !== undefined) throw invalidRequest("Cannot specify both Range header and partNumber query parameter");
  const file = files[number - 1];
  if (file === undefined) {
    throw s3Error(416, "InvalidPartNumber", "The requested partnumber is not satisfiable", {
      PartNumberRequested: text,
      ActualPartCount: String(Math.max(1, object.parts)),
    });
  }
  const start = files.slice(0, number - 1).reduce((sum, { size }) => sum + size, 0);
  return { start, length: file.size };
}

export function partNumber(text: string | undefined): number {
  const number = /^\d{1,5}$/.test(text ?? "") ? Number(text) : 0;
  if (number < 1 || number > 10_000) {
    throw invalidArgument("Part number must be an integer between 1 and 10000, inclusive", "partNumber", text ?? null);
  }
  return number;
}

const OVERRIDES = ["cache-control", "content-disposition", "content-encoding", "content-language", "content-type", "expires"];

/** Headers of the answer that the address itself asks for, as a presigned download's file name. */
function overrides(request: ObjectRequest): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const name of OVERRIDES) {
    const value = request.query.get(`response-${name}`);
    if (value === undefined) continue;
    // A header line may hold tabs, printable characters and Latin-1 only; anything else could not be sent.
    if (!/^[\t\x20-\x7e\xa0-\xff]*$/.test(value)) {
      throw invalidArgument("Header value cannot be represented using ISO-8859-1.", `response-${name}`, value);
    }
    headers[name] = value;
  }
  return headers;
}

export async function deleteObject(state: S3State, request: ObjectRequest): Promise<Answer> {
  refuseVersion(request);
  refuseBypass(request);
  for (const header of ["x-amz-if-match-last-modified-time", "x-amz-if-match-size"]) {
    if (request.header(header) === undefined) continue;
    throw headerNotImplemented(header);
  }
  await replace(state, [], () => {
    state.catalog.requireBucket(request.bucket);
    checkIfMatch(request, request.key, state.catalog.object(request.bucket, request.key));
    return state.catalog.deleteObject(request.bucket, request.key);
  });
  return NO_CONTENT;
}

function refuseBypass(request: BucketRequest): void {
  const name = "x-amz-bypass-governance-retention";
  if (request.header(name) === undefined) return;
  throw invalidArgument(`${name} is only applicable to Object Lock enabled buckets.`, name, null);
}

export async function deleteObjects(state: S3State, request: BucketRequest): Promise<Answer> {
  refuseBypass(request);
  if (request.header("content-md5") === undefined && requestedAlgorithm(request) === undefined) {
    throw invalidRequest("Missing required header for this request: Content-MD5");
  }
  const root = readXml(await receiveDocument(request));
  const entries = childrenOf(root, "Object");
  if (root.name !== "Delete" || entries.length === 0 || entries.length > DELETE_KEYS_MAX) throw malformedXml();
  const keys = entries.map((entry) => {
    const key = textOf(entry, "Key");
    if (key === undefined || key === "") throw malformedXml();
    return { key: requireKey(key), version: textOf(entry, "VersionId") };
  });
  const deletable = keys.filter(({ version }) => version === undefined || version === "null");
  await replace(state, [], () => {
    state.catalog.requireBucket(request.bucket);
    return deletable.flatMap(({ key }) => state.catalog.deleteObject(request.bucket, key));
  });
  const quiet = textOf(root, "Quiet") === "true";
  const refused = keys.filter((entry) => !deletable.includes(entry));
  return xmlAnswer("DeleteResult", {
    Deleted: quiet ? [] : deletable.map(({ key, version }) => ({ Key: key, VersionId: version ?? null })),
    Error: refused.map(({ key, version = "" }) => ({
      Key: key,
      VersionId: version,
      Code: "NoSuchVersion",
      Message: "The specified version does not exist.",
    })),
  });
}

/** Buckets keep one version of each object, whose id is `null`. */
export function refuseVersion(request: ObjectRequest): void {
  const version = request.query.get("versionId");
  if (version !== undefined && version !== "null") throw invalidArgument("Invalid version id specified", "versionId", version);
}

export async function getObjectAttributes(state: S3State, request: ObjectRequest): Promise<Answer> {
  refuseVersion(request);
  const wanted = new Set((request.header("x-amz-object-attributes") ?? "").split(",").map((name) => name.trim()));
  const object = await state.store.read(() => state.catalog.requireObject(request.bucket, request.key));
  if (wanted.has("ObjectParts") && object.parts > 0) throw notImplemented("ObjectParts of GetObjectAttributes");
  const algorithm = asChecksumAlgorithm(object.checksum_algorithm) ?? "CRC64NVME";
  return xmlAnswer(
    "GetObjectAttributesResponse",
    {
      ETag: wanted.has("ETag") ? object.etag : null,
      Checksum: wanted.has("Checksum") ? { [`Checksum${algorithm}`]: object.checksum, ChecksumType: object.checksum_type } : null,
      StorageClass: wanted.has("StorageClass") ? object.storage_class : null,
      ObjectSize: wanted.has("ObjectSize") ? object.size : null,
    },
    { "last-modified": new Date(object.modified).toUTCString() },
  );
}
