import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { JsonObject } from "../../../local/json.ts";
import { createS3, type S3, S3_SCHEMA } from "../../../local/s3/s3.ts";
import { openStore, type Store } from "../../../local/store.ts";
import { NOW } from "./harness.ts";

describe("S3's operations by name", () => {
  let directory: string;
  let store: Store;
  let s3: S3;

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), "s3-named-"));
    store = openStore(join(directory, "data.sqlite"), S3_SCHEMA);
    s3 = createS3(store, directory, { clock: () => NOW });
    await call("CreateBucket", { Bucket: "files" });
  });

  afterEach(() => {
    s3.stop();
    store.close();
    rmSync(directory, { recursive: true });
  });

  async function call(operation: string, input: JsonObject = {}): Promise<JsonObject> {
    const run = s3.named.get(operation);
    assert.ok(run !== undefined, operation);
    const { signal } = new AbortController();
    return await run({ operation, input, region: "us-east-1", requestId: "r", origin: "http://127.0.0.1", signal });
  }

  const put = (Key: string, more: JsonObject = {}) => call("PutObject", { Bucket: "files", Key, Body: "text", ...more });

  const DESCRIBED = {
    AcceptRanges: "bytes",
    ContentLength: 4,
    ContentType: "text/plain",
    ETag: '"1cb251ec0d568de6a929b520c4aed8d1"',
    LastModified: "2026-01-02T03:04:05Z",
    Metadata: { colour: "blue" },
    ServerSideEncryption: "AES256",
  };

  it("keep an object and give it back, each fact under its member's name", async () => {
    const written = await put("a/b c", { ContentType: "text/plain", Metadata: { Colour: "blue" }, ChecksumAlgorithm: "CRC32" });
    assert.deepEqual(written, {
      ETag: DESCRIBED.ETag,
      ServerSideEncryption: "AES256",
      ChecksumCRC32: "O4unxw==",
      ChecksumType: "FULL_OBJECT",
    });
    assert.deepEqual(await call("GetObject", { Bucket: "files", Key: "a/b c" }), { ...DESCRIBED, Body: "text" });
    assert.deepEqual(await call("HeadObject", { Bucket: "files", Key: "a/b c" }), DESCRIBED);
  });

  it("give a part of an object where a range is asked for", async () => {
    await put("k");
    const { Body, ContentRange, ContentLength } = await call("GetObject", { Bucket: "files", Key: "k", Range: "bytes=1-2" });
    assert.deepEqual([Body, ContentRange, ContentLength], ["ex", "bytes 1-2/4", 2]);
  });

  it("read no more of an object than makes a result too long", async () => {
    await put("k", { Body: "x".repeat(300_000) });
    const { Body, ContentLength } = await call("GetObject", { Bucket: "files", Key: "k" });
    assert.deepEqual([String(Body).length, ContentLength], [262_145, 300_000]);
  });

  it("list objects with numbers, truth values and lists", async () => {
    for (const key of ["a/1", "a/2", "b<&>"]) await put(key);
    const { Contents, ...rest } = await call("ListObjectsV2", { Bucket: "files", Delimiter: "/", MaxKeys: 10 });
    assert.deepEqual(rest, {
      Name: "files",
      Prefix: "",
      Delimiter: "/",
      KeyCount: 2,
      MaxKeys: 10,
      IsTruncated: false,
      CommonPrefixes: [{ Prefix: "a/" }],
    });
    const [object] = Contents as JsonObject[];
    assert.deepEqual(
      [object?.Key, object?.Size, object?.LastModified, object?.ChecksumAlgorithm],
      ["b<&>", 4, "2026-01-02T03:04:05Z", ["CRC64NVME"]],
    );
    const old = await call("ListObjects", { Bucket: "files", Marker: "a/1" });
    assert.deepEqual([(old.Contents as JsonObject[]).length, old.IsTruncated], [2, false]);
  });

  it("list buckets", async () => {
    const { Buckets } = await call("ListBuckets");
    assert.deepEqual(Buckets, [
      { Name: "files", CreationDate: "2026-01-02T03:04:05Z", BucketRegion: "us-east-1", BucketArn: "arn:aws:s3:::files" },
    ]);
  });

  it("copy and delete objects, one or several", async () => {
    await put("k");
    const { CopyObjectResult } = await call("CopyObject", { Bucket: "files", Key: "l", CopySource: "files/k", ChecksumAlgorithm: "SHA1" });
    assert.deepEqual(CopyObjectResult, {
      ETag: DESCRIBED.ETag,
      LastModified: DESCRIBED.LastModified,
      ChecksumSHA1: "Ny6gjKsz5xwCxlHbyDpHTTLGduo=",
      ChecksumType: "FULL_OBJECT",
    });
    assert.deepEqual(await call("DeleteObject", { Bucket: "files", Key: "k" }), {});
    const deleted = await call("DeleteObjects", { Bucket: "files", Delete: { Objects: [{ Key: "l" }] }, ChecksumAlgorithm: "CRC32" });
    assert.deepEqual(deleted, { Deleted: [{ Key: "l" }] });
    assert.deepEqual(await call("DeleteBucket", { Bucket: "files" }), {});
  });

  it("fail with S3's errors, of which an answer to HEAD tells no more than the status", async () => {
    const wrong = { Bucket: "files", Key: "none" };
    await assert.rejects(call("GetObject", wrong), { code: "NoSuchKey", status: 404, message: "The specified key does not exist." });
    await assert.rejects(call("HeadObject", wrong), { code: "NoSuchKey", status: 404, message: "null" });
    await assert.rejects(call("ListObjects", { Bucket: "no-bucket" }), { code: "NoSuchBucket" });
    await assert.rejects(call("GetObject", { Bucket: "files" }), { code: "InvalidRequest", message: "The member Key must be given." });
  });

  it("take moments as texts and send them as headers have them", async () => {
    await put("k");
    const asked = { Bucket: "files", Key: "k", IfModifiedSince: "2026-01-02T03:04:05Z" };
    await assert.rejects(call("GetObject", asked), { code: "NotModified", status: 304 });
  });
});
