import { isObject, type Json, type JsonObject } from "../json.ts";
import type { QueryProtocol } from "../service.ts";

/** The query protocol of SQS: flat form parameters to an operation's input, and its result to the elements of AWS's XML. */

/** Lists of texts: `AttributeName.1=All` is an entry of AttributeNames. */
const LISTS: ReadonlyMap<string, string> = new Map([
  ["AttributeName", "AttributeNames"],
  ["MessageSystemAttributeName", "MessageSystemAttributeNames"],
  ["MessageAttributeName", "MessageAttributeNames"],
  ["AWSAccountId", "AWSAccountIds"],
  ["ActionName", "Actions"],
  ["TagKey", "TagKeys"],
]);

/** Maps: `Attribute.1.Name=DelaySeconds&Attribute.1.Value=5` is an entry of Attributes. */
const MAPS: ReadonlyMap<string, string> = new Map([
  ["Attribute", "Attributes"],
  ["MessageAttribute", "MessageAttributes"],
  ["MessageSystemAttribute", "MessageSystemAttributes"],
  ["Tag", "Tags"],
]);

const INTEGERS = new Set([
  "DelaySeconds",
  "MaxNumberOfMessages",
  "MaxNumberOfMessagesPerSecond",
  "MaxResults",
  "VisibilityTimeout",
  "WaitTimeSeconds",
]);

const ENTRY = /RequestEntry$/;

/** Lists and maps under their own names: clients send one without entries as `Entries=`, which stands for none. */
const EMPTY: ReadonlySet<string> = new Set([...LISTS.values(), ...MAPS.values(), "Entries"]);

/** A dotted parameter name is a path into this tree. */
type Tree = Map<string, Tree | string>;

export const SQS_QUERY: QueryProtocol = {
  version: "2012-11-05",
  namespace: "http://queue.amazonaws.com/doc/2012-11-05/",
  parse(operation, parameters) {
    const input = parseMembers(treeOf(parameters));
    if (operation !== "CreateQueue" || input.Tags === undefined) return input;
    // This operation alone spells the member with a small letter.
    const { Tags: tags, ...rest } = input;
    return { ...rest, tags };
  },
  format: (operation, result) => formatMembers(result, `${operation}ResultEntry`),
};

function treeOf(parameters: ReadonlyMap<string, string>): Tree {
  const root: Tree = new Map();
  for (const [name, value] of parameters) {
    const path = name.split(".");
    const last = path.pop() ?? name;
    let node = root;
    for (const part of path) node = childOf(node, part);
    node.set(last, value);
  }
  return root;
}

function childOf(node: Tree, part: string): Tree {
  const child = node.get(part);
  if (child instanceof Map) return child;
  const made: Tree = new Map();
  node.set(part, made);
  return made;
}

function parseMembers(tree: Tree): JsonObject {
  const input: JsonObject = {};
  for (const [name, node] of tree) {
    if (node === "" && EMPTY.has(name)) continue;
    const [member, value] = parseMember(name, node);
    input[member] = value;
  }
  return input;
}

function parseMember(name: string, node: Tree | string): [string, Json] {
  if (typeof node === "string") return [name, INTEGERS.has(name) && /^-?\d{1,15}$/.test(node) ? Number(node) : node];
  const list = LISTS.get(name);
  if (list !== undefined) return [list, inOrder(node).map(textOf)];
  const map = MAPS.get(name);
  if (map !== undefined) return [map, Object.fromEntries(inOrder(node).map(parsePair))];
  if (ENTRY.test(name)) return ["Entries", inOrder(node).map((entry) => (typeof entry === "string" ? entry : parseMembers(entry)))];
  return [name, parseMembers(node)];
}

/** Tags name their halves Key and Value, all other maps Name and Value. */
function parsePair(pair: Tree | string): [string, Json] {
  if (typeof pair === "string") return [pair, ""];
  const value = pair.get("Value") ?? "";
  return [textOf(pair.get("Name") ?? pair.get("Key")), typeof value === "string" ? value : parseMembers(value)];
}

/** The numbered entries of a list, however the caller ordered the parameters. */
function inOrder(list: Tree): (Tree | string)[] {
  return [...list].sort(([a], [b]) => Number(a) - Number(b)).map(([, entry]) => entry);
}

function textOf(node: Tree | string | undefined): string {
  return typeof node === "string" ? node : "";
}

const ELEMENTS: ReadonlyMap<string, string> = new Map([
  ["QueueUrls", "QueueUrl"],
  ["queueUrls", "QueueUrl"],
  ["Messages", "Message"],
  ["Results", "ListMessageMoveTasksResultEntry"],
  ["Failed", "BatchResultErrorEntry"],
]);

function formatMembers(result: JsonObject, successful: string): JsonObject {
  const elements: JsonObject = {};
  for (const [member, value] of Object.entries(result)) {
    const [name, formatted] = formatMember(member, value, successful);
    elements[name] = formatted;
  }
  return elements;
}

function formatMember(member: string, value: Json, successful: string): [string, Json] {
  const map = [...MAPS].find(([, plural]) => plural === member)?.[0];
  if (map !== undefined && isObject(value)) return [map, formatPairs(map, value)];
  const name = member === "Successful" ? successful : (ELEMENTS.get(member) ?? member);
  if (Array.isArray(value)) return [name, value.map((entry) => (isObject(entry) ? formatMembers(entry, successful) : entry))];
  return [name, value];
}

function formatPairs(name: string, map: JsonObject): Json {
  const key = name === "Tag" ? "Key" : "Name";
  return Object.entries(map).map(([entry, value]) => ({ [key]: entry, Value: value }));
}
