import { isObject, type Json, type JsonObject } from "../../json.ts";
import type { Resource } from "../asl/resources.ts";

/**
 * Between the members of an API and those of `aws-sdk:` Task states. AWS takes the latter from its Java SDK and begins them
 * with a capital: Step Functions' `taskToken` is `TaskToken`, SQS's `MD5OfBody` is `Md5OfBody`, DynamoDB's `BOOL` is `Bool`.
 */
export function toApi(service: Resource["service"], operation: string, input: JsonObject): JsonObject {
  if (service === "states") return capitalised(input, lowerInitial);
  if (service === "s3") return toS3(operation, input);
  if (service === "sqs") return respelled(input, operation === "createQueue" ? { Tags: "tags" } : { AwsAccountIds: "AWSAccountIds" });
  const spelled = respelled(input, { SseSpecification: "SSESpecification" });
  const encryption = spelled.SSESpecification;
  if (isObject(encryption)) spelled.SSESpecification = respelled(encryption, { SseType: "SSEType", KmsMasterKeyId: "KMSMasterKeyId" });
  return withEach(spelled, attributeTypeToApi);
}

/** A result as an SDK integration hands it on. Moments, which the JSON protocols answer as seconds, are ISO texts. */
export function fromApi(service: Resource["service"], result: JsonObject): JsonObject {
  if (service === "states") return capitalised(result, upperInitial, MOMENTS);
  if (service === "dynamodb") return withEach(result, fromDynamoDb);
  if (service === "s3") return withEach(result, (name, value) => [name === "ID" ? "Id" : name, value]);
  const entries = Object.entries(respelled(result, SQS_RESULTS)).map(([name, value]): [string, Json] => {
    return [name, Array.isArray(value) ? value.map((entry) => (isObject(entry) ? respelled(entry, SQS_RESULTS) : entry)) : value];
  });
  return Object.fromEntries(entries);
}

/** An object's body is sent as JSON, texts included, with the type and the checksum that the SDK adds to what is text to it. */
function toS3(operation: string, input: JsonObject): JsonObject {
  const spelled = respelled(input, S3_PARAMETERS);
  if (operation !== "putObject" && operation !== "deleteObjects") return spelled;
  const members = { ChecksumAlgorithm: "CRC32", ...spelled };
  const { Body: body } = spelled;
  return body === undefined || body === null
    ? members
    : { ContentType: "text/plain; charset=UTF-8", ...members, Body: JSON.stringify(body) };
}

type Spellings = Readonly<Record<string, string>>;

const S3_PARAMETERS: Spellings = {
  Acl: "ACL",
  Mfa: "MFA",
  SseCustomerAlgorithm: "SSECustomerAlgorithm",
  SseCustomerKey: "SSECustomerKey",
  SseCustomerKeyMD5: "SSECustomerKeyMD5",
  SsekmsEncryptionContext: "SSEKMSEncryptionContext",
  SsekmsKeyId: "SSEKMSKeyId",
};

const SQS_RESULTS: Spellings = {
  queueUrls: "QueueUrls",
  MD5OfBody: "Md5OfBody",
  MD5OfMessageBody: "Md5OfMessageBody",
  MD5OfMessageAttributes: "Md5OfMessageAttributes",
  MD5OfMessageSystemAttributes: "Md5OfMessageSystemAttributes",
};

/** The types of DynamoDB's attribute values that Java spells otherwise; the others are single letters. */
const ATTRIBUTE_TYPES: Spellings = { BOOL: "Bool", NULL: "Nul", SS: "Ss", NS: "Ns", BS: "Bs" };
const ATTRIBUTE_TYPES_TO_API: Spellings = Object.fromEntries(Object.entries(ATTRIBUTE_TYPES).map(([api, java]) => [java, api]));

/** Step Functions' members that are moments. */
const MOMENTS: ReadonlySet<string> = new Set(["creationDate", "redriveDate", "startDate", "stopDate", "timestamp", "updateDate"]);

/** Members whose keys are a caller's own words. */
const MAPS: ReadonlySet<string> = new Set(["variableReferences", "assignedVariables"]);

function capitalised(members: JsonObject, rename: (name: string) => string, moments: ReadonlySet<string> = new Set()): JsonObject {
  const within = (value: Json): Json => {
    if (Array.isArray(value)) return value.map(within);
    return isObject(value) ? capitalised(value, rename, moments) : value;
  };
  const entries = Object.entries(members).map(([name, value]): [string, Json] => {
    if (typeof value === "number" && moments.has(name)) return [rename(name), isoMoment(value)];
    return [rename(name), MAPS.has(name) ? value : within(value)];
  });
  return Object.fromEntries(entries);
}

/** The members themselves, not what is in them. */
function respelled(members: JsonObject, spellings: Spellings): JsonObject {
  return Object.fromEntries(Object.entries(members).map(([name, value]) => [own(spellings, name) ?? name, value]));
}

type Change = (name: string, value: Json) => [string, Json];

/** Changes every member at any depth. */
function withEach(members: JsonObject, change: Change): JsonObject {
  const within = (value: Json): Json => {
    if (Array.isArray(value)) return value.map(within);
    return isObject(value) ? withEach(value, change) : value;
  };
  return Object.fromEntries(Object.entries(members).map(([name, value]) => change(name, within(value))));
}

/** DynamoDB's moments are named for what they are; nothing in an item can be taken for one, as no attribute is a bare number. */
function fromDynamoDb(name: string, value: Json): [string, Json] {
  if (typeof value === "number" && name.endsWith("DateTime")) return [name, isoMoment(value)];
  if (name === "SSEDescription" && isObject(value) && typeof value.Status === "string") {
    return ["SseDescription", respelled(value, { SSEType: "SseType", KMSMasterKeyArn: "KmsMasterKeyArn" })];
  }
  return [attributeType(name, value, ATTRIBUTE_TYPES), value];
}

function attributeTypeToApi(name: string, value: Json): [string, Json] {
  return [attributeType(name, value, ATTRIBUTE_TYPES_TO_API), value];
}

/** An attribute that is only called like a type has an object for its value, which no type that is spelled otherwise has. */
function attributeType(name: string, value: Json, spellings: Spellings): string {
  return isObject(value) ? name : (own(spellings, name) ?? name);
}

/** As Java writes a moment: without milliseconds where they are none. */
function isoMoment(seconds: number): string {
  return new Date(Math.round(seconds * 1000)).toISOString().replace(".000Z", "Z");
}

function own(spellings: Spellings, name: string): string | undefined {
  return Object.hasOwn(spellings, name) ? spellings[name] : undefined;
}

export function upperInitial(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

function lowerInitial(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}
