/** The condition of a Choice's rule in few words, in JSONPath and in JSONata: `to = CANCELLING`, `count > 3 and not (tries ≥ 2)`. */

const SIGNS: Readonly<Record<string, string>> = {
  Equals: "=",
  LessThan: "<",
  GreaterThan: ">",
  LessThanEquals: "≤",
  GreaterThanEquals: "≥",
  Matches: "like",
};

/** Deeper conditions than anybody reads are cut off, so that no definition can exhaust the stack. */
const DEPTH_MAX = 5;

export function conditionOf(rule: unknown, depth = 0): string {
  if (typeof rule !== "object" || rule === null || depth > DEPTH_MAX) return "…";
  const { Condition, And, Or, Not, Variable } = rule as Record<string, unknown>;
  if (typeof Condition === "string") return Condition.replace(/^\{%\s*|\s*%\}$/g, "");
  if (Array.isArray(And)) return joined(And, " and ", depth);
  if (Array.isArray(Or)) return joined(Or, " or ", depth);
  if (Not !== undefined) return `not (${conditionOf(Not, depth + 1)})`;
  const name = shortened(Variable);
  for (const [comparison, value] of Object.entries(rule)) {
    const [, words] = /^Is(\w+)$/.exec(comparison) ?? [];
    if (words !== undefined) return `${name} is ${value === true ? "" : "not "}${words.toLowerCase()}`;
    const [, sign, path] = /^(?:String|Numeric|Boolean|Timestamp)(\w+?)(Path)?$/.exec(comparison) ?? [];
    if (sign !== undefined) return `${name} ${SIGNS[sign] ?? sign} ${path === undefined ? String(value) : shortened(value)}`;
  }
  return name;
}

function joined(rules: readonly unknown[], by: string, depth: number): string {
  const parts = rules.map((rule) => conditionOf(rule, depth + 1));
  const text = parts.join(by);
  return depth === 0 || parts.length < 2 ? text : `(${text})`;
}

/** A path without its dollars. */
const shortened = (path: unknown) => (typeof path === "string" ? path.replace(/^\$+\.?/, "") || path : "…");
