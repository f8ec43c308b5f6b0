/**
 * What a JSONata expression reads from outside. Step Functions evaluates expressions without a context item: the input is
 * `$states.input`, never the top level, so a bare name there reads nothing and AWS refuses it when the machine is created.
 */
export interface JsonataReads {
  /** Names read at the top level, where nothing is: `phone` of `phone.number`, but not of `$x.phone`. */
  topLevel: string[];
  /** Whether `$$`, the root of an input document that does not exist, is read. */
  root: boolean;
  /** The members read of `$states`: `input`, `result`, … */
  states: string[];
}

type Node = Readonly<Record<string, unknown>>;

/** Parts of a node that are evaluated against a value inside the expression, so that bare names mean that value's fields. */
const INNER_PARTS = new Set(["stages", "predicate", "group", "terms", "pattern", "update", "delete"]);

/** Reads a JSONata syntax tree, as `jsonata(text).ast()` gives it. */
export function readsOf(tree: unknown): JsonataReads {
  const reads: JsonataReads = { topLevel: [], root: false, states: [] };
  visit(tree, true, reads);
  return reads;
}

function visit(part: unknown, atTop: boolean, reads: JsonataReads): void {
  if (Array.isArray(part)) {
    for (const entry of part) visit(entry, atTop, reads);
    return;
  }
  if (!isNode(part)) return;
  if (part.type === "path" && Array.isArray(part.steps)) visitSteps(part.steps, atTop, reads);
  if (part.type === "variable" && part.value === "$") reads.root = true;
  if (part.type === "name" && atTop && typeof part.value === "string") reads.topLevel.push(part.value);
  for (const [name, child] of Object.entries(part)) {
    if (name === "steps" || typeof child !== "object") continue;
    visit(child, atTop && !INNER_PARTS.has(name), reads);
  }
}

/** Only a path's first step is read at the top level; each later one is read from what the step before gave. */
function visitSteps(steps: readonly unknown[], atTop: boolean, reads: JsonataReads): void {
  const [first, second] = steps;
  if (isNode(first) && first.type === "variable" && first.value === "states" && isNode(second) && second.type === "name") {
    reads.states.push(String(second.value));
  }
  steps.forEach((step, index) => {
    visit(step, atTop && index === 0, reads);
  });
}

function isNode(part: unknown): part is Node {
  return typeof part === "object" && part !== null;
}
