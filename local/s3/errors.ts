import { AwsError } from "../errors.ts";
import type { JsonObject } from "../json.ts";

/** S3's errors that more than one operation answers, worded as AWS words them. */

export function s3Error(status: number, code: string, message: string, members: JsonObject = {}): AwsError {
  return new AwsError(code, message, { status, members });
}

/** A header asks for what S3 does not offer there. */
export function headerNotImplemented(header: string, members: JsonObject = {}): AwsError {
  const message = "A header you provided implies functionality that is not implemented";
  return s3Error(501, "NotImplemented", message, { Header: header, ...members });
}

export function noSuchBucket(bucket: string): AwsError {
  return s3Error(404, "NoSuchBucket", "The specified bucket does not exist", { BucketName: bucket });
}

export function noSuchKey(key: string): AwsError {
  return s3Error(404, "NoSuchKey", "The specified key does not exist.", { Key: key });
}

export function noSuchUpload(upload: string): AwsError {
  const message = "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.";
  return s3Error(404, "NoSuchUpload", message, { UploadId: upload });
}

export function accessDenied(message = "Access Denied", members: JsonObject = {}): AwsError {
  return s3Error(403, "AccessDenied", message, members);
}

export function invalidRequest(message: string): AwsError {
  return s3Error(400, "InvalidRequest", message);
}

export function invalidArgument(message: string, name: string, value: string | null): AwsError {
  return s3Error(400, "InvalidArgument", message, value === null ? { ArgumentName: name } : { ArgumentName: name, ArgumentValue: value });
}

export function malformedXml(): AwsError {
  return s3Error(400, "MalformedXML", "The XML you provided was not well-formed or did not validate against our published schema");
}

export function preconditionFailed(condition: string): AwsError {
  const message = "At least one of the pre-conditions you specified did not hold";
  return s3Error(412, "PreconditionFailed", message, { Condition: condition });
}

/** What S3 has and this endpoint does not: `what` says it in words a caller recognises. */
export function notImplemented(what: string, members: JsonObject = {}): AwsError {
  return s3Error(501, "NotImplemented", `The embedded endpoint does not cover ${what}.`, members);
}
