import type { Answer } from "./answer.ts";
import { createBucket, deleteBucket, getBucketLocation, headBucket, listBuckets } from "./buckets.ts";
import type { S3State } from "./catalog.ts";
import { completeUpload } from "./complete-upload.ts";
import { copyObject } from "./copy.ts";
import { notImplemented, s3Error } from "./errors.ts";
import { listObjectsV1, listObjectsV2, listObjectVersions } from "./list-objects.ts";
import { listUploads } from "./list-uploads.ts";
import { abortUpload, createUpload, listParts, uploadPart, uploadPartCopy } from "./multipart.ts";
import { deleteObject, deleteObjects, getObject, getObjectAttributes, putObject } from "./objects.ts";
import { type BucketRequest, type ObjectRequest, requireKey, type S3Request } from "./request.ts";
import { SETTINGS, type Setting } from "./setting-documents.ts";
import {
  deleteObjectTagging,
  deleteSetting,
  getBucketAcl,
  getObjectAcl,
  getObjectLock,
  getObjectTagging,
  getPolicyStatus,
  getSetting,
  putAcl,
  putObjectTagging,
  putSetting,
} from "./settings.ts";

interface Operation<Request> {
  readonly name: string;
  run(state: S3State, request: Request): Promise<Answer>;
}

/** By `<method> <sub-resource>`; without a sub-resource it is the bucket itself. */
const BUCKET_OPERATIONS = new Map<string, Operation<BucketRequest>>([
  ["PUT ", { name: "CreateBucket", run: createBucket }],
  ["HEAD ", { name: "HeadBucket", run: headBucket }],
  ["DELETE ", { name: "DeleteBucket", run: deleteBucket }],
  ["GET ", { name: "ListObjects", run: listObjectsV1 }],
  ["GET list-type", { name: "ListObjectsV2", run: listObjectsV2 }],
  ["GET location", { name: "GetBucketLocation", run: getBucketLocation }],
  ["GET versions", { name: "ListObjectVersions", run: listObjectVersions }],
  ["GET uploads", { name: "ListMultipartUploads", run: listUploads }],
  ["POST delete", { name: "DeleteObjects", run: deleteObjects }],
  ["GET acl", { name: "GetBucketAcl", run: getBucketAcl }],
  ["PUT acl", { name: "PutBucketAcl", run: putAcl }],
  ["GET policyStatus", { name: "GetBucketPolicyStatus", run: getPolicyStatus }],
  ...SETTINGS.flatMap(settingOperations),
]);

const OBJECT_OPERATIONS = new Map<string, Operation<ObjectRequest>>([
  ["PUT ", { name: "PutObject", run: putObject }],
  ["PUT copy", { name: "CopyObject", run: copyObject }],
  ["GET ", { name: "GetObject", run: getObject }],
  ["HEAD ", { name: "HeadObject", run: getObject }],
  ["DELETE ", { name: "DeleteObject", run: deleteObject }],
  ["POST uploads", { name: "CreateMultipartUpload", run: createUpload }],
  ["PUT uploadId", { name: "UploadPart", run: uploadPart }],
  ["PUT uploadId copy", { name: "UploadPartCopy", run: uploadPartCopy }],
  ["POST uploadId", { name: "CompleteMultipartUpload", run: completeUpload }],
  ["DELETE uploadId", { name: "AbortMultipartUpload", run: abortUpload }],
  ["GET uploadId", { name: "ListParts", run: listParts }],
  ["GET attributes", { name: "GetObjectAttributes", run: getObjectAttributes }],
  ["GET tagging", { name: "GetObjectTagging", run: getObjectTagging }],
  ["PUT tagging", { name: "PutObjectTagging", run: putObjectTagging }],
  ["DELETE tagging", { name: "DeleteObjectTagging", run: deleteObjectTagging }],
  ["GET acl", { name: "GetObjectAcl", run: getObjectAcl }],
  ["PUT acl", { name: "PutObjectAcl", run: putAcl }],
  ["GET retention", { name: "GetObjectRetention", run: getObjectLock }],
  ["GET legal-hold", { name: "GetObjectLegalHold", run: getObjectLock }],
]);

/** What a setting can be asked for; a put that is not covered says so itself. */
function settingOperations(setting: Setting): [string, Operation<BucketRequest>][] {
  const { name, title } = setting;
  const operations: [string, Operation<BucketRequest>][] = [
    [`GET ${name}`, { name: `Get${title}`, run: (state, request) => getSetting(state, request, setting) }],
    [`PUT ${name}`, { name: `Put${title}`, run: (state, request) => putSetting(state, request, setting) }],
  ];
  if (setting.deletable) {
    // AWS's own name is the shorter one here.
    const deletion = title === "BucketLifecycleConfiguration" ? "DeleteBucketLifecycle" : `Delete${title}`;
    operations.push([`DELETE ${name}`, { name: deletion, run: (state, request) => deleteSetting(state, request, setting) }]);
  }
  return operations;
}

const UNCOVERED = new Set(SETTINGS.filter(({ read }) => read === undefined).map(({ title }) => `Put${title}`));

/** The names of the operations covered. */
export const S3_OPERATIONS: readonly string[] = [
  "ListBuckets",
  ...[...BUCKET_OPERATIONS.values(), ...OBJECT_OPERATIONS.values()].map(({ name }) => name).filter((name) => !UNCOVERED.has(name)),
];

/** Names that, alone in an address, ask for something beside the bucket or object itself. */
const BUCKET_SUBRESOURCES = subresources(BUCKET_OPERATIONS, [
  ...["abac", "analytics", "intelligent-tiering", "inventory", "metadataConfiguration", "metadataInventoryTable"],
  ...["metadataJournalTable", "metadataTable", "metrics", "session"],
]);
const OBJECT_SUBRESOURCES = subresources(OBJECT_OPERATIONS, ["append", "encryption", "renameObject", "restore", "select", "torrent"]);

function subresources(operations: ReadonlyMap<string, unknown>, others: readonly string[]): ReadonlySet<string> {
  return new Set([...[...operations.keys()].flatMap((name) => name.split(" ").slice(1)), ...others]);
}

/** The operation a request asks for, bound to it. */
export function findOperation(request: S3Request): (state: S3State) => Promise<Answer> {
  const { bucket, key } = request;
  if (bucket === undefined) {
    if (request.method === "GET") return (state) => listBuckets(state, request);
    throw methodNotAllowed(request, "SERVICE");
  }
  if (key === undefined) {
    const name = operationName(request, BUCKET_SUBRESOURCES);
    const operation = BUCKET_OPERATIONS.get(name);
    if (operation === undefined) throw notCovered(request, name, "BUCKET");
    return (state) => operation.run(state, { ...request, bucket });
  }
  const copies = request.method === "PUT" && request.header("x-amz-copy-source") !== undefined;
  const name = operationName(request, OBJECT_SUBRESOURCES);
  const operation = OBJECT_OPERATIONS.get(copies ? `${name} copy`.replace("  ", " ") : name);
  if (operation === undefined) throw notCovered(request, name, "OBJECT");
  return (state) => operation.run(state, { ...request, bucket, key: requireKey(key) });
}

function operationName(request: S3Request, subresources: ReadonlySet<string>): string {
  const subresource = [...request.query.keys()].find((name) => name !== "" && subresources.has(name));
  return `${request.method} ${subresource ?? ""}`;
}

function notCovered(request: S3Request, name: string, resource: string): Error {
  const subresource = name.slice(name.indexOf(" ") + 1);
  if (subresource !== "") {
    console.error(`Not covered by this endpoint: s3 ${name}`);
    return notImplemented(`${request.method} ?${subresource} of S3`);
  }
  return methodNotAllowed(request, resource);
}

function methodNotAllowed(request: S3Request, resource: string): Error {
  const message = "The specified method is not allowed against this resource.";
  return s3Error(405, "MethodNotAllowed", message, { Method: request.method, ResourceType: resource });
}
