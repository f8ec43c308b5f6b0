import { CreateBucketCommand, PutObjectCommand, S3ServiceException } from "@aws-sdk/client-s3";
import { aws, uniqueName } from "./endpoint.ts";

export async function newBucket(): Promise<string> {
  const Bucket = uniqueName("bucket");
  await aws().s3.send(new CreateBucketCommand({ Bucket }));
  return Bucket;
}

export async function put(Bucket: string, Key: string, Body: string | Uint8Array = Key): Promise<void> {
  await aws().s3.send(new PutObjectCommand({ Bucket, Key, Body }));
}

/** The status and code with which a call is refused; a call that is not refused fails the test. */
export async function refusal(call: Promise<unknown>): Promise<[number | undefined, string]> {
  try {
    await call;
  } catch (error) {
    if (error instanceof S3ServiceException) return [error.$metadata.httpStatusCode, error.name];
    throw error;
  }
  throw new Error("The call was not refused.");
}

/** Bytes that do not repeat at any power of two, so that a misplaced piece shows. */
export function pattern(length: number): Buffer {
  return Buffer.from(Uint8Array.from({ length }, (_, index) => (index * 31 + (index >> 8) * 7 + (index >> 16) * 13) & 0xff));
}
