import assert from "node:assert/strict";
import { makeBucket } from "../../../pulumi/bucket.ts";
import { makeTarget } from "../../../pulumi/target.ts";
import { jsonIn, type MadeStack, mockProgram } from "./support/stack.ts";

const LOCAL = { "milepost:localstack_endpoint": "http://127.0.0.1:4566" };
const AWS = { "aws:region": "eu-west-1" };

function withBucket(stack: string, config: Readonly<Record<string, string>>): Promise<MadeStack> {
  return mockProgram(stack, config, () => ({ arn: makeBucket(makeTarget({}), "results-bucket").arn }));
}

function typesOf({ resources }: MadeStack): string[] {
  return resources.map(({ type }) => type).filter((type) => type.startsWith("aws:s3/"));
}

describe("makeBucket", function () {
  this.timeout(30_000);

  it("makes on this machine a bucket of exactly the name given, and nothing else", async () => {
    const stack = await withBucket("local", LOCAL);

    assert.deepEqual(typesOf(stack), ["aws:s3/bucket:Bucket"]);
    assert.deepEqual(stack.of("aws:s3/bucket:Bucket")[0]?.inputs, { bucket: "results-bucket" });
  });

  it("puts project and stack before the name on AWS, where bucket names are one world's", async () => {
    const stack = await withBucket("aws", AWS);

    assert.deepEqual(stack.of("aws:s3/bucket:Bucket")[0]?.inputs, { bucketPrefix: "milepost-aws-results-bucket-" });
  });

  it("makes of any stack's name a prefix that S3 takes", async () => {
    const stack = await withBucket("Production_of-the-north.west", AWS);

    const prefix = stack.of("aws:s3/bucket:Bucket")[0]?.inputs.bucketPrefix;
    assert.match(String(prefix), /^milepost-production-of-the-[a-z0-9-]{0,9}-$/);
  });

  it("lets nobody in from outside, encrypts, and keeps what is overwritten, on AWS", async () => {
    const stack = await withBucket("aws", AWS);

    const [access] = stack.of("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock");
    for (const block of ["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"])
      assert.equal(access?.inputs[block], true, block);
    const [encryption] = stack.of("aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration");
    assert.match(JSON.stringify(encryption?.inputs.rules), /"sseAlgorithm":"AES256"/);
    const [versioning] = stack.of("aws:s3/bucketVersioning:BucketVersioning");
    assert.deepEqual(versioning?.inputs.versioningConfiguration, { status: "Enabled" });
  });

  it("has one policy on AWS, which allows nothing: it refuses everybody who comes without TLS, by named actions", async () => {
    const stack = await withBucket("aws", AWS);

    const [policy, ...others] = stack.of("aws:s3/bucketPolicy:BucketPolicy");
    assert.ok(policy !== undefined && others.length === 0);
    const { Statement } = jsonIn(policy, "policy") as { Statement: readonly Record<string, unknown>[] };
    assert.deepEqual(Statement, [
      {
        Effect: "Deny",
        Principal: "*",
        Action: ["s3:DeleteObject", "s3:GetObject", "s3:GetObjectVersion", "s3:ListBucket", "s3:PutObject"],
        Resource: ["arn:aws:s3:::results-bucket", "arn:aws:s3:::results-bucket/*"],
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
    ]);
  });
});
