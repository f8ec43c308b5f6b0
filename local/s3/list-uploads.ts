import type { JsonObject } from "../json.ts";
import type { Store } from "../store.ts";
import { type Answer, xmlAnswer } from "./answer.ts";
import type { S3State } from "./catalog.ts";
import { invalidArgument } from "./errors.ts";
import { encoder, encodingMember, OWNER, pageSize } from "./list-objects.ts";
import { type Listing, list } from "./listing.ts";
import { documentMoment } from "./moments.ts";
import { INITIATOR, type UploadRow } from "./multipart.ts";
import type { BucketRequest } from "./request.ts";

/** Between an upload's key and its id, so that one text orders uploads by both; no key that matters here holds it. */
const SEPARATOR = "\0";
const AFTER_ALL_IDS = "\u{10ffff}";

interface UploadItem {
  readonly key: string;
  readonly upload: UploadRow;
}

/** The uploads begun and neither completed nor aborted, by their keys and among those by their ids. */
export async function listUploads({ store, catalog }: S3State, request: BucketRequest): Promise<Answer> {
  const encode = encoder(request);
  const prefix = request.query.get("prefix") ?? "";
  const delimiter = request.query.get("delimiter") ?? "";
  const keyMarker = request.query.get("key-marker") ?? "";
  // An id says where to go on among the uploads of one key, so without a key it says nothing.
  const idMarker = keyMarker === "" ? "" : (request.query.get("upload-id-marker") ?? "");
  const maxKeys = pageSize(request, "max-uploads");
  const listing = await store.read(() => {
    catalog.requireBucket(request.bucket);
    if (idMarker !== "") requireUpload(store, request.bucket, keyMarker, idMarker);
    const seek = (from: string): UploadItem | undefined => {
      const sql = "SELECT * FROM s3_uploads WHERE bucket = ? AND key || char(0) || id >= ? ORDER BY key, id LIMIT 1";
      const upload = store.sql(sql).get(request.bucket, from) as UploadRow | undefined;
      return upload === undefined ? undefined : { key: upload.key + SEPARATOR + upload.id, upload };
    };
    return list(seek, { prefix, delimiter, after: firstAfter(keyMarker, idMarker, delimiter), maxKeys });
  });
  return xmlAnswer("ListMultipartUploadsResult", {
    Bucket: request.bucket,
    KeyMarker: encode(keyMarker),
    UploadIdMarker: idMarker,
    ...nextMarkers(listing, encode),
    ...encodingMember(request),
    ...(prefix === "" ? {} : { Prefix: encode(prefix) }),
    ...(delimiter === "" ? {} : { Delimiter: encode(delimiter) }),
    MaxUploads: maxKeys,
    IsTruncated: listing.truncated,
    Upload: listing.items.map(({ upload }) => describe(upload, encode)),
    CommonPrefixes: listing.commonPrefixes.map((common) => ({ Prefix: encode(common) })),
  });
}

function requireUpload(store: Store, bucket: string, key: string, id: string): void {
  const known = store.sql("SELECT 1 FROM s3_uploads WHERE id = ? AND bucket = ? AND key = ?").get(id, bucket, key);
  if (known === undefined) throw invalidArgument("Invalid uploadId marker", "upload-id-marker", id);
}

/** A key's marker alone stands for all its uploads, unless it is a common prefix of the page before. */
function firstAfter(keyMarker: string, idMarker: string, delimiter: string): string {
  if (keyMarker === "" || (idMarker === "" && delimiter !== "" && keyMarker.endsWith(delimiter))) return keyMarker;
  return keyMarker + SEPARATOR + (idMarker === "" ? AFTER_ALL_IDS : idMarker);
}

function nextMarkers(
  listing: Listing<UploadItem>,
  encode: (text: string) => string,
): { NextKeyMarker: string; NextUploadIdMarker: string } {
  const [key = "", id = ""] = listing.last.split(SEPARATOR);
  return { NextKeyMarker: encode(key), NextUploadIdMarker: id };
}

function describe(upload: UploadRow, encode: (text: string) => string): JsonObject {
  return {
    Key: encode(upload.key),
    UploadId: upload.id,
    Initiator: INITIATOR,
    Owner: OWNER,
    StorageClass: upload.storage_class,
    Initiated: documentMoment(upload.initiated),
    ...(upload.checksum_asked === 1 ? { ChecksumAlgorithm: upload.checksum_algorithm, ChecksumType: upload.checksum_type } : {}),
  };
}
