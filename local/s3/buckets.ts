import { ACCOUNT } from "../service.ts";
import { type Answer, NO_CONTENT, xmlAnswer, xmlTextAnswer } from "./answer.ts";
import type { BlobFile } from "./blobs.ts";
import type { BucketRow, S3State } from "./catalog.ts";
import { invalidArgument, malformedXml, notImplemented, s3Error } from "./errors.ts";
import { OWNER, readToken, writeToken } from "./list-objects.ts";
import { documentMoment } from "./moments.ts";
import { dropUpload } from "./multipart.ts";
import { refuseAcl } from "./object-headers.ts";
import { replace } from "./objects.ts";
import { receiveDocument } from "./receive.ts";
import type { BucketRequest, S3Request } from "./request.ts";
import { readXml, textOf, type XmlElement } from "./request-xml.ts";
import { taggingDocument } from "./setting-documents.ts";
import { readNewBucketTags } from "./tags.ts";

const DEFAULT_REGION = "us-east-1";
const OWNERSHIPS = ["BucketOwnerEnforced", "BucketOwnerPreferred", "ObjectWriter"];
const BUCKETS_MAX = 10_000;

export async function createBucket({ store, catalog }: S3State, request: BucketRequest): Promise<Answer> {
  const name = request.bucket;
  requireBucketName(name);
  refuseAcl(request);
  if (request.header("x-amz-bucket-object-lock-enabled")?.toLowerCase() === "true") throw notImplemented("object lock");
  const ownership = readOwnership(request);
  const configuration = readConfiguration(await receiveDocument(request));
  const region = readRegion(request, configuration);
  const tags = configuration === undefined ? undefined : taggingDocument(readNewBucketTags(configuration));
  await store.write(() => {
    const existing = catalog.bucket(name);
    if (existing !== undefined) {
      // The first region is the lenient one: there a caller may create its bucket twice.
      if (region === DEFAULT_REGION && existing.region === DEFAULT_REGION && tags === undefined) return;
      const message = "Your previous request to create the named bucket succeeded and you already own it.";
      throw s3Error(409, "BucketAlreadyOwnedByYou", message, { BucketName: name });
    }
    store.sql("INSERT INTO s3_buckets (name, region, created) VALUES (?, ?, ?)").run(name, region, request.now);
    if (tags !== undefined) catalog.putSetting(name, "tagging", tags);
    if (ownership !== undefined) catalog.putSetting(name, "ownershipControls", JSON.stringify({ Rule: { ObjectOwnership: ownership } }));
  });
  const location = region === DEFAULT_REGION ? `/${name}` : `${request.origin}/${name}/`;
  return { status: 200, headers: { location, "x-amz-bucket-arn": `arn:aws:s3:::${name}` } };
}

function requireBucketName(name: string): void {
  const wellFormed = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name) && !name.includes("..") && !/^\d+\.\d+\.\d+\.\d+$/.test(name);
  const reserved = /^(?:xn--|sthree-|amzn-s3-demo-)|(?:-s3alias|--ol-s3|\.mrap|--x-s3|--table-s3)$/.test(name);
  if (!wellFormed || reserved) throw s3Error(400, "InvalidBucketName", "The specified bucket is not valid.", { BucketName: name });
}

function readOwnership(request: BucketRequest): string | undefined {
  const ownership = request.header("x-amz-object-ownership");
  if (ownership !== undefined && !OWNERSHIPS.includes(ownership)) {
    throw invalidArgument(`Invalid x-amz-object-ownership header: ${ownership}`, "x-amz-object-ownership", null);
  }
  return ownership;
}

function readConfiguration(document: string): XmlElement | undefined {
  const root = document.trim() === "" ? undefined : readXml(document);
  if (root !== undefined && root.name !== "CreateBucketConfiguration") throw malformedXml();
  return root;
}

function readRegion(request: BucketRequest, configuration: XmlElement | undefined): string {
  const constraint = configuration === undefined ? undefined : textOf(configuration, "LocationConstraint");
  if (request.region === DEFAULT_REGION) {
    if (constraint !== undefined && !isRegion(constraint)) {
      const message = "The specified location-constraint is not valid";
      throw s3Error(400, "InvalidLocationConstraint", message, { LocationConstraint: constraint });
    }
    return constraint ?? DEFAULT_REGION;
  }
  if (constraint === request.region) return constraint;
  const named = constraint === undefined || constraint === "" ? "unspecified" : constraint;
  throw s3Error(
    400,
    "IllegalLocationConstraintException",
    `The ${named} location constraint is incompatible for the region specific endpoint this request was sent to.`,
  );
}

/** The first region is never named as a constraint, but as the lack of one. */
function isRegion(text: string): boolean {
  return text === "EU" || (text !== DEFAULT_REGION && /^(?:af|ap|ca|cn|eu|il|me|mx|sa|us)(?:-gov)?-[a-z]+-\d$/.test(text));
}

export async function headBucket({ store, catalog }: S3State, request: BucketRequest): Promise<Answer> {
  const bucket = await store.read(() => catalog.requireBucket(request.bucket));
  return {
    status: 200,
    headers: {
      "content-type": "application/xml",
      "x-amz-bucket-region": bucket.region,
      "x-amz-bucket-arn": `arn:aws:s3:::${bucket.name}`,
      "x-amz-access-point-alias": "false",
    },
  };
}

export async function deleteBucket(state: S3State, request: BucketRequest): Promise<Answer> {
  const { store, catalog } = state;
  await replace(state, [], () => {
    catalog.requireBucket(request.bucket);
    if (catalog.seek(request.bucket, "") !== undefined) {
      throw s3Error(409, "BucketNotEmpty", "The bucket you tried to delete is not empty", { BucketName: request.bucket });
    }
    const removed: BlobFile[] = [];
    for (const row of store.sql("SELECT id FROM s3_uploads WHERE bucket = ?").all(request.bucket)) {
      removed.push(...dropUpload(state, String(row.id)));
    }
    store.sql("DELETE FROM s3_settings WHERE bucket = ?").run(request.bucket);
    store.sql("DELETE FROM s3_buckets WHERE name = ?").run(request.bucket);
    return removed;
  });
  return NO_CONTENT;
}

export async function listBuckets({ store }: S3State, request: S3Request): Promise<Answer> {
  const token = request.query.get("continuation-token") ?? "";
  const prefix = request.query.get("prefix") ?? "";
  const region = request.query.get("bucket-region");
  const most = maxBuckets(request);
  const rows = await store.read(() => {
    const sql =
      "SELECT name, region, created FROM s3_buckets WHERE name > ?1 AND substr(name, 1, ?2) = ?3 AND (?4 IS NULL OR region = ?4) ORDER BY name LIMIT ?5";
    const after = token === "" ? "" : readToken(token);
    return store.sql(sql).all(after, prefix.length, prefix, region ?? null, most + 1) as unknown[] as BucketRow[];
  });
  const page = rows.slice(0, most);
  const last = page.at(-1);
  return xmlAnswer("ListAllMyBucketsResult", {
    Owner: OWNER,
    Buckets: {
      Bucket: page.map((bucket) => ({
        Name: bucket.name,
        CreationDate: documentMoment(bucket.created),
        BucketRegion: bucket.region,
        BucketArn: `arn:aws:s3:::${bucket.name}`,
      })),
    },
    ...(prefix === "" ? {} : { Prefix: prefix }),
    ...(rows.length > most && last !== undefined ? { ContinuationToken: writeToken(last.name) } : {}),
  });
}

function maxBuckets(request: S3Request): number {
  const text = request.query.get("max-buckets");
  if (text === undefined) return BUCKETS_MAX;
  const count = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (count < 1 || count > BUCKETS_MAX)
    throw invalidArgument(`Argument max-buckets must be an integer between 1 and ${BUCKETS_MAX}`, "max-buckets", text);
  return count;
}

export async function getBucketLocation({ store, catalog }: S3State, request: BucketRequest): Promise<Answer> {
  const { region } = await store.read(() => catalog.requireBucket(request.bucket));
  return xmlTextAnswer("LocationConstraint", region === DEFAULT_REGION ? "" : region);
}

/** A caller may say whose bucket it expects; there is one account here. */
export function checkExpectedOwner(request: S3Request): void {
  for (const header of ["x-amz-expected-bucket-owner", "x-amz-source-expected-bucket-owner"]) {
    const owner = request.header(header);
    if (owner === undefined || owner === ACCOUNT) continue;
    if (/^\d{12}$/.test(owner)) throw s3Error(403, "AccessDenied", "Access Denied");
    throw s3Error(
      400,
      "InvalidBucketOwnerAWSAccountID",
      `The value of the expected bucket owner parameter must be an AWS Account ID... [${owner}]`,
    );
  }
}
