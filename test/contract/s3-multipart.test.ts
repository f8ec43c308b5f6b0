import assert from "node:assert/strict";
import { crc32 } from "node:zlib";
import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  UploadPartCommand,
  UploadPartCopyCommand,
} from "@aws-sdk/client-s3";
import { aws } from "./support/endpoint.ts";
import { newBucket, pattern, put, refusal } from "./support/s3.ts";

const MEGABYTE = 1024 ** 2;

describe("S3 multipart uploads", () => {
  let Bucket: string;
  before(async () => {
    Bucket = await newBucket();
  });

  async function begin(Key: string, more: object = {}): Promise<string> {
    const { UploadId } = await aws().s3.send(new CreateMultipartUploadCommand({ Bucket, Key, ...more }));
    assert.ok(UploadId);
    return UploadId;
  }

  async function upload(
    Key: string,
    UploadId: string,
    PartNumber: number,
    Body: Uint8Array | string,
    more: object = {},
  ): Promise<CompletedPart> {
    const { ETag, ChecksumCRC32, ChecksumSHA256 } = await aws().s3.send(
      new UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body, ...more }),
    );
    return { PartNumber, ETag, ...(ChecksumSHA256 === undefined ? { ChecksumCRC32 } : { ChecksumSHA256 }) };
  }

  const complete = (Key: string, UploadId: string, Parts: CompletedPart[], more: object = {}) =>
    aws().s3.send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts }, ...more }));

  /** What is needed of a part that was uploaded with no checksum of its upload's own. */
  const plain = ({ PartNumber, ETag }: CompletedPart): CompletedPart => ({ PartNumber, ETag });

  it("parts uploaded in any order make one object, with the ETag of its parts and the headers of its beginning", async () => {
    // Prepare
    const body = pattern(11 * MEGABYTE);
    const pieces = [body.subarray(0, 5 * MEGABYTE), body.subarray(5 * MEGABYTE, 10 * MEGABYTE), body.subarray(10 * MEGABYTE)];
    const id = await begin("whole", { ContentType: "application/pdf", Metadata: { a: "1" } });
    // Act
    const parts = await Promise.all([3, 1, 2].map((number) => upload("whole", id, number, pieces[number - 1] ?? "")));
    parts.sort((a, b) => (a.PartNumber ?? 0) - (b.PartNumber ?? 0));
    const completed = await complete("whole", id, parts.map(plain));
    // Assess
    assert.match(completed.ETag ?? "", /^"[0-9a-f]{32}-3"$/);
    const got = await aws().s3.send(new GetObjectCommand({ Bucket, Key: "whole" }));
    assert.ok(body.equals((await got.Body?.transformToByteArray()) ?? new Uint8Array()));
    assert.deepEqual([got.ETag, got.ContentType, got.Metadata], [completed.ETag, "application/pdf", { a: "1" }]);
    const across = await aws().s3.send(
      new GetObjectCommand({ Bucket, Key: "whole", Range: `bytes=${5 * MEGABYTE - 3}-${10 * MEGABYTE + 2}` }),
    );
    const bytes = await across.Body?.transformToByteArray();
    assert.ok(body.subarray(5 * MEGABYTE - 3, 10 * MEGABYTE + 3).equals(bytes ?? new Uint8Array()));
    const second = await aws().s3.send(new HeadObjectCommand({ Bucket, Key: "whole", PartNumber: 3 }));
    assert.deepEqual([second.ContentLength, second.PartsCount], [MEGABYTE, 3]);
  });

  it("nothing is there until the upload is complete", async () => {
    const id = await begin("later");
    const part = await upload("later", id, 1, "x");
    assert.deepEqual(await refusal(aws().s3.send(new HeadObjectCommand({ Bucket, Key: "later" }))), [404, "NotFound"]);
    await complete("later", id, [plain(part)]);
    assert.equal((await aws().s3.send(new HeadObjectCommand({ Bucket, Key: "later" }))).ContentLength, 1);
  });

  it("a checksum by parts covers the checksums of the parts", async () => {
    // Prepare
    const id = await begin("sums", { ChecksumAlgorithm: "SHA256" });
    // Act
    const part = await upload("sums", id, 1, "123456789", { ChecksumAlgorithm: "SHA256" });
    const completed = await complete("sums", id, [part]);
    // Assess
    assert.equal(part.ChecksumSHA256, "FeKw08M4keuw8e9gnsQZQgwg4yDOlMZfvIwzEkSOsiU=");
    assert.deepEqual([completed.ChecksumSHA256, completed.ChecksumType], ["KSsNAHVmgy25S/rmic1w0at3KBH9RLn0nYVQ7p6mpJQ=-1", "COMPOSITE"]);
  });

  it("a checksum of the whole is worked out from those of its parts and verified", async () => {
    // Prepare
    const body = pattern(6 * MEGABYTE);
    const whole = Buffer.alloc(4);
    whole.writeUInt32BE(crc32(body));
    const id = await begin("full", { ChecksumAlgorithm: "CRC32", ChecksumType: "FULL_OBJECT" });
    const pieces = [body.subarray(0, 5 * MEGABYTE), body.subarray(5 * MEGABYTE)];
    const parts = await Promise.all(pieces.map((piece, index) => upload("full", id, index + 1, piece, { ChecksumAlgorithm: "CRC32" })));
    const end = (ChecksumCRC32: string) => complete("full", id, parts, { ChecksumCRC32, ChecksumType: "FULL_OBJECT" });
    // Act and assess
    assert.deepEqual(await refusal(end("AAAAAA==")), [400, "BadDigest"]);
    const completed = await end(whole.toString("base64"));
    assert.deepEqual([completed.ChecksumCRC32, completed.ChecksumType], [whole.toString("base64"), "FULL_OBJECT"]);
  });

  it("a part that is uploaded again replaces the one before it", async () => {
    const id = await begin("again");
    await upload("again", id, 1, "first");
    const part = await upload("again", id, 1, "second");
    const { Parts } = await aws().s3.send(new ListPartsCommand({ Bucket, Key: "again", UploadId: id }));
    assert.deepEqual(
      Parts?.map(({ PartNumber, Size, ETag }) => [PartNumber, Size, ETag]),
      [[1, 6, part.ETag]],
    );
    await complete("again", id, [plain(part)]);
    const got = await aws().s3.send(new GetObjectCommand({ Bucket, Key: "again" }));
    assert.equal(await got.Body?.transformToString(), "second");
  });

  it("parts are copied from other objects, whole or in part", async () => {
    await put(Bucket, "source", "0123456789");
    const id = await begin("copied");
    const { CopyPartResult } = await aws().s3.send(
      new UploadPartCopyCommand({
        Bucket,
        Key: "copied",
        UploadId: id,
        PartNumber: 1,
        CopySource: `${Bucket}/source`,
        CopySourceRange: "bytes=2-5",
      }),
    );
    await complete("copied", id, [{ PartNumber: 1, ETag: CopyPartResult?.ETag }]);
    const got = await aws().s3.send(new GetObjectCommand({ Bucket, Key: "copied" }));
    assert.equal(await got.Body?.transformToString(), "2345");
  });

  it("parts that are not there, too small or out of order are refused, and the upload goes on", async () => {
    // Prepare
    const id = await begin("bad");
    const one = plain(await upload("bad", id, 1, "small"));
    const two = plain(await upload("bad", id, 2, "small too"));
    // Act and assess
    assert.deepEqual(await refusal(complete("bad", id, [one, two])), [400, "EntityTooSmall"]);
    assert.deepEqual(await refusal(complete("bad", id, [two, one])), [400, "InvalidPartOrder"]);
    assert.deepEqual(await refusal(complete("bad", id, [{ ...one, ETag: two.ETag }])), [400, "InvalidPart"]);
    assert.deepEqual(await refusal(complete("bad", id, [{ PartNumber: 3, ETag: two.ETag }])), [400, "InvalidPart"]);
    assert.deepEqual(await refusal(upload("bad", id, 10_001, "x")), [400, "InvalidArgument"]);
    await complete("bad", id, [two]);
  });

  it("an upload that was aborted is gone, its parts with it", async () => {
    const id = await begin("aborted");
    await upload("aborted", id, 1, "x");
    const open = async () =>
      (await aws().s3.send(new ListMultipartUploadsCommand({ Bucket, Prefix: "aborted" }))).Uploads?.map(({ UploadId }) => UploadId);
    assert.deepEqual(await open(), [id]);
    await aws().s3.send(new AbortMultipartUploadCommand({ Bucket, Key: "aborted", UploadId: id }));
    assert.equal(await open(), undefined);
    assert.deepEqual(await refusal(upload("aborted", id, 1, "x")), [404, "NoSuchUpload"]);
    const again = new AbortMultipartUploadCommand({ Bucket, Key: "aborted", UploadId: id });
    assert.deepEqual(await refusal(aws().s3.send(again)), [404, "NoSuchUpload"]);
  });
});
