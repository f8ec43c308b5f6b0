import { randomBytes } from "node:crypto";
import type { Json, JsonObject } from "../json.ts";
import { type Answer, NO_CONTENT, xmlAnswer } from "./answer.ts";
import type { BlobFile } from "./blobs.ts";
import type { S3State } from "./catalog.ts";
import { asChecksumAlgorithm, CHECKSUM_ALGORITHMS, type ChecksumAlgorithm, type ChecksumType, checksumHeader } from "./checksums.ts";
import { openSource } from "./copy.ts";
import { invalidArgument, invalidRequest, noSuchUpload } from "./errors.ts";
import { OWNER, pageSize } from "./list-objects.ts";
import { documentMoment } from "./moments.ts";
import { ENCRYPTION_HEADERS, readAttributes } from "./object-headers.ts";
import { partNumber, replace } from "./objects.ts";
import type { ByteRange } from "./range.ts";
import { copyBody, type ReceivedBody, receiveBody, requestedAlgorithm } from "./receive.ts";
import type { ObjectRequest } from "./request.ts";

/** Unlike owners, initiators are still answered with a name. */
export const INITIATOR: JsonObject = { ...OWNER, DisplayName: "root" };

export interface UploadRow {
  readonly id: string;
  readonly bucket: string;
  readonly key: string;
  readonly initiated: number;
  readonly storage_class: string;
  readonly checksum_algorithm: ChecksumAlgorithm;
  readonly checksum_type: ChecksumType;
  /** 1 where the caller chose the algorithm, 0 where it is our default. */
  readonly checksum_asked: number;
  readonly headers: string;
  readonly tags: string;
  /** 1 where an object of its key was put or deleted since it began. */
  readonly overtaken: number;
}

export interface PartRow {
  readonly number: number;
  readonly size: number;
  readonly etag: string;
  readonly checksum: string;
  readonly modified: number;
}

export async function createUpload({ store, catalog }: S3State, request: ObjectRequest): Promise<Answer> {
  const attributes = readAttributes(request);
  const checksums = uploadChecksums(request);
  // Ids are unguessable, in the order of their beginning, and without characters that an address or a shell would take for its own.
  const id = request.now.toString(16).padStart(12, "0") + randomBytes(42).toString("hex");
  await store.write(() => {
    catalog.requireBucket(request.bucket);
    store
      .sql(
        "INSERT INTO s3_uploads (id, bucket, key, initiated, storage_class, checksum_algorithm, checksum_type, checksum_asked, headers, tags) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      )
      .run(
        id,
        request.bucket,
        request.key,
        request.now,
        attributes.storageClass,
        checksums.algorithm,
        checksums.type,
        checksums.asked ? 1 : 0,
        attributes.headers,
        attributes.tags,
      );
  });
  const headers: Record<string, string> = { ...ENCRYPTION_HEADERS };
  if (checksums.asked) Object.assign(headers, { "x-amz-checksum-algorithm": checksums.algorithm, "x-amz-checksum-type": checksums.type });
  return xmlAnswer("InitiateMultipartUploadResult", { Bucket: request.bucket, Key: request.key, UploadId: id }, headers);
}

function uploadChecksums(request: ObjectRequest): { algorithm: ChecksumAlgorithm; type: ChecksumType; asked: boolean } {
  const name = request.header("x-amz-checksum-algorithm");
  const type = request.header("x-amz-checksum-type")?.toUpperCase();
  if (name === undefined) {
    if (type !== undefined)
      throw invalidRequest("The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.");
    return { algorithm: "CRC64NVME", type: "FULL_OBJECT", asked: false };
  }
  const algorithm = asChecksumAlgorithm(name);
  if (algorithm === undefined) {
    throw invalidRequest(
      `Checksum algorithm provided is unsupported. Please try again with any of the valid types: [${CHECKSUM_ALGORITHMS.join(", ")}]`,
    );
  }
  if (type !== undefined && type !== "COMPOSITE" && type !== "FULL_OBJECT") {
    throw invalidRequest("Value for x-amz-checksum-type header is invalid.");
  }
  const impossible = (type === "COMPOSITE" && algorithm === "CRC64NVME") || (type === "FULL_OBJECT" && algorithm.startsWith("SHA"));
  if (impossible) throw invalidRequest(`The ${type} checksum type cannot be used with the ${algorithm.toLowerCase()} checksum algorithm.`);
  return { algorithm, type: type ?? (algorithm === "CRC64NVME" ? "FULL_OBJECT" : "COMPOSITE"), asked: true };
}

/** The upload that the request's uploadId names, which must be one of its bucket and key. */
export function requireUpload({ store, catalog }: S3State, request: ObjectRequest): UploadRow {
  catalog.requireBucket(request.bucket);
  const id = request.query.get("uploadId") ?? "";
  const row = store.sql("SELECT * FROM s3_uploads WHERE id = ?").get(id) as UploadRow | undefined;
  if (row === undefined || row.bucket !== request.bucket || row.key !== request.key) throw noSuchUpload(id);
  return row;
}

export async function uploadPart(state: S3State, request: ObjectRequest): Promise<Answer> {
  const number = partNumber(request.query.get("partNumber"));
  const upload = await state.store.read(() => requireUpload(state, request));
  requireSameChecksum(upload, requestedAlgorithm(request));
  const received = await receiveBody(request, state.blobs, upload.checksum_algorithm);
  await savePart(state, request, number, received);
  const { algorithm, checksum } = received.sent;
  return {
    status: 200,
    headers: { ...ENCRYPTION_HEADERS, ETag: `"${received.md5}"`, [checksumHeader(algorithm)]: checksum.toString("base64") },
  };
}

function requireSameChecksum(upload: UploadRow, sent: ChecksumAlgorithm | undefined): void {
  if (upload.checksum_asked === 0 || sent === upload.checksum_algorithm) return;
  if (sent === undefined && upload.checksum_type === "FULL_OBJECT") return;
  const expected = upload.checksum_algorithm.toLowerCase();
  throw invalidRequest(
    `Checksum Type mismatch occurred, expected checksum Type: ${expected}, actual checksum Type: ${sent?.toLowerCase() ?? "null"}`,
  );
}

/** Puts a part in place of an earlier one of its number. */
async function savePart(state: S3State, request: ObjectRequest, number: number, received: ReceivedBody): Promise<void> {
  const { store, catalog } = state;
  await replace(state, [received.file], () => {
    const upload = requireUpload(state, request);
    const removed = dropPart(state, upload.id, number);
    catalog.addFile(upload.id, number, received.file);
    store
      .sql("INSERT INTO s3_parts (upload, number, size, etag, checksum, modified) VALUES (?, ?, ?, ?, ?, ?)")
      .run(upload.id, number, received.file.size, received.md5, received.checksum.toString("base64"), request.now);
    return removed;
  });
}

function dropPart({ store }: S3State, upload: string, number: number): BlobFile[] {
  store.sql("DELETE FROM s3_parts WHERE upload = ? AND number = ?").run(upload, number);
  const rows = store.sql("DELETE FROM s3_files WHERE body = ? AND number = ? RETURNING name, size").all(upload, number);
  return rows.map(({ name, size }) => ({ name: String(name), size: Number(size) }));
}

export async function uploadPartCopy(state: S3State, request: ObjectRequest): Promise<Answer> {
  const number = partNumber(request.query.get("partNumber"));
  const upload = await state.store.read(() => requireUpload(state, request));
  const opened = await openSource(state, request);
  try {
    const { start, length } = copyRange(request.header("x-amz-copy-source-range"), opened.object.size);
    const copied = await copyBody(state.blobs.read({ files: opened.files, start, length }), state.blobs, upload.checksum_algorithm);
    await savePart(state, request, number, copied);
    const checksum: Record<string, Json> = {};
    if (upload.checksum_asked === 1) checksum[`Checksum${upload.checksum_algorithm}`] = copied.checksum.toString("base64");
    const result = { LastModified: documentMoment(request.now), ETag: `"${copied.md5}"`, ...checksum };
    return xmlAnswer("CopyPartResult", result, ENCRYPTION_HEADERS);
  } finally {
    opened.release();
  }
}

function copyRange(header: string | undefined, size: number): ByteRange {
  if (header === undefined) return { start: 0, length: size };
  const [, first = "", last = ""] = /^bytes=(\d+)-(\d+)$/.exec(header) ?? [];
  if (first === "" || Number(last) < Number(first)) {
    const message =
      "The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy";
    throw invalidArgument(message, "x-amz-copy-source-range", header);
  }
  if (Number(first) >= size) throw invalidRequest("The specified copy range is invalid for the source object size");
  if (Number(last) >= size) {
    throw invalidArgument(`Range specified is not valid for source object of size: ${size}`, "x-amz-copy-source-range", header);
  }
  return { start: Number(first), length: Number(last) - Number(first) + 1 };
}

export async function abortUpload(state: S3State, request: ObjectRequest): Promise<Answer> {
  await replace(state, [], () => dropUpload(state, requireUpload(state, request).id));
  return NO_CONTENT;
}

export function dropUpload({ store, catalog }: S3State, id: string): BlobFile[] {
  store.sql("DELETE FROM s3_parts WHERE upload = ?").run(id);
  store.sql("DELETE FROM s3_uploads WHERE id = ?").run(id);
  return catalog.dropFiles(id);
}

export async function listParts(state: S3State, request: ObjectRequest): Promise<Answer> {
  const most = pageSize(request, "max-parts");
  const marker = Number(pageMarker(request.query.get("part-number-marker")));
  const { upload, rows } = await state.store.read(() => {
    const found = requireUpload(state, request);
    const sql = "SELECT number, size, etag, checksum, modified FROM s3_parts WHERE upload = ? AND number > ? ORDER BY number LIMIT ?";
    return { upload: found, rows: state.store.sql(sql).all(found.id, marker, most + 1) as unknown[] as PartRow[] };
  });
  const page = rows.slice(0, most);
  const asked = upload.checksum_asked === 1;
  return xmlAnswer("ListPartsResult", {
    Bucket: upload.bucket,
    Key: upload.key,
    UploadId: upload.id,
    Initiator: INITIATOR,
    Owner: OWNER,
    StorageClass: upload.storage_class,
    PartNumberMarker: marker,
    NextPartNumberMarker: page.at(-1)?.number ?? 0,
    MaxParts: most,
    IsTruncated: rows.length > most,
    ...(asked ? { ChecksumAlgorithm: upload.checksum_algorithm, ChecksumType: upload.checksum_type } : {}),
    Part: page.map((part) => ({
      PartNumber: part.number,
      LastModified: documentMoment(part.modified),
      ETag: `"${part.etag}"`,
      Size: part.size,
      ...(asked ? { [`Checksum${upload.checksum_algorithm}`]: part.checksum } : {}),
    })),
  });
}

function pageMarker(text: string | undefined): string {
  if (text === undefined || text === "") return "0";
  if (!/^\d{1,9}$/.test(text))
    throw invalidArgument("Provided part-number-marker not an integer or within integer range", "part-number-marker", text);
  return text;
}
