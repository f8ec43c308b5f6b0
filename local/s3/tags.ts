import { invalidArgument, malformedXml, s3Error } from "./errors.ts";
import { childOf, childrenOf, readXml, textOf, type XmlElement } from "./request-xml.ts";

/** A tag set in its order, as S3 answers it. */
export interface Tag {
  readonly Key: string;
  readonly Value: string;
}

const OBJECT_TAGS_MAX = 10;
const BUCKET_TAGS_MAX = 50;
const ALLOWED = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

export function readTagging(document: string, owner: "object" | "bucket"): Tag[] {
  const root = readXml(document);
  if (root.name !== "Tagging") throw malformedXml();
  const tags = readTagElements(childOf(root, "TagSet"));
  validateTags(tags, owner);
  return tags;
}

/** The tags that a new bucket's configuration gives it. */
export function readNewBucketTags(configuration: XmlElement): Tag[] {
  const tags = readTagElements(childOf(configuration, "Tags"));
  if (tags.some(({ Key }) => Key.startsWith("aws:"))) {
    const message = `User-defined tag keys can't start with "aws:". This prefix is reserved for system tags. Remove "aws:" from your tag keys and try again.`;
    throw s3Error(400, "InvalidTag", message);
  }
  validateTags(tags, "bucket");
  return tags;
}

function readTagElements(set: XmlElement | undefined): Tag[] {
  return (set === undefined ? [] : childrenOf(set, "Tag")).map((tag) => {
    const Key = textOf(tag, "Key");
    const Value = textOf(tag, "Value");
    if (Key === undefined || Value === undefined) throw malformedXml();
    return { Key, Value };
  });
}

/** The tags a put sends along in its header, as `a=1&b=2`. */
export function readTagHeader(header: string | undefined): Tag[] {
  if (header === undefined || header === "") return [];
  const tags = [...new URLSearchParams(header)].map(([Key, Value]) => ({ Key, Value }));
  const unique = new Set(tags.map(({ Key }) => Key)).size === tags.length;
  if (!unique || tags.some(({ Key, Value }) => !ALLOWED.test(Key) || !ALLOWED.test(Value))) {
    const message =
      "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters without tag name duplicates.";
    throw invalidArgument(message, "x-amz-tagging", header);
  }
  validateTags(tags, "object");
  return tags;
}

function validateTags(tags: readonly Tag[], owner: "object" | "bucket"): void {
  const most = owner === "object" ? OBJECT_TAGS_MAX : BUCKET_TAGS_MAX;
  if (tags.length > most)
    throw s3Error(400, "BadRequest", `${owner === "object" ? "Object" : "Bucket"} tags cannot be greater than ${most}`);
  const seen = new Set<string>();
  for (const { Key, Value } of tags) {
    if (seen.has(Key)) throw s3Error(400, "InvalidTag", "Cannot provide multiple Tags with the same key", { TagKey: Key });
    seen.add(Key);
    if (Key.startsWith("aws:")) {
      const message = owner === "object" ? "Your TagKey cannot be prefixed with aws:" : "System tags cannot be added/updated by requester";
      throw s3Error(400, "InvalidTag", message, { TagKey: Key });
    }
    if (Key === "" || Key.length > 128 || !ALLOWED.test(Key)) {
      throw s3Error(400, "InvalidTag", "The TagKey you have provided is invalid", { TagKey: Key });
    }
    if (Value.length > 256 || !ALLOWED.test(Value)) {
      throw s3Error(400, "InvalidTag", "The TagValue you have provided is invalid", { TagKey: Key, TagValue: Value });
    }
  }
}
