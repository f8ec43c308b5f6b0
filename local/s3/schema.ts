/**
 * The tables of S3. Bodies are files beside the data file; a row is what makes a file part of an object, so a file no row
 * names is an orphan and may be removed at any time.
 */
export const S3_SCHEMA: string[] = [
  `CREATE TABLE IF NOT EXISTS s3_buckets (
    name TEXT PRIMARY KEY,
    region TEXT NOT NULL,
    created INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID`,
  // A setting that was deleted although buckets are born with it (public access block) stays as a row without document.
  `CREATE TABLE IF NOT EXISTS s3_settings (
    bucket TEXT NOT NULL,
    name TEXT NOT NULL,
    document TEXT,
    PRIMARY KEY (bucket, name)
  ) STRICT, WITHOUT ROWID`,
  // Keys compare by the bytes of their UTF-8 text, which is S3's order of listing.
  `CREATE TABLE IF NOT EXISTS s3_objects (
    bucket TEXT NOT NULL,
    key TEXT NOT NULL,
    body TEXT NOT NULL,
    size INTEGER NOT NULL,
    etag TEXT NOT NULL,
    modified INTEGER NOT NULL,
    storage_class TEXT NOT NULL,
    checksum_algorithm TEXT NOT NULL,
    checksum_type TEXT NOT NULL,
    checksum TEXT NOT NULL,
    parts INTEGER NOT NULL,
    headers TEXT NOT NULL,
    tags TEXT NOT NULL,
    PRIMARY KEY (bucket, key)
  ) STRICT`,
  // The files of a body in their order: one for a plain object, one per part for a multipart upload.
  `CREATE TABLE IF NOT EXISTS s3_files (
    body TEXT NOT NULL,
    number INTEGER NOT NULL,
    name TEXT NOT NULL UNIQUE,
    size INTEGER NOT NULL,
    PRIMARY KEY (body, number)
  ) STRICT, WITHOUT ROWID`,
  `CREATE TABLE IF NOT EXISTS s3_uploads (
    id TEXT PRIMARY KEY,
    bucket TEXT NOT NULL,
    key TEXT NOT NULL,
    initiated INTEGER NOT NULL,
    storage_class TEXT NOT NULL,
    checksum_algorithm TEXT NOT NULL,
    checksum_type TEXT NOT NULL,
    checksum_asked INTEGER NOT NULL,
    headers TEXT NOT NULL,
    tags TEXT NOT NULL,
    overtaken INTEGER NOT NULL DEFAULT 0
  ) STRICT, WITHOUT ROWID`,
  "CREATE INDEX IF NOT EXISTS s3_uploads_by_key ON s3_uploads (bucket, key, id)",
  // A part's file stands in s3_files under the upload's id; completing an upload makes that id the object's body.
  `CREATE TABLE IF NOT EXISTS s3_parts (
    upload TEXT NOT NULL,
    number INTEGER NOT NULL,
    size INTEGER NOT NULL,
    etag TEXT NOT NULL,
    checksum TEXT NOT NULL,
    modified INTEGER NOT NULL,
    PRIMARY KEY (upload, number)
  ) STRICT, WITHOUT ROWID`,
];
