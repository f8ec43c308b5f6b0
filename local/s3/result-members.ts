import { isoSeconds } from "../iso-seconds.ts";
import type { Json, JsonObject } from "../json.ts";
import { childrenOf, type XmlElement } from "./request-xml.ts";

/** From S3's answers, which are headers and XML, to the members that its API model gives them. */

const NUMBERS: ReadonlySet<string> = new Set(["KeyCount", "MaxKeys", "PartsCount", "Size", "TagCount"]);
const FLAGS: ReadonlySet<string> = new Set(["AccessPointAlias", "IsTruncated"]);
const MOMENTS: ReadonlySet<string> = new Set(["CreationDate", "Expires", "LastModified"]);

/** Elements that may stand several times beside each other, and the lists that they make. */
const LISTS: ReadonlyMap<string, string> = new Map([
  ["ChecksumAlgorithm", "ChecksumAlgorithm"],
  ["CommonPrefixes", "CommonPrefixes"],
  ["Contents", "Contents"],
  ["Deleted", "Deleted"],
  ["Error", "Errors"],
]);

export function documentMembers(element: XmlElement): JsonObject {
  const members = new Map<string, Json>();
  for (const child of element.children) {
    const list = LISTS.get(child.name);
    if (list === undefined) {
      members.set(child.name, documentValue(child));
      continue;
    }
    const before = members.get(list);
    members.set(list, [...(Array.isArray(before) ? before : []), documentValue(child)]);
  }
  return Object.fromEntries(members);
}

function documentValue(element: XmlElement): Json {
  if (element.name === "Buckets") return childrenOf(element, "Bucket").map(documentMembers);
  return element.children.length > 0 ? documentMembers(element) : typed(element.name, element.text);
}

const METADATA_PREFIX = "x-amz-meta-";

export function headerMembers(headers: Readonly<Record<string, string>>, names: ReadonlyMap<string, string>): JsonObject {
  const entries = Object.entries(headers).flatMap(([header, value]): [string, Json][] => {
    const name = names.get(header.toLowerCase());
    return name === undefined ? [] : [[name, typed(name, value)]];
  });
  return Object.fromEntries(entries);
}

/** The caller's own words about an object, by the names that the caller gave them. */
export function metadataOf(headers: Readonly<Record<string, string>>): JsonObject {
  const own = Object.entries(headers).filter(([header]) => header.startsWith(METADATA_PREFIX));
  return Object.fromEntries(own.map(([header, value]) => [header.slice(METADATA_PREFIX.length), value]));
}

function typed(name: string, text: string): Json {
  if (NUMBERS.has(name)) return Number(text);
  if (FLAGS.has(name)) return text === "true";
  return MOMENTS.has(name) ? momentText(text) : text;
}

/** S3's moments are whole seconds. What is no moment, as an `Expires` of the caller's own, stays as it is. */
function momentText(text: string): string {
  const moment = new Date(text);
  return Number.isNaN(moment.getTime()) ? text : isoSeconds(moment.getTime());
}
