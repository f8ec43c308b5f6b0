import assert from "node:assert/strict";
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteBucketLifecycleCommand,
  DeleteBucketPolicyCommand,
  DeleteBucketTaggingCommand,
  DeletePublicAccessBlockCommand,
  GetBucketAclCommand,
  GetBucketCorsCommand,
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketLocationCommand,
  GetBucketLoggingCommand,
  GetBucketOwnershipControlsCommand,
  GetBucketPolicyCommand,
  GetBucketReplicationCommand,
  GetBucketRequestPaymentCommand,
  GetBucketTaggingCommand,
  GetBucketVersioningCommand,
  GetBucketWebsiteCommand,
  GetObjectLockConfigurationCommand,
  GetPublicAccessBlockCommand,
  HeadBucketCommand,
  ListBucketsCommand,
  PutBucketEncryptionCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketOwnershipControlsCommand,
  PutBucketPolicyCommand,
  PutBucketTaggingCommand,
  PutBucketVersioningCommand,
  PutPublicAccessBlockCommand,
} from "@aws-sdk/client-s3";
import { awsExpects, whereLocalStack } from "./support/deviations.ts";
import { aws, endpointKind, uniqueName } from "./support/endpoint.ts";
import { newBucket, put, refusal } from "./support/s3.ts";

describe("S3 buckets", () => {
  it("a bucket is made, found, listed and deleted", async () => {
    // Prepare
    const Bucket = uniqueName("bucket");
    const names = async () => (await aws().s3.send(new ListBucketsCommand({}))).Buckets?.map(({ Name }) => Name) ?? [];
    // Act
    const { Location } = await aws().s3.send(new CreateBucketCommand({ Bucket }));
    // Assess
    assert.equal(Location, `/${Bucket}`);
    assert.ok((await names()).includes(Bucket));
    assert.equal((await aws().s3.send(new HeadBucketCommand({ Bucket }))).BucketRegion, "us-east-1");
    assert.equal((await aws().s3.send(new GetBucketLocationCommand({ Bucket }))).LocationConstraint, undefined);
    await aws().s3.send(new DeleteBucketCommand({ Bucket }));
    assert.ok(!(await names()).includes(Bucket));
    assert.deepEqual(await refusal(aws().s3.send(new HeadBucketCommand({ Bucket }))), [404, "NotFound"]);
    assert.deepEqual(await refusal(aws().s3.send(new DeleteBucketCommand({ Bucket }))), [404, "NoSuchBucket"]);
  });

  it("in the first region its owner may make a bucket twice, and its objects stay", async () => {
    const Bucket = await newBucket();
    await put(Bucket, "kept");
    await aws().s3.send(new CreateBucketCommand({ Bucket }));
    assert.deepEqual(await refusal(aws().s3.send(new DeleteBucketCommand({ Bucket }))), [409, "BucketNotEmpty"]);
  });

  it("a bucket lies where its location constraint says", async () => {
    const Bucket = uniqueName("bucket");
    await aws().s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration: { LocationConstraint: "eu-west-1" } }));
    assert.equal((await aws().s3.send(new GetBucketLocationCommand({ Bucket }))).LocationConstraint, "eu-west-1");
  });

  for (const Bucket of ["ab", "UpperCase", "under_score", "-dash", "dash-", "two..dots", "127.0.0.1", "a".repeat(64)]) {
    it(`the name ${Bucket} is refused`, async () => {
      assert.deepEqual(await refusal(aws().s3.send(new CreateBucketCommand({ Bucket }))), [400, "InvalidBucketName"]);
    });
  }

  it("a name that S3 keeps to itself is refused", async () => {
    const make = () => aws().s3.send(new CreateBucketCommand({ Bucket: `xn--${uniqueName("bucket")}` }));
    await awsExpects(
      async () => assert.deepEqual(await refusal(make()), [400, "InvalidBucketName"]),
      whereLocalStack("reserved-bucket-names-are-taken", async () => void (await make())),
    );
  });

  describe("a new bucket's settings", () => {
    let Bucket: string;
    before(async () => {
      Bucket = await newBucket();
    });

    it("it is private, encrypted, its owner's alone and not versioned", async () => {
      const { Grants, Owner } = await aws().s3.send(new GetBucketAclCommand({ Bucket }));
      assert.deepEqual(
        Grants?.map(({ Permission, Grantee }) => [Permission, Grantee?.Type, Grantee?.ID]),
        [["FULL_CONTROL", "CanonicalUser", Owner?.ID]],
      );
      const { PublicAccessBlockConfiguration } = await aws().s3.send(new GetPublicAccessBlockCommand({ Bucket }));
      assert.deepEqual(PublicAccessBlockConfiguration, {
        BlockPublicAcls: true,
        IgnorePublicAcls: true,
        BlockPublicPolicy: true,
        RestrictPublicBuckets: true,
      });
      const { OwnershipControls } = await aws().s3.send(new GetBucketOwnershipControlsCommand({ Bucket }));
      assert.deepEqual(OwnershipControls, { Rules: [{ ObjectOwnership: "BucketOwnerEnforced" }] });
      const { ServerSideEncryptionConfiguration } = await aws().s3.send(new GetBucketEncryptionCommand({ Bucket }));
      assert.equal(ServerSideEncryptionConfiguration?.Rules?.[0]?.ApplyServerSideEncryptionByDefault?.SSEAlgorithm, "AES256");
      assert.equal((await aws().s3.send(new GetBucketVersioningCommand({ Bucket }))).Status, undefined);
      assert.equal((await aws().s3.send(new GetBucketLoggingCommand({ Bucket }))).LoggingEnabled, undefined);
      assert.equal((await aws().s3.send(new GetBucketRequestPaymentCommand({ Bucket }))).Payer, "BucketOwner");
    });

    it("what it was not given is not there, each by its own name", async () => {
      const s3 = aws().s3;
      assert.deepEqual(await refusal(s3.send(new GetBucketPolicyCommand({ Bucket }))), [404, "NoSuchBucketPolicy"]);
      assert.deepEqual(await refusal(s3.send(new GetBucketCorsCommand({ Bucket }))), [404, "NoSuchCORSConfiguration"]);
      assert.deepEqual(await refusal(s3.send(new GetBucketWebsiteCommand({ Bucket }))), [404, "NoSuchWebsiteConfiguration"]);
      assert.deepEqual(await refusal(s3.send(new GetBucketTaggingCommand({ Bucket }))), [404, "NoSuchTagSet"]);
      assert.deepEqual(await refusal(s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket }))), [
        404,
        "NoSuchLifecycleConfiguration",
      ]);
      assert.deepEqual(await refusal(s3.send(new GetBucketReplicationCommand({ Bucket }))), [404, "ReplicationConfigurationNotFoundError"]);
      assert.deepEqual(await refusal(s3.send(new GetObjectLockConfigurationCommand({ Bucket }))), [
        404,
        "ObjectLockConfigurationNotFoundError",
      ]);
    });
  });

  describe("settings that are put", () => {
    let Bucket: string;
    before(async () => {
      Bucket = await newBucket();
    });

    it("tags are answered as they were put, and go", async () => {
      const TagSet = [
        { Key: "project", Value: "milepost" },
        { Key: "empty", Value: "" },
      ];
      await aws().s3.send(new PutBucketTaggingCommand({ Bucket, Tagging: { TagSet } }));
      assert.deepEqual((await aws().s3.send(new GetBucketTaggingCommand({ Bucket }))).TagSet, TagSet);
      await aws().s3.send(new DeleteBucketTaggingCommand({ Bucket }));
      assert.deepEqual(await refusal(aws().s3.send(new GetBucketTaggingCommand({ Bucket }))), [404, "NoSuchTagSet"]);
    });

    it("a policy is answered as the text that was put", async () => {
      const Policy = JSON.stringify({
        Version: "2012-10-17",
        Statement: [{ Effect: "Deny", Principal: "*", Action: "s3:GetObject", Resource: `arn:aws:s3:::${Bucket}/*` }],
      });
      await aws().s3.send(new PutBucketPolicyCommand({ Bucket, Policy }));
      assert.deepEqual(JSON.parse((await aws().s3.send(new GetBucketPolicyCommand({ Bucket }))).Policy ?? ""), JSON.parse(Policy));
      assert.deepEqual(await refusal(aws().s3.send(new PutBucketPolicyCommand({ Bucket, Policy: "none" }))), [400, "MalformedPolicy"]);
      await aws().s3.send(new DeleteBucketPolicyCommand({ Bucket }));
      assert.deepEqual(await refusal(aws().s3.send(new GetBucketPolicyCommand({ Bucket }))), [404, "NoSuchBucketPolicy"]);
    });

    it("the public access block is put and, once deleted, not there", async () => {
      const PublicAccessBlockConfiguration = {
        BlockPublicAcls: true,
        IgnorePublicAcls: false,
        BlockPublicPolicy: true,
        RestrictPublicBuckets: false,
      };
      await aws().s3.send(new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration }));
      const answer = await aws().s3.send(new GetPublicAccessBlockCommand({ Bucket }));
      assert.deepEqual(answer.PublicAccessBlockConfiguration, PublicAccessBlockConfiguration);
      await aws().s3.send(new DeletePublicAccessBlockCommand({ Bucket }));
      assert.deepEqual(await refusal(aws().s3.send(new GetPublicAccessBlockCommand({ Bucket }))), [
        404,
        "NoSuchPublicAccessBlockConfiguration",
      ]);
    });

    it("ownership and encryption are answered as they were put", async () => {
      const Rules = [{ ObjectOwnership: "BucketOwnerPreferred" as const }];
      await aws().s3.send(new PutBucketOwnershipControlsCommand({ Bucket, OwnershipControls: { Rules } }));
      assert.deepEqual((await aws().s3.send(new GetBucketOwnershipControlsCommand({ Bucket }))).OwnershipControls, { Rules });
      const rule = { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" as const }, BucketKeyEnabled: true };
      await aws().s3.send(new PutBucketEncryptionCommand({ Bucket, ServerSideEncryptionConfiguration: { Rules: [rule] } }));
      const { ServerSideEncryptionConfiguration } = await aws().s3.send(new GetBucketEncryptionCommand({ Bucket }));
      assert.deepEqual(ServerSideEncryptionConfiguration?.Rules, [rule]);
    });

    it("a lifecycle is answered rule by rule, and refused where a rule says nothing", async () => {
      const Rules = [
        { ID: "old", Status: "Enabled" as const, Filter: { Prefix: "logs/" }, Expiration: { Days: 30 } },
        { ID: "parts", Status: "Disabled" as const, Filter: { Prefix: "" }, AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 } },
      ];
      await aws().s3.send(new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration: { Rules } }));
      assert.deepEqual((await aws().s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket }))).Rules, Rules);
      const empty = { Rules: [{ ID: "empty", Status: "Enabled" as const, Filter: { Prefix: "" } }] };
      const refused = refusal(aws().s3.send(new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration: empty })));
      if (endpointKind() === "milepost") assert.deepEqual(await refused, [400, "MalformedXML"]);
      else await refused.catch(() => undefined);
      await aws().s3.send(new DeleteBucketLifecycleCommand({ Bucket }));
    });

    it("versioning that is not there is refused in so many words, never half done", async function () {
      if (endpointKind() !== "milepost") this.skip();
      const enable = new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: "Enabled" } });
      assert.deepEqual(await refusal(aws().s3.send(enable)), [501, "NotImplemented"]);
      assert.equal((await aws().s3.send(new GetBucketVersioningCommand({ Bucket }))).Status, undefined);
    });

    it("settings of a bucket that is not there are refused", async () => {
      const none = "no-such-bucket-0123456789";
      assert.deepEqual(await refusal(aws().s3.send(new GetBucketVersioningCommand({ Bucket: none }))), [404, "NoSuchBucket"]);
      const tagging = new PutBucketTaggingCommand({ Bucket: none, Tagging: { TagSet: [] } });
      assert.deepEqual(await refusal(aws().s3.send(tagging)), [404, "NoSuchBucket"]);
    });
  });
});
