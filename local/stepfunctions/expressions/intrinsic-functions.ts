import { createHash } from "node:crypto";
import type { Json } from "../../json.ts";
import { chance } from "./chance.ts";
import type { Arguments } from "./intrinsic-arguments.ts";
import { formatTemplate } from "./intrinsic-format.ts";
import { JavaRandom } from "./java-random.ts";
import { sameValue, setMember } from "./values.ts";

type IntrinsicFunction = (args: Arguments) => Json;

/** The 18 functions, by the name they are called with. States.Format gets its template with braces still escaped. */
export const intrinsicFunctions: ReadonlyMap<string, IntrinsicFunction> = new Map<string, IntrinsicFunction>([
  ["States.Array", (args) => [...args.all]],
  ["States.ArrayContains", arrayContains],
  ["States.ArrayGetItem", arrayGetItem],
  ["States.ArrayLength", arrayLength],
  ["States.ArrayPartition", arrayPartition],
  ["States.ArrayRange", arrayRange],
  ["States.ArrayUnique", arrayUnique],
  ["States.Base64Decode", base64Decode],
  ["States.Base64Encode", base64Encode],
  ["States.Format", (args) => formatTemplate(args)],
  ["States.Hash", hash],
  ["States.JsonMerge", jsonMerge],
  ["States.JsonToString", jsonToString],
  ["States.MathAdd", mathAdd],
  ["States.MathRandom", mathRandom],
  ["States.StringSplit", stringSplit],
  ["States.StringToJson", stringToJson],
  ["States.UUID", () => chance().uuid()],
]);

const RANGE_MAX = 1_000;
const INT_MAX = 2_147_483_647;
const INT_MIN = -2_147_483_648;

function arrayContains(args: Arguments): boolean {
  args.count(2);
  return args.array(0).some((item) => sameValue(item, args.value(1)));
}

/** AWS reads any index of an empty array as null, but refuses one past the end of any other. */
function arrayGetItem(args: Arguments): Json {
  args.count(2);
  const items = args.array(0);
  const index = args.whole(1);
  if (index < 0 || (items.length > 0 && index >= items.length)) return args.refuse();
  return items[index] ?? null;
}

function arrayLength(args: Arguments): number {
  args.count(1);
  return args.array(0).length;
}

function arrayPartition(args: Arguments): Json {
  args.count(2);
  const items = args.array(0);
  const size = args.whole(1);
  if (size < 1) return args.refuse();
  const parts: Json[] = [];
  for (let start = 0; start < items.length; start += size) parts.push(items.slice(start, start + size));
  return parts;
}

function arrayRange(args: Arguments): Json {
  args.count(3);
  const [first, last, step] = [args.whole(0), args.whole(1), args.whole(2)];
  if (step === 0) return args.refuse();
  const length = Math.max(0, Math.floor((last - first) / step) + 1);
  if (length > RANGE_MAX) return args.refuse();
  return Array.from({ length }, (_, index) => first + index * step);
}

/** The first of equal items stays where it is; AWS's order of booleans and lists follows their hash in Java. */
function arrayUnique(args: Arguments): Json {
  args.count(1);
  const unique: Json[] = [];
  const seen = new Set<Json>();
  for (const item of args.array(0)) {
    if (seen.has(item)) continue;
    const isContainer = typeof item === "object" && item !== null;
    if (isContainer && unique.some((other) => sameValue(other, item))) continue;
    seen.add(item);
    unique.push(item);
  }
  return unique;
}

/** As lenient as AWS: what is not Base64 is skipped, missing padding is no error. */
function base64Decode(args: Arguments): string {
  args.count(1);
  return Buffer.from(args.limitedText(0), "base64").toString("utf8");
}

function base64Encode(args: Arguments): string {
  args.count(1);
  return Buffer.from(args.limitedText(0), "utf8").toString("base64");
}

const HASHES = new Map([
  ["MD5", "md5"],
  ["SHA-1", "sha1"],
  ["SHA-256", "sha256"],
  ["SHA-384", "sha384"],
  ["SHA-512", "sha512"],
]);

/** What is not a text is hashed as its JSON. */
function hash(args: Arguments): string {
  args.count(2);
  const value = args.value(0);
  const text = args.limited(typeof value === "string" ? value : JSON.stringify(value));
  return hashOf(text, args.text(1)) ?? args.refuse();
}

/** The hex digest of a text's UTF-8, or undefined for an algorithm AWS does not have. Shared with JSONata's `$hash`. */
export function hashOf(text: string, algorithm: string): string | undefined {
  const name = HASHES.get(algorithm);
  return name === undefined ? undefined : createHash(name).update(text, "utf8").digest("hex");
}

/** Only shallow merging exists: `true` for deep merging is refused, anything else means shallow. */
function jsonMerge(args: Arguments): Json {
  args.count(3);
  if (args.value(2) === true) return args.refuse();
  const merged = { ...args.object(0) };
  const over = args.object(1);
  for (const name of Object.keys(over)) setMember(merged, name, over[name] ?? null);
  return merged;
}

function jsonToString(args: Arguments): string {
  args.count(1);
  return JSON.stringify(args.value(0));
}

function stringToJson(args: Arguments): Json {
  args.count(1);
  if (args.value(0) === null) return null;
  const text = args.text(0);
  if (text.trim() === "") return null;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return args.refuse();
  }
}

function mathAdd(args: Arguments): number {
  args.count(2);
  const terms = [Math.round(args.number(0)), Math.round(args.number(1))];
  const sum = terms.reduce((a, b) => a + b, 0);
  return [...terms, sum].every((number) => number >= INT_MIN && number <= INT_MAX) ? sum : args.refuse();
}

/** From the first bound up to, but not with, the second. */
function mathRandom(args: Arguments): number {
  args.count(2, 3);
  const [start, end] = [args.whole(0), args.whole(1)];
  if (start >= end) return args.refuse();
  if (args.all.length === 3) return start + new JavaRandom(args.whole(2)).nextInt(end - start);
  return start + Math.floor(chance().random() * (end - start));
}

/** Every character of the second text separates; nothing between two separators is left out. */
function stringSplit(args: Arguments): Json {
  args.count(2);
  const separators = new Set(args.text(1));
  const parts: string[] = [""];
  for (const char of args.text(0)) {
    if (separators.has(char)) parts.push("");
    else parts.push((parts.pop() ?? "") + char);
  }
  return parts.filter((part) => part !== "");
}
