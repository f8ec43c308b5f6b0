import { randomUUID } from "node:crypto";
import { isObject, type Json, type JsonObject } from "../json.ts";
import { malformedXml, notImplemented, s3Error } from "./errors.ts";
import { childOf, childrenOf, readXml, textOf, treeOf, type XmlElement } from "./request-xml.ts";
import { readTagging, type Tag } from "./tags.ts";

/** What is answered where a setting is not there. */
export interface Absence {
  readonly absent: string;
  readonly message: string;
}

/** A sub-resource of a bucket that holds one document, as `?tagging`. */
export interface Setting {
  /** The name as the address has it. */
  readonly name: string;
  /** The name as the operations have it: `Get…`, `Put…`, `Delete…`. */
  readonly title: string;
  /** The document's outermost element. */
  readonly root: string;
  /** What a bucket answers that was never given one. */
  readonly fresh: JsonObject | Absence;
  /** What it answers after a deletion, where buckets are born with the setting. */
  readonly deleted?: Absence;
  /** Checks what is put and gives the text to store, or undefined for none; a setting without this cannot be put here. */
  readonly read?: (document: string) => string | undefined;
  /** False where S3 has no deletion of it: it is put in another state instead. */
  readonly deletable: boolean;
  readonly headers?: Readonly<Record<string, string>>;
}

export function isAbsence(fresh: JsonObject | Absence): fresh is Absence {
  return typeof fresh.absent === "string";
}

const PUBLIC_ACCESS_MEMBERS = ["BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"];
const OWNERSHIPS = ["BucketOwnerEnforced", "BucketOwnerPreferred", "ObjectWriter"];

function absent(code: string, message: string): Absence {
  return { absent: code, message };
}

export const SETTINGS: readonly Setting[] = [
  { name: "versioning", title: "BucketVersioning", deletable: false, root: "VersioningConfiguration", fresh: {}, read: readVersioning },
  {
    name: "policy",
    title: "BucketPolicy",
    deletable: true,
    root: "Policy",
    fresh: absent("NoSuchBucketPolicy", "The bucket policy does not exist"),
    read: readPolicy,
  },
  {
    name: "tagging",
    title: "BucketTagging",
    deletable: true,
    root: "Tagging",
    fresh: absent("NoSuchTagSet", "The TagSet does not exist"),
    read: readBucketTagging,
  },
  {
    name: "encryption",
    title: "BucketEncryption",
    deletable: true,
    root: "ServerSideEncryptionConfiguration",
    fresh: { Rule: { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" }, BucketKeyEnabled: false } },
    read: readEncryption,
  },
  {
    name: "publicAccessBlock",
    title: "PublicAccessBlock",
    deletable: true,
    root: "PublicAccessBlockConfiguration",
    fresh: Object.fromEntries(PUBLIC_ACCESS_MEMBERS.map((name) => [name, true])),
    deleted: absent("NoSuchPublicAccessBlockConfiguration", "The public access block configuration was not found"),
    read: readPublicAccessBlock,
  },
  {
    name: "ownershipControls",
    title: "BucketOwnershipControls",
    deletable: true,
    root: "OwnershipControls",
    fresh: { Rule: { ObjectOwnership: "BucketOwnerEnforced" } },
    deleted: absent("OwnershipControlsNotFoundError", "The bucket ownership controls were not found"),
    read: readOwnershipControls,
  },
  {
    name: "lifecycle",
    title: "BucketLifecycleConfiguration",
    deletable: true,
    root: "LifecycleConfiguration",
    fresh: absent("NoSuchLifecycleConfiguration", "The lifecycle configuration does not exist"),
    read: readLifecycle,
    headers: { "x-amz-transition-default-minimum-object-size": "all_storage_classes_128K" },
  },
  {
    name: "cors",
    title: "BucketCors",
    deletable: true,
    root: "CORSConfiguration",
    fresh: absent("NoSuchCORSConfiguration", "The CORS configuration does not exist"),
  },
  {
    name: "website",
    title: "BucketWebsite",
    deletable: true,
    root: "WebsiteConfiguration",
    fresh: absent("NoSuchWebsiteConfiguration", "The specified bucket does not have a website configuration"),
  },
  {
    name: "replication",
    title: "BucketReplication",
    deletable: true,
    root: "ReplicationConfiguration",
    fresh: absent("ReplicationConfigurationNotFoundError", "The replication configuration was not found"),
  },
  {
    name: "object-lock",
    title: "ObjectLockConfiguration",
    deletable: false,
    root: "ObjectLockConfiguration",
    fresh: absent("ObjectLockConfigurationNotFoundError", "Object Lock configuration does not exist for this bucket"),
  },
  { name: "logging", title: "BucketLogging", deletable: false, root: "BucketLoggingStatus", fresh: {} },
  { name: "accelerate", title: "BucketAccelerateConfiguration", deletable: false, root: "AccelerateConfiguration", fresh: {} },
  { name: "notification", title: "BucketNotificationConfiguration", deletable: false, root: "NotificationConfiguration", fresh: {} },
  {
    name: "requestPayment",
    title: "BucketRequestPayment",
    deletable: false,
    root: "RequestPaymentConfiguration",
    fresh: { Payer: "BucketOwner" },
  },
];

function readRoot(document: string, name: string): XmlElement {
  const root = readXml(document);
  if (root.name !== name) throw malformedXml();
  return root;
}

function readVersioning(document: string): string {
  const root = readRoot(document, "VersioningConfiguration");
  const status = textOf(root, "Status");
  if (status === undefined) throw s3Error(400, "IllegalVersioningConfigurationException", "The Versioning element must be specified");
  if (status === "Enabled") throw notImplemented("versioned buckets: each object here has one version");
  if (status !== "Suspended") throw malformedXml();
  return JSON.stringify({ Status: status });
}

function readPolicy(document: string): string {
  const malformed = (message: string) => s3Error(400, "MalformedPolicy", message);
  let policy: unknown;
  try {
    policy = document.startsWith("{") ? JSON.parse(document) : undefined;
  } catch {
    throw malformed("This policy contains invalid Json");
  }
  if (!isObject(policy)) throw malformed("Policies must be valid JSON and the first byte must be '{'");
  if (policy.Statement === undefined) throw malformed("Missing required field Statement");
  return document;
}

function readBucketTagging(document: string): string | undefined {
  return taggingDocument(readTagging(document, "bucket"));
}

/** A bucket's tags as its setting keeps them; none is no setting at all. */
export function taggingDocument(tags: readonly Tag[]): string | undefined {
  return tags.length === 0 ? undefined : JSON.stringify({ TagSet: { Tag: tags } });
}

function readEncryption(document: string): string {
  const rules = childrenOf(readRoot(document, "ServerSideEncryptionConfiguration"), "Rule");
  const [rule] = rules;
  const applied = rule === undefined ? undefined : childOf(rule, "ApplyServerSideEncryptionByDefault");
  if (rules.length !== 1 || rule === undefined || applied === undefined) throw malformedXml();
  const algorithm = textOf(applied, "SSEAlgorithm");
  if (algorithm === "aws:kms" || algorithm === "aws:kms:dsse") throw notImplemented(`server-side encryption with ${algorithm}`);
  if (algorithm !== "AES256") throw malformedXml();
  if (textOf(applied, "KMSMasterKeyID") !== undefined) {
    const message = "a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms or aws:kms:dsse";
    throw s3Error(400, "InvalidArgument", message, { ArgumentName: "ApplyServerSideEncryptionByDefault" });
  }
  const keyEnabled = textOf(rule, "BucketKeyEnabled") === "true";
  return JSON.stringify({ Rule: { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: algorithm }, BucketKeyEnabled: keyEnabled } });
}

function readPublicAccessBlock(document: string): string {
  const root = readRoot(document, "PublicAccessBlockConfiguration");
  return JSON.stringify(Object.fromEntries(PUBLIC_ACCESS_MEMBERS.map((name) => [name, textOf(root, name)?.toLowerCase() === "true"])));
}

function readOwnershipControls(document: string): string {
  const rules = childrenOf(readRoot(document, "OwnershipControls"), "Rule");
  const ownership = rules[0] === undefined ? undefined : textOf(rules[0], "ObjectOwnership");
  if (rules.length !== 1 || ownership === undefined || !OWNERSHIPS.includes(ownership)) throw malformedXml();
  return JSON.stringify({ Rule: { ObjectOwnership: ownership } });
}

/** The rules are kept and answered; nothing here expires or moves by them. */
function readLifecycle(document: string): string {
  const rules = childrenOf(readRoot(document, "LifecycleConfiguration"), "Rule");
  if (rules.length === 0 || rules.length > 1000) throw malformedXml();
  return JSON.stringify({ Rule: rules.map(readLifecycleRule) });
}

const LIFECYCLE_ACTIONS = [
  "Expiration",
  "Transition",
  "NoncurrentVersionExpiration",
  "NoncurrentVersionTransition",
  "AbortIncompleteMultipartUpload",
];

function readLifecycleRule(rule: XmlElement): Json {
  const status = textOf(rule, "Status");
  const scoped = childOf(rule, "Filter") !== undefined || childOf(rule, "Prefix") !== undefined;
  const acts = LIFECYCLE_ACTIONS.some((action) => childOf(rule, action) !== undefined);
  if ((status !== "Enabled" && status !== "Disabled") || !scoped || !acts) throw malformedXml();
  const tree = treeOf(rule);
  if (!isObject(tree)) throw malformedXml();
  return typeof tree.ID === "string" && tree.ID !== "" ? tree : { ...tree, ID: randomUUID() };
}
