import { createHash } from "node:crypto";
import { type Answer, xmlAnswer } from "./answer.ts";
import type { BlobFile } from "./blobs.ts";
import type { ObjectRow, S3State } from "./catalog.ts";
import { type ChecksumAlgorithm, checksumHeader, crcCombiner, startChecksum } from "./checksums.ts";
import { checkWriteConditions, unquote, validateWriteConditions } from "./conditions.ts";
import { invalidRequest, malformedXml, noSuchUpload, s3Error } from "./errors.ts";
import { type PartRow, requireUpload, type UploadRow } from "./multipart.ts";
import { ENCRYPTION_HEADERS } from "./object-headers.ts";
import { partNumber, replace } from "./objects.ts";
import { receiveDocument } from "./receive.ts";
import type { ObjectRequest } from "./request.ts";
import { childrenOf, readXml, textOf, type XmlElement } from "./request-xml.ts";

const PART_BYTES_MIN = 5 * 1024 ** 2;

/** A part as the caller lists it. */
interface ListedPart {
  readonly number: number;
  readonly etag: string;
  readonly element: XmlElement;
}

/** Makes one object of the parts; their files stay where they are, so this is a commit of rows whatever their size. */
export async function completeUpload(state: S3State, request: ObjectRequest): Promise<Answer> {
  validateWriteConditions(request);
  await state.store.read(() => alreadyCompleted(state, request) ?? requireUpload(state, request));
  const listed = readParts(await receiveDocument(request, "of the object"), request.query.get("uploadId") ?? "");
  let completed: ObjectRow | undefined;
  await replace(state, [], () => {
    completed = alreadyCompleted(state, request);
    if (completed !== undefined) return [];
    const upload = requireUpload(state, request);
    const parts = listed.map((part) => findPart(state, upload, part));
    requireSizes(parts);
    checkWriteConditions(request, request.key, state.catalog.object(request.bucket, request.key));
    refuseOvertaken(request, upload);
    completed = assemble(request, upload, parts);
    return commit(state, completed, parts);
  });
  if (completed === undefined) throw noSuchUpload(request.query.get("uploadId") ?? "");
  return answer(request, completed);
}

/** A caller that lost our answer asks again; it must not be told that its object is not there. */
function alreadyCompleted({ catalog }: S3State, request: ObjectRequest): ObjectRow | undefined {
  catalog.requireBucket(request.bucket);
  const object = catalog.object(request.bucket, request.key);
  return object?.body === request.query.get("uploadId") ? object : undefined;
}

function readParts(document: string, upload: string): ListedPart[] {
  const root = document.trim() === "" ? undefined : readXml(document);
  if (root !== undefined && root.name !== "CompleteMultipartUpload") throw malformedXml();
  const parts = (root === undefined ? [] : childrenOf(root, "Part")).map((element) => {
    const etag = textOf(element, "ETag");
    if (etag === undefined) throw malformedXml();
    return { number: partNumber(textOf(element, "PartNumber")), etag: unquote(etag.trim()), element };
  });
  if (parts.length === 0) throw invalidRequest("You must specify at least one part");
  const ordered = parts.every((part, index) => index === 0 || part.number > (parts[index - 1]?.number ?? 0));
  if (!ordered) {
    const message = "The list of parts was not in ascending order. Parts must be ordered by part number.";
    throw s3Error(400, "InvalidPartOrder", message, { UploadId: upload });
  }
  return parts;
}

function findPart({ store }: S3State, upload: UploadRow, listed: ListedPart): PartRow {
  const sql = "SELECT number, size, etag, checksum, modified FROM s3_parts WHERE upload = ? AND number = ?";
  const part = store.sql(sql).get(upload.id, listed.number) as PartRow | undefined;
  if (part === undefined || part.etag !== listed.etag) throw invalidPart(upload, listed);
  const algorithm = upload.checksum_algorithm;
  const claimed = textOf(listed.element, `Checksum${algorithm}`);
  if (claimed === undefined && upload.checksum_asked === 1 && upload.checksum_type === "COMPOSITE") {
    throw invalidRequest(
      `The upload was created using a ${algorithm.toLowerCase()} checksum. The complete request must include the checksum for each part. It was missing for part ${listed.number} in the request.`,
    );
  }
  if (claimed !== undefined && claimed !== part.checksum) throw invalidPart(upload, listed);
  return part;
}

/** Only the last part may be small. */
function requireSizes(parts: readonly PartRow[]): void {
  const small = parts.slice(0, -1).find((part) => part.size < PART_BYTES_MIN);
  if (small === undefined) return;
  throw s3Error(400, "EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size", {
    ProposedSize: String(small.size),
    MinSizeAllowed: String(PART_BYTES_MIN),
    PartNumber: String(small.number),
    ETag: small.etag,
  });
}

/** A condition holds from the upload's beginning on: what came between may have made it true by accident. */
function refuseOvertaken(request: ObjectRequest, upload: UploadRow): void {
  const condition =
    request.header("if-match") !== undefined ? "If-Match" : request.header("if-none-match") !== undefined ? "If-None-Match" : "";
  if (upload.overtaken === 0 || condition === "") return;
  const message = "The conditional request cannot succeed due to a conflicting operation against this resource.";
  throw s3Error(409, "ConditionalRequestConflict", message, { Condition: condition, Key: upload.key });
}

function invalidPart(upload: UploadRow, listed: ListedPart): Error {
  const message =
    "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.";
  return s3Error(400, "InvalidPart", message, { UploadId: upload.id, PartNumber: String(listed.number), ETag: listed.etag });
}

function assemble(request: ObjectRequest, upload: UploadRow, parts: readonly PartRow[]): ObjectRow {
  const size = parts.reduce((sum, part) => sum + part.size, 0);
  const announced = request.header("x-amz-mp-object-size");
  if (announced !== undefined && announced !== String(size)) {
    throw invalidRequest(`The provided 'x-amz-mp-object-size' header value ${announced} does not match what was computed: ${size}`);
  }
  const md5 = createHash("md5");
  for (const part of parts) md5.update(Buffer.from(part.etag, "hex"));
  return {
    bucket: upload.bucket,
    key: upload.key,
    body: upload.id,
    size,
    etag: `${md5.digest("hex")}-${parts.length}`,
    modified: request.now,
    storage_class: upload.storage_class,
    checksum_algorithm: upload.checksum_algorithm,
    checksum_type: upload.checksum_type,
    checksum: wholeChecksum(request, upload, parts),
    parts: parts.length,
    headers: upload.headers,
    tags: upload.tags,
  };
}

function wholeChecksum(request: ObjectRequest, upload: UploadRow, parts: readonly PartRow[]): string {
  const algorithm = upload.checksum_algorithm;
  const type = request.header("x-amz-checksum-type")?.toUpperCase();
  if (type !== undefined && type !== upload.checksum_type) {
    const mode = upload.checksum_asked === 1 ? upload.checksum_type : "null";
    throw invalidRequest(`The upload was created using the ${mode} checksum mode. The complete request must use the same checksum mode.`);
  }
  const checksum = upload.checksum_type === "COMPOSITE" ? composite(algorithm, parts) : fullObject(algorithm, parts);
  const claimed = request.header(checksumHeader(algorithm));
  if (claimed !== undefined && claimed.replace(/-\d+$/, "") !== checksum.replace(/-\d+$/, "")) {
    throw s3Error(400, "BadDigest", `The ${algorithm.toLowerCase()} you specified did not match the calculated checksum.`);
  }
  return checksum;
}

function composite(algorithm: ChecksumAlgorithm, parts: readonly PartRow[]): string {
  const checksum = startChecksum(algorithm);
  for (const part of parts) checksum.update(Buffer.from(part.checksum, "base64"));
  return `${checksum.digest().toString("base64")}-${parts.length}`;
}

function fullObject(algorithm: ChecksumAlgorithm, parts: readonly PartRow[]): string {
  const [first, ...rest] = parts.map((part) => ({ checksum: Buffer.from(part.checksum, "base64"), size: part.size }));
  if (first === undefined) throw malformedXml();
  const combine = crcCombiner(algorithm);
  return rest.reduce<Buffer>((sum, part) => combine(sum, part.checksum, part.size), first.checksum).toString("base64");
}

/** Rows of the object; parts that were uploaded but not listed go, as does what the object replaces. */
function commit({ store, catalog }: S3State, object: ObjectRow, parts: readonly PartRow[]): BlobFile[] {
  const removed = catalog.putObject(object);
  const listed = new Set(parts.map((part) => part.number));
  for (const row of store.sql("SELECT number, name, size FROM s3_files WHERE body = ?").all(object.body)) {
    if (listed.has(Number(row.number))) continue;
    store.sql("DELETE FROM s3_files WHERE body = ? AND number = ?").run(object.body, Number(row.number));
    removed.push({ name: String(row.name), size: Number(row.size) });
  }
  store.sql("DELETE FROM s3_parts WHERE upload = ?").run(object.body);
  store.sql("DELETE FROM s3_uploads WHERE id = ?").run(object.body);
  return removed;
}

function answer(request: ObjectRequest, object: ObjectRow): Answer {
  const result = {
    Location: `${request.origin}/${object.bucket}/${object.key.split("/").map(encodeURIComponent).join("/")}`,
    Bucket: object.bucket,
    Key: object.key,
    ETag: `"${object.etag}"`,
    [`Checksum${object.checksum_algorithm}`]: object.checksum,
    ChecksumType: object.checksum_type,
  };
  return xmlAnswer("CompleteMultipartUploadResult", result, ENCRYPTION_HEADERS);
}
