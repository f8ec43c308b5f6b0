import assert from "node:assert/strict";
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  DeleteObjectTaggingCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
} from "@aws-sdk/client-s3";
import { awsExpects, whereLocalStack } from "./support/deviations.ts";
import { aws, endpointKind, endpointUrl } from "./support/endpoint.ts";
import { newBucket, pattern, put, refusal } from "./support/s3.ts";

describe("S3 objects", () => {
  let Bucket: string;
  before(async () => {
    Bucket = await newBucket();
  });

  const text = async (Key: string, more: object = {}) => {
    const { Body, ...answer } = await aws().s3.send(new GetObjectCommand({ Bucket, Key, ...more }));
    return { ...answer, text: await Body?.transformToString() };
  };

  it("an object comes back with its bytes, headers and metadata, and replaces the one before it whole", async () => {
    // Prepare
    await aws().s3.send(new PutObjectCommand({ Bucket, Key: "a", Body: "old", Metadata: { old: "1" } }));
    // Act
    const kept = await aws().s3.send(
      new PutObjectCommand({
        Bucket,
        Key: "a",
        Body: "hello",
        ContentType: "text/plain; charset=utf-8",
        ContentDisposition: 'attachment; filename="a.txt"',
        ContentEncoding: "identity",
        ContentLanguage: "en",
        CacheControl: "no-store",
        Metadata: { by: "me" },
      }),
    );
    const answer = await text("a");
    // Assess
    assert.equal(kept.ETag, '"5d41402abc4b2a76b9719d911017c592"');
    assert.equal(answer.text, "hello");
    assert.equal(answer.ETag, kept.ETag);
    assert.equal(answer.ContentLength, 5);
    assert.equal(answer.ContentType, "text/plain; charset=utf-8");
    assert.equal(answer.ContentDisposition, 'attachment; filename="a.txt"');
    assert.equal(answer.ContentEncoding, "identity");
    assert.equal(answer.ContentLanguage, "en");
    assert.equal(answer.CacheControl, "no-store");
    assert.equal(answer.AcceptRanges, "bytes");
    assert.deepEqual(answer.Metadata, { by: "me" });
    assert.ok(Math.abs((answer.LastModified?.getTime() ?? 0) - Date.now()) < 60_000);
  });

  it("an empty object is an object, of the type that is taken for unknown", async () => {
    await put(Bucket, "empty", "");
    const answer = await text("empty");
    assert.deepEqual([answer.text, answer.ContentLength, answer.ContentType], ["", 0, "application/octet-stream"]);
  });

  for (const Key of ["a/b/c.txt", "a//b/", "../up", "./here", "space and+plus", "50%", "ü/ß €/😀", "q?x=1&y#z", "'\"<>&", "~-_.!*()"]) {
    it(`the key ${Key} is a key like any other`, async () => {
      await put(Bucket, Key);
      assert.equal((await text(Key)).text, Key);
      await aws().s3.send(new DeleteObjectCommand({ Bucket, Key }));
      assert.deepEqual(await refusal(text(Key)), [404, "NoSuchKey"]);
    });
  }

  it("HEAD answers what GET does, without the body", async () => {
    await put(Bucket, "head", "hello");
    const { $metadata, ...head } = await aws().s3.send(new HeadObjectCommand({ Bucket, Key: "head", ChecksumMode: "ENABLED" }));
    const { text: _text, $metadata: _metadata, ...got } = await text("head");
    assert.equal($metadata.httpStatusCode, 200);
    assert.deepEqual(head, got);
  });

  it("what is not there is refused by name", async () => {
    assert.deepEqual(await refusal(text("nothing")), [404, "NoSuchKey"]);
    assert.deepEqual(await refusal(aws().s3.send(new HeadObjectCommand({ Bucket, Key: "nothing" }))), [404, "NotFound"]);
    assert.deepEqual(await refusal(put("no-such-bucket-0123456789", "a")), [404, "NoSuchBucket"]);
    assert.deepEqual(await refusal(put(Bucket, "n".repeat(1025))), [400, "KeyTooLongError"]);
  });

  it("deleting is done once and for all, and again without complaint", async () => {
    await put(Bucket, "gone");
    for (const _ of [1, 2]) {
      const { $metadata } = await aws().s3.send(new DeleteObjectCommand({ Bucket, Key: "gone" }));
      assert.equal($metadata.httpStatusCode, 204);
    }
    assert.deepEqual(await refusal(text("gone")), [404, "NoSuchKey"]);
  });

  it("many are deleted in one call, which names them all or, when told to be quiet, none", async () => {
    // Prepare
    const keys = ["d/1", "d/2 & <3>", "d/ü"];
    for (const key of keys) await put(Bucket, key);
    const remove = (Quiet: boolean, Keys: string[]) =>
      aws().s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Quiet, Objects: Keys.map((Key) => ({ Key })) } }));
    // Act
    const loud = await remove(false, [...keys.slice(0, 2), "d/never"]);
    const quiet = await remove(true, keys.slice(2));
    // Assess
    assert.deepEqual(loud.Deleted?.map(({ Key }) => Key).sort(), ["d/1", "d/2 & <3>", "d/never"]);
    assert.equal(quiet.Deleted, undefined);
    for (const key of keys) assert.deepEqual(await refusal(text(key)), [404, "NoSuchKey"]);
  });

  describe("ranges", () => {
    before(() => put(Bucket, "range", "0123456789"));

    for (const [Range, body, contentRange] of [
      ["bytes=0-3", "0123", "bytes 0-3/10"],
      ["bytes=4-", "456789", "bytes 4-9/10"],
      ["bytes=-3", "789", "bytes 7-9/10"],
      ["bytes=8-99", "89", "bytes 8-9/10"],
    ] as const) {
      it(`${Range} answers that part`, async () => {
        const answer = await text("range", { Range });
        assert.deepEqual([answer.$metadata.httpStatusCode, answer.text, answer.ContentRange], [206, body, contentRange]);
        assert.equal(answer.ContentLength, body.length);
      });
    }

    it("a range that lies outside is refused", async () => {
      assert.deepEqual(await refusal(text("range", { Range: "bytes=10-" })), [416, "InvalidRange"]);
    });

    it("a range that makes no sense is not looked at", async () => {
      const answer = await text("range", { Range: "bytes=5-2" });
      assert.deepEqual([answer.$metadata.httpStatusCode, answer.text], [200, "0123456789"]);
    });
  });

  it("a condition that does not hold is answered without the body", async () => {
    // Prepare
    const { ETag } = await aws().s3.send(new PutObjectCommand({ Bucket, Key: "if", Body: "x" }));
    const yesterday = new Date(Date.now() - 86_400_000);
    // Act and assess
    assert.equal((await text("if", { IfMatch: ETag })).text, "x");
    assert.equal((await text("if", { IfNoneMatch: '"other"' })).text, "x");
    assert.equal((await text("if", { IfModifiedSince: yesterday })).text, "x");
    assert.deepEqual(await refusal(text("if", { IfMatch: '"other"' })), [412, "PreconditionFailed"]);
    assert.deepEqual(await refusal(text("if", { IfUnmodifiedSince: yesterday })), [412, "PreconditionFailed"]);
    assert.deepEqual((await refusal(text("if", { IfNoneMatch: ETag })))[0], 304);
  });

  it("the address may say how the answer is to be headed", async () => {
    await put(Bucket, "over", "x");
    const answer = await text("over", {
      ResponseContentType: "text/csv",
      ResponseContentDisposition: "inline",
      ResponseCacheControl: "no-cache",
    });
    assert.deepEqual([answer.ContentType, answer.ContentDisposition, answer.CacheControl], ["text/csv", "inline", "no-cache"]);
  });

  it("of many puts on the condition that nothing is there, one is made", async () => {
    // Act
    const puts = Array.from({ length: 8 }, (_, index) =>
      aws()
        .s3.send(new PutObjectCommand({ Bucket, Key: "once", Body: String(index), IfNoneMatch: "*" }))
        .then(
          () => String(index),
          (error: unknown) => error,
        ),
    );
    const outcomes = await Promise.all(puts);
    // Assess
    const made = outcomes.filter((outcome) => typeof outcome === "string");
    assert.equal(made.length, 1);
    assert.equal((await text("once")).text, made[0]);
    const again = aws().s3.send(new PutObjectCommand({ Bucket, Key: "once", Body: "late", IfNoneMatch: "*" }));
    assert.deepEqual(await refusal(again), [412, "PreconditionFailed"]);
  });

  it("a put on the condition of an ETag replaces that object only", async () => {
    const { ETag } = await aws().s3.send(new PutObjectCommand({ Bucket, Key: "match", Body: "1" }));
    const replace = () => aws().s3.send(new PutObjectCommand({ Bucket, Key: "match", Body: "2", IfMatch: ETag }));
    await replace();
    assert.deepEqual(await refusal(replace()), [412, "PreconditionFailed"]);
  });

  describe("checksums", () => {
    for (const [ChecksumAlgorithm, member, value] of [
      ["CRC32", "ChecksumCRC32", "y/Q5Jg=="],
      ["CRC32C", "ChecksumCRC32C", "4waSgw=="],
      ["SHA1", "ChecksumSHA1", "98O8HYCOBHMq32eZZczDTKeuNEE="],
      ["SHA256", "ChecksumSHA256", "FeKw08M4keuw8e9gnsQZQgwg4yDOlMZfvIwzEkSOsiU="],
    ] as const) {
      it(`${ChecksumAlgorithm} is verified, kept and answered when asked for`, async () => {
        const kept = await aws().s3.send(new PutObjectCommand({ Bucket, Key: "sum", Body: "123456789", ChecksumAlgorithm }));
        assert.equal(kept[member], value);
        const head = await aws().s3.send(new HeadObjectCommand({ Bucket, Key: "sum", ChecksumMode: "ENABLED" }));
        assert.equal(head[member], value);
        const wrong = new PutObjectCommand({ Bucket, Key: "wrong sum", Body: "other", [member]: value });
        assert.deepEqual(await refusal(aws().s3.send(wrong)), [400, "BadDigest"]);
        assert.deepEqual(await refusal(aws().s3.send(new HeadObjectCommand({ Bucket, Key: "wrong sum" }))), [404, "NotFound"]);
      });
    }

    it("a body whose Content-MD5 is another's is not kept", async () => {
      const wrong = (ContentMD5: string) => aws().s3.send(new PutObjectCommand({ Bucket, Key: "md5", Body: "x", ContentMD5 }));
      assert.deepEqual(await refusal(wrong("XUFAKrxLKna5cZ2REBfFkg==")), [400, "BadDigest"]);
      assert.deepEqual(await refusal(wrong("none")), [400, "InvalidDigest"]);
      assert.deepEqual(await refusal(text("md5")), [404, "NoSuchKey"]);
    });

    it("the attributes of an object tell its checksum and size", async () => {
      await put(Bucket, "attributes", "123456789");
      const command = new GetObjectAttributesCommand({ Bucket, Key: "attributes", ObjectAttributes: ["Checksum", "ObjectSize", "ETag"] });
      const { Checksum, ObjectSize, ETag } = await aws().s3.send(command);
      assert.deepEqual([Checksum?.ChecksumCRC32, ObjectSize, ETag], ["y/Q5Jg==", 9, "25f9e794323b453885f5181f1b624d0b"]);
    });
  });

  describe("copies", () => {
    before(async () => {
      await aws().s3.send(
        new PutObjectCommand({ Bucket, Key: "from ü", Body: "body", ContentType: "text/plain", Metadata: { a: "1" }, Tagging: "t=1" }),
      );
    });
    const copy = (Key: string, more: object = {}) =>
      aws().s3.send(new CopyObjectCommand({ Bucket, Key, CopySource: `${Bucket}/${encodeURIComponent("from ü")}`, ...more }));

    it("a copy has the source's bytes, headers, metadata and tags", async () => {
      const { CopyObjectResult } = await copy("to");
      const answer = await text("to");
      assert.equal(CopyObjectResult?.ETag, answer.ETag);
      assert.deepEqual([answer.text, answer.ContentType, answer.TagCount], ["body", "text/plain", 1]);
      assert.deepEqual(answer.Metadata, { a: "1" });
    });

    it("a copy may have metadata of its own", async () => {
      await copy("to", { MetadataDirective: "REPLACE", ContentType: "text/html", Metadata: { b: "2" } });
      const answer = await text("to");
      assert.deepEqual([answer.text, answer.ContentType], ["body", "text/html"]);
      assert.deepEqual(answer.Metadata, { b: "2" });
    });

    it("a copy onto itself must change something", async () => {
      assert.deepEqual(await refusal(copy("from ü")), [400, "InvalidRequest"]);
      await copy("from ü", { MetadataDirective: "REPLACE", ContentType: "text/plain", Metadata: { a: "1" } });
      assert.equal((await text("from ü")).text, "body");
    });

    it("a copy of nothing, or of what it should not be, is refused", async () => {
      assert.deepEqual(await refusal(copy("to", { CopySource: `${Bucket}/nothing` })), [404, "NoSuchKey"]);
      assert.deepEqual(await refusal(copy("to", { CopySourceIfMatch: '"other"' })), [412, "PreconditionFailed"]);
    });
  });

  it("tags are put, replaced, read and deleted apart from the object", async () => {
    // Prepare
    await aws().s3.send(new PutObjectCommand({ Bucket, Key: "tags", Body: "x", Tagging: "a=1&b=two%20words" }));
    const tags = async () => (await aws().s3.send(new GetObjectTaggingCommand({ Bucket, Key: "tags" }))).TagSet;
    // Act and assess
    assert.deepEqual(await tags(), [
      { Key: "a", Value: "1" },
      { Key: "b", Value: "two words" },
    ]);
    await aws().s3.send(new PutObjectTaggingCommand({ Bucket, Key: "tags", Tagging: { TagSet: [{ Key: "c", Value: "" }] } }));
    assert.deepEqual(await tags(), [{ Key: "c", Value: "" }]);
    await aws().s3.send(new DeleteObjectTaggingCommand({ Bucket, Key: "tags" }));
    assert.deepEqual(await tags(), []);
    const twice = { TagSet: ["1", "2"].map((Value) => ({ Key: "k", Value })) };
    assert.deepEqual(await refusal(aws().s3.send(new PutObjectTaggingCommand({ Bucket, Key: "tags", Tagging: twice }))), [
      400,
      "InvalidTag",
    ]);
  });

  it("a body of several megabytes comes back as it went, and so does any range of it", async () => {
    // Prepare
    const body = pattern(3_000_000);
    await put(Bucket, "large", body);
    // Act
    const whole = await aws().s3.send(new GetObjectCommand({ Bucket, Key: "large" }));
    const part = await aws().s3.send(new GetObjectCommand({ Bucket, Key: "large", Range: "bytes=1234567-2345678" }));
    // Assess
    assert.ok(body.equals((await whole.Body?.transformToByteArray()) ?? new Uint8Array()));
    assert.ok(body.subarray(1_234_567, 2_345_679).equals((await part.Body?.transformToByteArray()) ?? new Uint8Array()));
  });

  it("a reader of an object that is replaced meanwhile reads the one it began with", async () => {
    // Prepare
    const body = pattern(4_000_000);
    await put(Bucket, "read", body);
    const { Body } = await aws().s3.send(new GetObjectCommand({ Bucket, Key: "read" }));
    // Act
    await put(Bucket, "read", "another");
    const read = await Body?.transformToByteArray();
    // Assess
    assert.ok(body.equals(read ?? new Uint8Array()));
    assert.equal((await text("read")).text, "another");
  });

  it("a caller that is refused in the middle of its body is told so when it has sent it all", async function () {
    if (endpointKind() !== "milepost") this.skip();
    // Act
    const answer = await fetch(`${endpointUrl()}/${Bucket}/refused`, {
      method: "PUT",
      body: Buffer.alloc(20_000_000, "no chunk"),
      headers: {
        authorization: "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0",
        "content-encoding": "aws-chunked",
        "x-amz-decoded-content-length": "20000000",
      },
    });
    // Assess
    assert.equal(answer.status, 400);
    assert.match(await answer.text(), /<Code>InvalidChunk<\/Code>/);
  });

  it("a request without credentials is refused as private buckets refuse it", async () => {
    await put(Bucket, "private", "x");
    const answer = await fetch(`${endpointUrl()}/${Bucket}/private`);
    const body = await answer.text();
    await awsExpects(
      () => {
        assert.equal(answer.status, 403);
        assert.match(body, /<Code>AccessDenied<\/Code>/);
      },
      whereLocalStack("anonymous-callers-read", () => assert.deepEqual([answer.status, body], [200, "x"])),
    );
  });
});
