/** What is to be changed about a resource, property by property, in Pulumi's words. */
import { isEqual, isProperties, type Properties, UNKNOWN, type Value } from "./values.ts";

export interface Change {
  /** The property's name; of a property within it, with a dot between. */
  readonly path: string;
  readonly from: Value | undefined;
  readonly to: Value | undefined;
}

const SHOWN_MAX = 60;

/** Compares what is wanted with what is there: objects property by property, everything else as a whole. */
export function changesBetween(live: Properties, wanted: Properties, within = ""): Change[] {
  const names = [...new Set([...Object.keys(wanted), ...Object.keys(live)])].sort();
  return names.flatMap((name) => {
    const [from, to, path] = [live[name], wanted[name], `${within}${name}`];
    if (isProperties(from) && isProperties(to)) return changesBetween(from, to, `${path}.`);
    return isSame(from, to) ? [] : [{ path, from, to }];
  });
}

/** Absent and null say the same: that there is nothing. */
function isSame(from: Value = null, to: Value = null): boolean {
  return isEqual(from, to);
}

/** The properties of the resource itself that any of the changes touches. */
export function touched(changes: readonly Change[]): ReadonlySet<string> {
  return new Set(changes.map(({ path }) => path.split(".")[0] ?? path));
}

export function describeChange({ path, from, to }: Change): string {
  if (isNothing(from)) return `+${path}: ${shown(to)}`;
  if (isNothing(to)) return `-${path}: ${shown(from)}`;
  return `~${path}: ${shown(from)} => ${shown(to)}`;
}

function isNothing(value: Value | undefined): value is null | undefined {
  return value === undefined || value === null;
}

function shown(value: Value | undefined): string {
  const text = JSON.stringify(value ?? null).replaceAll(`"${UNKNOWN}"`, "[unknown]");
  return text.length <= SHOWN_MAX ? text : `${text.slice(0, SHOWN_MAX)}…`;
}
