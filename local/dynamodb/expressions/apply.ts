import { invalid } from "../errors.ts";
import { addNumbers, subtractNumbers } from "../number.ts";
import type { AttributeValue, Item } from "../value.ts";
import { badPath, Draft } from "./draft.ts";
import { valueAt } from "./paths.ts";
import type { Path } from "./placeholders.ts";
import type { ChangeAction, Source, Update } from "./update.ts";

interface Placement {
  readonly path: Path;
  readonly value: AttributeValue;
}

/** The item as the update leaves it. Everything is read from the item as it was, whatever the order of the actions. */
export function applyUpdate(update: Update, item: Item): Item {
  const placements: Placement[] = update.set.map(({ path, source }) => ({ path, value: evaluate(source, item) }));
  const removals = [...update.remove];
  for (const change of update.add) placements.push({ path: change.path, value: added(change, valueAt(item, change.path)) });
  for (const change of update.delete) {
    const rest = withoutMembers(change, valueAt(item, change.path));
    if (rest === undefined) removals.push(change.path);
    else placements.push({ path: change.path, value: rest });
  }
  const draft = new Draft(item);
  for (const { path, value } of byLastIndex(placements)) draft.place(path, value);
  for (const path of removable(item, removals)) draft.remove(path);
  return draft.finish();
}

/** What is put beyond a list's end is appended to it, the lower index first. */
function byLastIndex(placements: readonly Placement[]): Placement[] {
  return [...placements].sort((left, right) => lastIndex(left.path) - lastIndex(right.path));
}

function lastIndex(path: Path): number {
  const last = path.at(-1);
  return typeof last === "number" ? last : -1;
}

function evaluate(source: Source, item: Item): AttributeValue {
  switch (source.kind) {
    case "value":
      return source.value;
    case "path": {
      const value = valueAt(item, source.path);
      if (value === undefined) throw invalid("The provided expression refers to an attribute that does not exist in the item");
      return value;
    }
    case "if_not_exists":
      return valueAt(item, source.path) ?? evaluate(source.otherwise, item);
    case "list_append":
      return append(evaluate(source.left, item), evaluate(source.right, item));
    case "sum": {
      const left = evaluate(source.left, item);
      const right = evaluate(source.right, item);
      if (!("N" in left) || !("N" in right)) throw wrongOperand();
      return { N: source.operator === "+" ? addNumbers(left.N, right.N) : subtractNumbers(left.N, right.N) };
    }
  }
}

function append(left: AttributeValue, right: AttributeValue): AttributeValue {
  if (!("L" in left) || !("L" in right)) throw wrongOperand();
  return { L: [...left.L, ...right.L] };
}

function wrongOperand(): Error {
  return invalid("An operand in the update expression has an incorrect data type");
}

function added({ value }: ChangeAction, current: AttributeValue | undefined): AttributeValue {
  if (current === undefined) return value;
  if ("N" in value && "N" in current) return { N: addNumbers(current.N, value.N) };
  if ("SS" in value && "SS" in current) return { SS: union(current.SS, value.SS) };
  if ("NS" in value && "NS" in current) return { NS: union(current.NS, value.NS) };
  if ("BS" in value && "BS" in current) return { BS: union(current.BS, value.BS) };
  // Only the older AttributeUpdates can add to a list.
  if ("L" in value && "L" in current) return { L: [...current.L, ...value.L] };
  throw wrongOperand();
}

function union(left: readonly string[], right: readonly string[]): string[] {
  return [...new Set([...left, ...right])];
}

/** The set without the members to delete; undefined when none is left. */
function withoutMembers({ value }: ChangeAction, current: AttributeValue | undefined): AttributeValue | undefined {
  if (current === undefined) return undefined;
  if ("SS" in value && "SS" in current) return nonEmpty(difference(current.SS, value.SS), (SS) => ({ SS }));
  if ("NS" in value && "NS" in current) return nonEmpty(difference(current.NS, value.NS), (NS) => ({ NS }));
  if ("BS" in value && "BS" in current) return nonEmpty(difference(current.BS, value.BS), (BS) => ({ BS }));
  throw wrongOperand();
}

function difference(left: readonly string[], right: readonly string[]): string[] {
  const gone = new Set(right);
  return left.filter((member) => !gone.has(member));
}

function nonEmpty(set: string[], make: (set: string[]) => AttributeValue): AttributeValue | undefined {
  return set.length === 0 ? undefined : make(set);
}

/**
 * Indexes count in the list as it was, so of two members of a list the later goes first. A path that led nowhere in the
 * original removes nothing, not even what the same update has just appended.
 */
function removable(original: Item, removals: readonly Path[]): Path[] {
  const present = removals.filter((path) => {
    checkParent(original, path);
    return valueAt(original, path) !== undefined;
  });
  return present.sort(laterFirst);
}

function checkParent(item: Item, path: Path): void {
  if (path.length === 1) return;
  const parent = valueAt(item, path.slice(0, -1));
  const fits = parent !== undefined && (typeof path.at(-1) === "number" ? "L" in parent : "M" in parent);
  if (!fits) throw badPath();
}

function laterFirst(one: Path, two: Path): number {
  for (let depth = 0; depth < Math.min(one.length, two.length); depth++) {
    const [left, right] = [one[depth], two[depth]];
    if (left === right) continue;
    return typeof left === "number" && typeof right === "number" ? right - left : String(left) < String(right) ? -1 : 1;
  }
  return 0;
}
