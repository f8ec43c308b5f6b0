/** Buckets: only their tags can be changed in place. One that holds anything is never removed, since that would be lost. */
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteBucketTaggingCommand,
  GetBucketTaggingCommand,
  PutBucketTaggingCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import { type Calls, unlessMissing, until } from "../calls.ts";
import { pick, textAt, textMapAt } from "../read-inputs.ts";
import { ApplyError, type ResourceType } from "../resource-type.ts";
import type { Properties } from "../values.ts";
import { tagListOf, tagMapOf } from "./tags.ts";

const GONE = "NoSuchBucket";

export const S3_BUCKET: ResourceType = {
  type: "aws:s3/bucket:Bucket",
  inputs: ["bucket", "tags"],
  identify: (inputs) => pick(inputs, "bucket"),
  fixed: ["bucket"],
  isTagged: true,

  wanted: (inputs) => ({ bucket: textAt(inputs, "bucket"), tags: textMapAt(inputs, "tags") }),

  read: async (identity, { s3 }) => {
    const bucket = textAt(identity, "bucket");
    const tags = await tagsOf(s3, bucket);
    if (tags === undefined) return undefined;
    return { id: bucket, properties: { bucket, tags }, outputs: { id: bucket, arn: `arn:aws:s3:::${bucket}` } };
  },

  create: async (wanted, { s3 }) => {
    const Bucket = textAt(wanted, "bucket");
    await until(`the bucket's name ${Bucket} is free`, () => isMade(s3, Bucket));
    await putTags(s3, wanted);
  },

  update: async (wanted, _live, _touched, { s3 }) => putTags(s3, wanted),

  remove: async (identity, calls) => {
    const Bucket = textAt(identity, "bucket");
    await unlessMissing(deleteEmpty(Bucket, calls), GONE);
    await until(`the bucket ${Bucket} is gone`, async () => (await S3_BUCKET.read(identity, calls)) === undefined);
  },
};

/** A name is not free until the deletion of its bucket is done. It may be ours by this very call, which the SDK has repeated. */
async function isMade(s3: S3Client, Bucket: string): Promise<boolean> {
  try {
    await s3.send(new CreateBucketCommand({ Bucket }));
    return true;
  } catch (error) {
    if (!(error instanceof Error) || !["BucketAlreadyOwnedByYou", "OperationAborted"].includes(error.name)) throw error;
    return error.name === "BucketAlreadyOwnedByYou";
  }
}

/** Undefined where there is no such bucket. */
async function tagsOf(s3: S3Client, Bucket: string): Promise<Record<string, string> | undefined> {
  try {
    const { TagSet } = await s3.send(new GetBucketTaggingCommand({ Bucket }));
    return tagMapOf(TagSet);
  } catch (error) {
    if (error instanceof Error && error.name === GONE) return undefined;
    if (error instanceof Error && error.name === "NoSuchTagSet") return {};
    throw error;
  }
}

async function putTags(s3: S3Client, wanted: Properties): Promise<void> {
  const Bucket = textAt(wanted, "bucket");
  const TagSet = tagListOf(textMapAt(wanted, "tags"));
  if (TagSet.length > 0) await s3.send(new PutBucketTaggingCommand({ Bucket, Tagging: { TagSet } }));
  else await s3.send(new DeleteBucketTaggingCommand({ Bucket }));
}

async function deleteEmpty(Bucket: string, { s3 }: Calls): Promise<void> {
  try {
    await s3.send(new DeleteBucketCommand({ Bucket }));
  } catch (error) {
    if (!(error instanceof Error) || error.name !== "BucketNotEmpty") throw error;
    throw new ApplyError(
      `the bucket ${Bucket} is not empty, and nothing is emptied here, since what it holds would be lost: empty it first.`,
    );
  }
}
