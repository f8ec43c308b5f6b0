import assert from "node:assert/strict";
import { ListObjectsCommand, ListObjectsV2Command, type ListObjectsV2CommandInput, ListObjectVersionsCommand } from "@aws-sdk/client-s3";
import { awsExpects, whereLocalStack } from "./support/deviations.ts";
import { aws } from "./support/endpoint.ts";
import { newBucket, put, refusal } from "./support/s3.ts";

const KEYS = ["a", "a/1", "a/2", "a/b/3", "b & <c>", "b/1", "ü/1", "\u{ffff}", "😀"];

describe("S3 listings", () => {
  let Bucket: string;
  before(async () => {
    Bucket = await newBucket();
    for (const key of [...KEYS].reverse()) await put(Bucket, key);
  });

  const list = async (input: Partial<ListObjectsV2CommandInput> = {}) => {
    const answer = await aws().s3.send(new ListObjectsV2Command({ Bucket, ...input }));
    return {
      ...answer,
      keys: answer.Contents?.map(({ Key }) => Key) ?? [],
      prefixes: answer.CommonPrefixes?.map(({ Prefix }) => Prefix) ?? [],
    };
  };

  it("all keys come in the order of their bytes, each with what is known of it", async () => {
    const answer = await list();
    assert.deepEqual(answer.keys, KEYS);
    assert.deepEqual([answer.KeyCount, answer.IsTruncated, answer.Name], [KEYS.length, false, Bucket]);
    const [first] = answer.Contents ?? [];
    assert.deepEqual([first?.Size, first?.ETag, first?.StorageClass], [1, '"0cc175b9c0f1b6a831c399e269772661"', "STANDARD"]);
  });

  it("keys under a delimiter are rolled up", async () => {
    const top = await list({ Delimiter: "/" });
    assert.deepEqual(
      [top.keys, top.prefixes],
      [
        ["a", "b & <c>", "\u{ffff}", "😀"],
        ["a/", "b/", "ü/"],
      ],
    );
    const below = await list({ Delimiter: "/", Prefix: "a/" });
    assert.deepEqual([below.keys, below.prefixes], [["a/1", "a/2"], ["a/b/"]]);
    assert.deepEqual((await list({ Prefix: "none" })).keys, []);
  });

  it("page by page, with and without a delimiter, everything comes once", async () => {
    const own = await newBucket();
    const keys = ["a", "a/1", "a/2", "a/b/3", "b", "c/1", "c/2", "d"];
    for (const key of keys) await put(own, key);
    for (const [Delimiter, expected] of [
      [undefined, keys],
      ["/", ["a", "a/", "b", "c/", "d"]],
    ] as const) {
      const seen: (string | undefined)[] = [];
      let token: string | undefined;
      do {
        const page = await list({ Bucket: own, Delimiter, MaxKeys: 2, ContinuationToken: token });
        const count = page.keys.length + page.prefixes.length;
        assert.ok(count <= 2);
        assert.equal(page.KeyCount, count);
        seen.push(...page.keys, ...page.prefixes);
        token = page.NextContinuationToken;
        assert.equal(page.IsTruncated, token !== undefined);
      } while (token !== undefined);
      assert.deepEqual([...seen].sort(), [...expected].sort());
    }
  });

  it("a listing starts after a given key", async () => {
    assert.deepEqual((await list({ StartAfter: "b/1" })).keys, ["ü/1", "\u{ffff}", "😀"]);
  });

  it("keys are percent-encoded where that is asked for", async () => {
    const answer = await list({ EncodingType: "url", Prefix: "b & <c>" });
    const answers = (key: string) => assert.deepEqual([answer.keys, answer.Prefix, answer.EncodingType], [[key], key, "url"]);
    await awsExpects(
      () => answers("b+%26+%3Cc%3E"),
      whereLocalStack("listed-spaces-are-percent-encoded", () => answers("b%20%26%20%3Cc%3E")),
    );
  });

  it("the older listing goes on from its marker", async () => {
    const first = await aws().s3.send(new ListObjectsCommand({ Bucket, MaxKeys: 2, Delimiter: "/" }));
    assert.deepEqual([first.IsTruncated, first.NextMarker], [true, "a/"]);
    const second = await aws().s3.send(new ListObjectsCommand({ Bucket, Delimiter: "/", Marker: first.NextMarker }));
    assert.deepEqual(
      second.CommonPrefixes?.map(({ Prefix }) => Prefix),
      ["b/", "ü/"],
    );
  });

  it("each object has one version, whose id is null", async () => {
    const { Versions } = await aws().s3.send(new ListObjectVersionsCommand({ Bucket, Prefix: "a" }));
    assert.deepEqual(
      Versions?.map(({ Key, VersionId, IsLatest }) => [Key, VersionId, IsLatest]),
      ["a", "a/1", "a/2", "a/b/3"].map((key) => [key, "null", true]),
    );
  });

  it("a token that is none, and a bucket that is none, are refused", async () => {
    const refused = await refusal(list({ ContinuationToken: "none" }));
    await awsExpects(
      () => assert.deepEqual(refused, [400, "InvalidArgument"]),
      whereLocalStack("bad-continuation-token-fails", () => assert.deepEqual(refused, [500, "InternalError"])),
    );
    assert.deepEqual(await refusal(list({ Bucket: "no-such-bucket-0123456789" })), [404, "NoSuchBucket"]);
  });
});
