import type { Store } from "../store.ts";
import type { BlobFile, Blobs } from "./blobs.ts";
import type { ChecksumAlgorithm, ChecksumType } from "./checksums.ts";
import { noSuchBucket, noSuchKey } from "./errors.ts";

/** What every operation works on. */
export interface S3State {
  readonly store: Store;
  readonly catalog: Catalog;
  readonly blobs: Blobs;
}

export interface BucketRow {
  readonly name: string;
  readonly region: string;
  readonly created: number;
}

export interface ObjectRow {
  readonly bucket: string;
  readonly key: string;
  readonly body: string;
  readonly size: number;
  /** Without its quotes. */
  readonly etag: string;
  /** In milliseconds since the epoch. */
  readonly modified: number;
  readonly storage_class: string;
  readonly checksum_algorithm: ChecksumAlgorithm;
  readonly checksum_type: ChecksumType;
  /** Base64, with `-<parts>` behind it where it is a checksum of checksums. */
  readonly checksum: string;
  /** 0 for an object that was put whole. */
  readonly parts: number;
  /** The stored headers and user metadata, as JSON. */
  readonly headers: string;
  /** The tag set, as JSON. */
  readonly tags: string;
}

const OBJECT_COLUMNS =
  "bucket, key, body, size, etag, modified, storage_class, checksum_algorithm, checksum_type, checksum, parts, headers, tags";

/** The rows of buckets and objects. Its methods are synchronous: they run inside a read or a write of the store. */
export class Catalog {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  bucket(name: string): BucketRow | undefined {
    return this.#store.sql("SELECT name, region, created FROM s3_buckets WHERE name = ?").get(name) as BucketRow | undefined;
  }

  requireBucket(name: string): BucketRow {
    const bucket = this.bucket(name);
    if (bucket === undefined) throw noSuchBucket(name);
    return bucket;
  }

  object(bucket: string, key: string): ObjectRow | undefined {
    return this.#store.sql(`SELECT ${OBJECT_COLUMNS} FROM s3_objects WHERE bucket = ? AND key = ?`).get(bucket, key) as
      | ObjectRow
      | undefined;
  }

  requireObject(bucket: string, key: string): ObjectRow {
    this.requireBucket(bucket);
    const object = this.object(bucket, key);
    if (object === undefined) throw noSuchKey(key);
    return object;
  }

  /** The files of a body in their order. */
  files(body: string): BlobFile[] {
    return this.#store.sql("SELECT name, size FROM s3_files WHERE body = ? ORDER BY number").all(body) as unknown[] as BlobFile[];
  }

  addFile(body: string, number: number, file: BlobFile): void {
    this.#store.sql("INSERT INTO s3_files (body, number, name, size) VALUES (?, ?, ?, ?)").run(body, number, file.name, file.size);
  }

  /** Forgets a body; the files given back must be removed once this is committed. */
  dropFiles(body: string): BlobFile[] {
    const files = this.files(body);
    this.#store.sql("DELETE FROM s3_files WHERE body = ?").run(body);
    return files;
  }

  /** Puts an object in place of whatever has its key; gives the files to remove once this is committed. */
  putObject(object: ObjectRow): BlobFile[] {
    const removed = this.deleteObject(object.bucket, object.key);
    this.#store
      .sql(`INSERT INTO s3_objects (${OBJECT_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
      .run(
        object.bucket,
        object.key,
        object.body,
        object.size,
        object.etag,
        object.modified,
        object.storage_class,
        object.checksum_algorithm,
        object.checksum_type,
        object.checksum,
        object.parts,
        object.headers,
        object.tags,
      );
    return removed;
  }

  deleteObject(bucket: string, key: string): BlobFile[] {
    this.#store.sql("UPDATE s3_uploads SET overtaken = 1 WHERE bucket = ? AND key = ?").run(bucket, key);
    const row = this.#store.sql("DELETE FROM s3_objects WHERE bucket = ? AND key = ? RETURNING body").get(bucket, key);
    return row === undefined ? [] : this.dropFiles(String(row.body));
  }

  setTags(bucket: string, key: string, tags: string): void {
    this.#store.sql("UPDATE s3_objects SET tags = ? WHERE bucket = ? AND key = ?").run(tags, bucket, key);
  }

  /** The first object whose key is at or after `from`. */
  seek(bucket: string, from: string): ObjectRow | undefined {
    const text = `SELECT ${OBJECT_COLUMNS} FROM s3_objects WHERE bucket = ? AND key >= ? ORDER BY key LIMIT 1`;
    return this.#store.sql(text).get(bucket, from) as ObjectRow | undefined;
  }

  setting(bucket: string, name: string): string | null | undefined {
    const row = this.#store.sql("SELECT document FROM s3_settings WHERE bucket = ? AND name = ?").get(bucket, name);
    if (row === undefined) return undefined;
    return row.document === null ? null : String(row.document);
  }

  putSetting(bucket: string, name: string, document: string | null): void {
    this.#store.sql("INSERT OR REPLACE INTO s3_settings (bucket, name, document) VALUES (?, ?, ?)").run(bucket, name, document);
  }

  deleteSetting(bucket: string, name: string): void {
    this.#store.sql("DELETE FROM s3_settings WHERE bucket = ? AND name = ?").run(bucket, name);
  }
}
