import assert from "node:assert/strict";
import { AwsError } from "../../../local/errors.ts";
import { requireKey } from "../../../local/s3/request.ts";
import { requestFor } from "./harness.ts";

describe("parseS3Request", () => {
  for (const [host, url, bucket, key] of [
    ["127.0.0.1:4566", "/", undefined, undefined],
    ["127.0.0.1:4566", "/papers", "papers", undefined],
    ["127.0.0.1:4566", "/papers/", "papers", undefined],
    ["127.0.0.1:4566", "/papers/a/b%20c+d", "papers", "a/b c+d"],
    ["127.0.0.1:4566", "/papers/../../etc/passwd", "papers", "../../etc/passwd"],
    ["127.0.0.1:4566", "/papers//a//", "papers", "/a//"],
    ["localhost:4566", "/papers/a", "papers", "a"],
    ["s3.localhost:4566", "/papers/a", "papers", "a"],
    ["s3.eu-west-1.localhost", "/papers/a", "papers", "a"],
    ["papers.localhost:4566", "/a/b", "papers", "a/b"],
    ["papers.s3.localhost:4566", "/a/b", "papers", "a/b"],
    ["papers.s3.eu-west-1.localhost", "/a/b", "papers", "a/b"],
    ["my.papers.s3.localhost", "/", "my.papers", undefined],
  ] as const) {
    it(`reads ${host}${url} as bucket ${bucket} and key ${key}`, () => {
      const request = requestFor(url, { headers: { host } });
      assert.deepEqual([request.bucket, request.key], [bucket, key]);
    });
  }

  it("reads parameters with and without values", () => {
    const { query } = requestFor("/papers?uploads&prefix=a%2Fb+c&empty=");
    assert.deepEqual(
      [...query],
      [
        ["uploads", ""],
        ["prefix", "a/b c"],
        ["empty", ""],
      ],
    );
  });

  it("refuses encoding that is none", () => {
    assert.throws(
      () => requestFor("/papers/%ff"),
      (error) => error instanceof AwsError && error.code === "InvalidURI" && error.status === 400,
    );
  });
});

describe("requireKey", () => {
  it("takes 1,024 bytes of UTF-8 and refuses one more", () => {
    const longest = "ü".repeat(512);
    assert.equal(requireKey(longest), longest);
    assert.throws(
      () => requireKey(`${longest}a`),
      (error) => error instanceof AwsError && error.code === "KeyTooLongError" && error.members.Size === "1025",
    );
  });
});
