import { type Answer, xmlAnswer } from "./answer.ts";
import type { ObjectRow, S3State } from "./catalog.ts";
import { asChecksumAlgorithm } from "./checksums.ts";
import { checkSourceConditions, checkWriteConditions, validateWriteConditions } from "./conditions.ts";
import { invalidArgument, invalidRequest } from "./errors.ts";
import { documentMoment } from "./moments.ts";
import { ENCRYPTION_HEADERS, type ObjectAttributes, readAttributes, requireReadable, storageClass } from "./object-headers.ts";
import { type OpenedObject, openObject, replace } from "./objects.ts";
import { copyBody } from "./receive.ts";
import { type ObjectRequest, requireKey } from "./request.ts";

export async function copyObject(state: S3State, request: ObjectRequest): Promise<Answer> {
  const { store, catalog, blobs } = state;
  validateWriteConditions(request);
  const source = readCopySource(request);
  const fresh = readAttributes(request);
  await store.read(() => {
    catalog.requireBucket(request.bucket);
    checkWriteConditions(request, request.key, catalog.object(request.bucket, request.key));
  });
  const opened = await openSource(state, request);
  try {
    const { object, files } = opened;
    const attributes = copiedAttributes(request, object, fresh);
    const sameKey = source.bucket === request.bucket && source.key === request.key;
    if (sameKey && !changesAnything(state, request)) throw copyToItself();
    const algorithm = asChecksumAlgorithm(request.header("x-amz-checksum-algorithm")) ?? object.checksum_algorithm;
    const copied = await copyBody(blobs.read({ files, start: 0, length: object.size }), blobs, algorithm);
    const checksum = copied.checksum.toString("base64");
    await replace(state, [copied.file], () => {
      catalog.requireBucket(request.bucket);
      checkWriteConditions(request, request.key, catalog.object(request.bucket, request.key));
      const removed = catalog.putObject({
        bucket: request.bucket,
        key: request.key,
        body: copied.file.name,
        size: copied.file.size,
        etag: copied.md5,
        modified: request.now,
        storage_class: attributes.storageClass,
        checksum_algorithm: algorithm,
        checksum_type: "FULL_OBJECT",
        checksum,
        parts: 0,
        headers: attributes.headers,
        tags: attributes.tags,
      });
      catalog.addFile(copied.file.name, 1, copied.file);
      return removed;
    });
    const result = {
      LastModified: documentMoment(request.now),
      ETag: `"${copied.md5}"`,
      ChecksumType: "FULL_OBJECT",
      [`Checksum${algorithm}`]: checksum,
    };
    return xmlAnswer("CopyObjectResult", result, ENCRYPTION_HEADERS);
  } finally {
    opened.release();
  }
}

/** The object that a copy names as its source, opened, with the conditions on it checked. */
export async function openSource(state: S3State, request: ObjectRequest): Promise<OpenedObject> {
  const source = readCopySource(request);
  const opened = await openObject(state, source.bucket, source.key);
  try {
    checkSourceConditions(request, opened.object);
    requireReadable(opened.object);
  } catch (error) {
    opened.release();
    throw error;
  }
  return opened;
}

function readCopySource(request: ObjectRequest): { bucket: string; key: string } {
  const header = request.header("x-amz-copy-source") ?? "";
  const [path = "", parameters = ""] = header.split("?", 2);
  const version = new URLSearchParams(parameters).get("versionId");
  if (version !== null && version !== "null") throw invalidArgument("Invalid version id specified", "versionId", version);
  const text = decodeSource(path).replace(/^\//, "");
  const slash = text.indexOf("/");
  if (slash < 1 || slash === text.length - 1)
    throw invalidArgument("Invalid copy source object key", "x-amz-copy-source", "x-amz-copy-source");
  return { bucket: text.slice(0, slash), key: requireKey(text.slice(slash + 1)) };
}

function decodeSource(path: string): string {
  try {
    return decodeURIComponent(path.replaceAll("+", " "));
  } catch {
    throw invalidArgument("Invalid copy source encoding", "x-amz-copy-source", path);
  }
}

/** What the copy keeps of its source and what the request replaces. */
function copiedAttributes(request: ObjectRequest, object: ObjectRow, fresh: ObjectAttributes): ObjectAttributes {
  return {
    headers: directive(request, "x-amz-metadata-directive") === "REPLACE" ? fresh.headers : object.headers,
    tags: directive(request, "x-amz-tagging-directive") === "REPLACE" ? fresh.tags : object.tags,
    storageClass: storageClass(request),
  };
}

function directive(request: ObjectRequest, header: string): string {
  const value = request.header(header) ?? "COPY";
  if (value === "COPY" || value === "REPLACE") return value;
  throw invalidArgument(
    header === "x-amz-metadata-directive" ? "Unknown metadata directive." : "Unknown tagging directive.",
    header,
    value,
  );
}

/** Asking for something counts as changing it, even where it was so before, and so does an encryption put on the bucket. */
function changesAnything({ catalog }: S3State, request: ObjectRequest): boolean {
  if (catalog.setting(request.bucket, "encryption") !== undefined) return true;
  if (directive(request, "x-amz-metadata-directive") === "REPLACE") return true;
  const headers = ["x-amz-storage-class", "x-amz-server-side-encryption", "x-amz-website-redirect-location"];
  return headers.some((name) => request.header(name) !== undefined);
}

function copyToItself(): Error {
  return invalidRequest(
    "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
  );
}
