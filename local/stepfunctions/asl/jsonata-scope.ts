import jsonata from "jsonata";

type Node = Readonly<Record<string, unknown>>;

/** What looks like a member of `$states` other than the two that every field can read. Most expressions have none. */
const UNUSUAL_MEMBER = /\$states\s*\.\s*(?!(?:input|context)\b)/;

/**
 * The members of `$states` that an expression reads, as `result` of `$states.result.id`: only some fields have all of them, and AWS
 * refuses one that is not there when the machine is created. The text must be an expression without mistakes.
 */
export function statesMembers(text: string): string[] {
  if (!UNUSUAL_MEMBER.test(text)) return [];
  const members = new Set<string>();
  visit(jsonata(text.slice(2, -2)).ast(), members);
  return [...members];
}

function visit(part: unknown, members: Set<string>): void {
  if (!isNode(part)) return;
  if (part.type === "path" && Array.isArray(part.steps)) {
    const [first, second]: unknown[] = part.steps;
    if (isNode(first) && first.type === "variable" && first.value === "states" && isNode(second) && second.type === "name") {
      members.add(String(second.value));
    }
  }
  for (const child of Object.values(part)) visit(child, members);
}

/** A list of nodes is visited like a node, by its values. */
function isNode(part: unknown): part is Node {
  return typeof part === "object" && part !== null;
}
