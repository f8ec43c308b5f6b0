/**
 * A bucket. On AWS nobody outside the account sees into it, it is encrypted, it keeps what is overwritten, and it answers
 * nobody who comes without TLS. There bucket names are one world's, so the name gets project and stack before it and AWS's
 * own letters behind it; on this machine it is the one given.
 */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Target } from "./target.ts";

/** Every action that a principal of this stack might be given on a bucket or on what is in it. */
const REFUSED_WITHOUT_TLS = ["s3:DeleteObject", "s3:GetObject", "s3:GetObjectVersion", "s3:ListBucket", "s3:PutObject"];

/** AWS takes no longer prefix. */
const PREFIX_LENGTH_MAX = 37;

export function makeBucket(target: Target, name: string): aws.s3.Bucket {
  const bucket = new aws.s3.Bucket(name, target.isAws ? { bucketPrefix: prefixOf(name) } : { bucket: name }, target.options);
  if (target.isAws) protect(target, name, bucket);
  return bucket;
}

/** A stack may be called what no bucket can be. */
function prefixOf(name: string): string {
  const full = `${pulumi.getProject()}-${pulumi.getStack()}-${name}`.toLowerCase().replace(/[^a-z0-9]+/g, "-");
  return `${full.slice(0, PREFIX_LENGTH_MAX - 1)}-`;
}

function protect({ options }: Target, name: string, { bucket, arn }: aws.s3.Bucket): void {
  const block = { blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true };
  const access = new aws.s3.BucketPublicAccessBlock(name, { bucket, ...block }, options);
  new aws.s3.BucketServerSideEncryptionConfiguration(
    name,
    { bucket, rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }] },
    options,
  );
  new aws.s3.BucketVersioning(name, { bucket, versioningConfiguration: { status: "Enabled" } }, options);
  // S3 takes one change of who may what at a time.
  new aws.s3.BucketPolicy(name, { bucket, policy: refusePlain(arn) }, { ...options, dependsOn: [access] });
}

/** The one policy for everybody, since it only takes away. */
function refusePlain(arn: pulumi.Output<string>): pulumi.Output<string> {
  const statement = {
    Effect: "Deny",
    Principal: "*",
    Action: REFUSED_WITHOUT_TLS,
    Resource: [arn, pulumi.interpolate`${arn}/*`],
    Condition: { Bool: { "aws:SecureTransport": "false" } },
  };
  return pulumi.jsonStringify({ Version: "2012-10-17", Statement: [statement] });
}
