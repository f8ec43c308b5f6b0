import { AwsError } from "../errors.ts";
import type { Json, JsonObject } from "../json.ts";
import type { QueryProtocol } from "../service.ts";

/** A dotted parameter name is a path into this tree. */
type Tree = Map<string, Tree | string>;

/**
 * The query protocol as IAM and STS speak it: lists are written `Tags.member.1.Key=…` in a request and as `<member>`
 * elements in an answer. All values of the input are texts; the operations read numbers and booleans from them.
 */
export function memberQuery(version: string, namespace: string): QueryProtocol {
  return {
    version,
    namespace,
    parse: (_operation, parameters) => parseTree(treeOf(parameters)),
    format: (_operation, result) => formatMembers(result),
  };
}

function treeOf(parameters: ReadonlyMap<string, string>): Tree {
  const root: Tree = new Map();
  for (const [name, value] of parameters) {
    const path = name.split(".");
    const last = path.pop() ?? name;
    const node = path.reduce((parent, part) => childOf(parent, part, name), root);
    if (node.has(last)) throw malformed(name);
    node.set(last, value);
  }
  return root;
}

function childOf(parent: Tree, part: string, name: string): Tree {
  const child = parent.get(part);
  if (child instanceof Map) return child;
  if (child !== undefined) throw malformed(name);
  const made: Tree = new Map();
  parent.set(part, made);
  return made;
}

function malformed(name: string): AwsError {
  return new AwsError("MalformedQueryString", `The parameter ${name} contradicts another one.`);
}

function parseTree(tree: Tree): JsonObject {
  return Object.fromEntries([...tree].map(([name, node]) => [name, typeof node === "string" ? node : parseNode(node)]));
}

function parseNode(node: Tree): Json {
  const members = node.get("member");
  if (!(members instanceof Map)) return parseTree(node);
  return [...members].sort(([a], [b]) => Number(a) - Number(b)).map(([, entry]) => (typeof entry === "string" ? entry : parseTree(entry)));
}

function formatMembers(value: Json): Json {
  if (Array.isArray(value)) return { member: value.map(formatMembers) };
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, formatMembers(inner)]));
}
