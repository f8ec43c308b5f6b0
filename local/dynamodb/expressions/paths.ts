import { type AttributeValue, attribute, type Item, setOwn } from "../value.ts";
import { ExpressionError } from "./parser.ts";
import type { Path } from "./placeholders.ts";

/** The value at a path of an item; undefined where there is none. */
export function valueAt(item: Item, path: Path): AttributeValue | undefined {
  const [head] = path;
  let value = typeof head === "string" ? attribute(item, head) : undefined;
  for (let depth = 1; depth < path.length && value !== undefined; depth++) value = member(value, path[depth]);
  return value;
}

export function member(value: AttributeValue, part: string | number | undefined): AttributeValue | undefined {
  if (typeof part === "number") return "L" in value ? value.L[part] : undefined;
  return part !== undefined && "M" in value ? attribute(value.M, part) : undefined;
}

export function showPath(path: Path): string {
  return `[${path.map((part) => (typeof part === "number" ? `[${part}]` : part)).join(", ")}]`;
}

/** Refuses paths of which one lies within another, or that take the same value for a list and for a map. */
export function checkDistinct(paths: readonly Path[]): void {
  checkPairs(paths, "overlap");
  checkPairs(paths, "conflict");
}

type Relation = "overlap" | "conflict";

function checkPairs(paths: readonly Path[], refused: Relation): void {
  for (let two = 1; two < paths.length; two++) {
    for (let one = 0; one < two; one++) {
      const [earlier, later] = [paths[one], paths[two]];
      if (earlier !== undefined && later !== undefined && relation(earlier, later) === refused) throw pathError(refused, earlier, later);
    }
  }
}

function relation(one: Path, two: Path): Relation | undefined {
  const length = Math.min(one.length, two.length);
  for (let depth = 0; depth < length; depth++) {
    if (one[depth] !== two[depth]) return typeof one[depth] === typeof two[depth] ? undefined : "conflict";
  }
  return "overlap";
}

function pathError(relation: Relation, one: Path, two: Path): ExpressionError {
  return new ExpressionError(
    `Two document paths ${relation} with each other; must remove or rewrite one of these paths; path one: ${showPath(one)}, path two: ${showPath(two)}`,
  );
}

interface Branch {
  readonly children: Map<string | number, Branch>;
}

/** The parts of an item that lie on the given paths. Of a list only the chosen members remain, in their order. */
export function project(item: Item, paths: readonly Path[]): Item {
  const root: Branch = { children: new Map() };
  for (const path of paths) {
    let branch = root;
    for (const part of path) {
      const known = branch.children.get(part) ?? { children: new Map() };
      branch.children.set(part, known);
      branch = known;
    }
  }
  return pickMap(item, root);
}

function pickMap(map: Item, branch: Branch): Item {
  const picked: Item = {};
  for (const [name, child] of branch.children) {
    const value = typeof name === "string" ? attribute(map, name) : undefined;
    const part = value === undefined ? undefined : pick(value, child);
    if (part !== undefined && typeof name === "string") setOwn(picked, name, part);
  }
  return picked;
}

function pick(value: AttributeValue, branch: Branch): AttributeValue | undefined {
  if (branch.children.size === 0) return value;
  if ("M" in value) {
    const map = pickMap(value.M, branch);
    return Object.keys(map).length === 0 ? undefined : { M: map };
  }
  if (!("L" in value)) return undefined;
  const list = pickList(value.L, branch);
  return list.length === 0 ? undefined : { L: list };
}

function pickList(list: readonly AttributeValue[], branch: Branch): AttributeValue[] {
  const indexes = [...branch.children.keys()].filter((part) => typeof part === "number").sort((left, right) => left - right);
  const picked: AttributeValue[] = [];
  for (const index of indexes) {
    const value = list[index];
    const child = branch.children.get(index);
    const part = value === undefined || child === undefined ? undefined : pick(value, child);
    if (part !== undefined) picked.push(part);
  }
  return picked;
}
