import { isObject, type JsonObject } from "../json.ts";
import { type Answer, NO_CONTENT, xmlAnswer, xmlTextAnswer } from "./answer.ts";
import type { S3State } from "./catalog.ts";
import { invalidRequest, noSuchKey, notImplemented, s3Error } from "./errors.ts";
import { OWNER_ID } from "./list-objects.ts";
import { refuseAcl } from "./object-headers.ts";
import { receiveDocument } from "./receive.ts";
import type { BucketRequest, ObjectRequest } from "./request.ts";
import { type Absence, isAbsence, type Setting } from "./setting-documents.ts";
import { readTagging } from "./tags.ts";

/** Reading, writing and deleting the documents that are a bucket's settings. */

export async function getSetting({ store, catalog }: S3State, request: BucketRequest, setting: Setting): Promise<Answer> {
  const document = await store.read(() => {
    catalog.requireBucket(request.bucket);
    return catalog.setting(request.bucket, setting.name);
  });
  const stored = document === null ? setting.deleted : document;
  if (stored === undefined) return answerFresh(setting, setting.fresh, request);
  if (typeof stored !== "string") return answerFresh(setting, stored, request);
  if (setting.name === "policy") return { status: 200, headers: { "content-type": "application/json" }, body: stored };
  const tree: unknown = JSON.parse(stored);
  return xmlAnswer(setting.root, isObject(tree) ? tree : {}, setting.headers);
}

function answerFresh(setting: Setting, fresh: JsonObject | Absence, request: BucketRequest): Answer {
  if (isAbsence(fresh)) throw s3Error(404, fresh.absent, fresh.message, { BucketName: request.bucket });
  return xmlAnswer(setting.root, fresh);
}

export async function putSetting({ store, catalog }: S3State, request: BucketRequest, setting: Setting): Promise<Answer> {
  await store.read(() => catalog.requireBucket(request.bucket));
  if (setting.read === undefined) throw notImplemented(`a bucket's ${setting.name} configuration`);
  const document = setting.read(await receiveDocument(request));
  await store.write(() => {
    catalog.requireBucket(request.bucket);
    if (document === undefined) catalog.deleteSetting(request.bucket, setting.name);
    else catalog.putSetting(request.bucket, setting.name, document);
  });
  const answersEmpty = setting.name === "policy" || setting.name === "tagging";
  return answersEmpty ? NO_CONTENT : { status: 200, ...(setting.headers === undefined ? {} : { headers: setting.headers }) };
}

export async function deleteSetting({ store, catalog }: S3State, request: BucketRequest, setting: Setting): Promise<Answer> {
  await store.write(() => {
    catalog.requireBucket(request.bucket);
    if (setting.deleted === undefined) catalog.deleteSetting(request.bucket, setting.name);
    else catalog.putSetting(request.bucket, setting.name, null);
  });
  return NO_CONTENT;
}

/** Written as text because of the attribute that tells a grantee's type. */
const PRIVATE_ACL =
  `<Owner><ID>${OWNER_ID}</ID></Owner><AccessControlList><Grant>` +
  `<Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="CanonicalUser"><ID>${OWNER_ID}</ID></Grantee>` +
  "<Permission>FULL_CONTROL</Permission></Grant></AccessControlList>";

export async function getBucketAcl({ store, catalog }: S3State, request: BucketRequest): Promise<Answer> {
  await store.read(() => catalog.requireBucket(request.bucket));
  return xmlTextAnswer("AccessControlPolicy", PRIVATE_ACL);
}

export async function getObjectAcl({ store, catalog }: S3State, request: ObjectRequest): Promise<Answer> {
  await store.read(() => catalog.requireObject(request.bucket, request.key));
  return xmlTextAnswer("AccessControlPolicy", PRIVATE_ACL);
}

/** The one ACL that can be put is the one everything has. */
export async function putAcl({ store, catalog }: S3State, request: BucketRequest): Promise<Answer> {
  await store.read(() =>
    request.key === undefined ? catalog.requireBucket(request.bucket) : catalog.requireObject(request.bucket, request.key),
  );
  const document = await receiveDocument(request);
  refuseAcl(request);
  if (document.trim() !== "") throw s3Error(400, "AccessControlListNotSupported", "The bucket does not allow ACLs");
  if (request.header("x-amz-acl") === undefined) {
    throw s3Error(400, "MissingSecurityHeader", "Your request was missing a required header", { MissingHeaderName: "x-amz-acl" });
  }
  return { status: 200 };
}

export async function getPolicyStatus({ store, catalog }: S3State, request: BucketRequest): Promise<Answer> {
  const policy = await store.read(() => {
    catalog.requireBucket(request.bucket);
    return catalog.setting(request.bucket, "policy");
  });
  if (typeof policy !== "string")
    throw s3Error(404, "NoSuchBucketPolicy", "The bucket policy does not exist", { BucketName: request.bucket });
  return xmlAnswer("PolicyStatus", { IsPublic: false });
}

export async function getObjectTagging({ store, catalog }: S3State, request: ObjectRequest): Promise<Answer> {
  const object = await store.read(() => {
    catalog.requireBucket(request.bucket);
    return catalog.object(request.bucket, request.key);
  });
  // Of the tagging calls this one names the bucket in its error, too.
  if (object === undefined) throw noSuchKey(`${request.bucket}/${request.key}`);
  const tags: unknown = JSON.parse(object.tags);
  return xmlAnswer("Tagging", { TagSet: { Tag: Array.isArray(tags) ? tags : [] } });
}

export async function putObjectTagging(state: S3State, request: ObjectRequest): Promise<Answer> {
  await setObjectTags(state, request, JSON.stringify(readTagging(await receiveDocument(request), "object")));
  return { status: 200 };
}

export async function deleteObjectTagging(state: S3State, request: ObjectRequest): Promise<Answer> {
  await setObjectTags(state, request, "[]");
  return NO_CONTENT;
}

async function setObjectTags({ store, catalog }: S3State, request: ObjectRequest, tags: string): Promise<void> {
  await store.write(() => {
    catalog.requireObject(request.bucket, request.key);
    catalog.setTags(request.bucket, request.key, tags);
  });
}

/** Object lock is not covered, so no bucket has it: its reads answer as they do for such buckets. */
export async function getObjectLock({ store, catalog }: S3State, request: ObjectRequest): Promise<Answer> {
  await store.read(() => catalog.requireObject(request.bucket, request.key));
  throw invalidRequest("Bucket is missing Object Lock Configuration");
}
