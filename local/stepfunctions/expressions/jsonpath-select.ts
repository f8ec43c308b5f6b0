import { isObject, type Json, type JsonObject } from "../../json.ts";
import { passesFilter } from "./jsonpath-filter.ts";
import { callPathFunction } from "./jsonpath-functions.ts";
import { canonicalPath, canonicalSegment, type FilterValue, type Path, type Segment } from "./jsonpath-syntax.ts";
import { memberOf, setMember } from "./values.ts";

/**
 * What a path leads to. A `hole` is a place past the end of an array: AWS reads it as null where a path stands alone in a
 * template, and as absent everywhere else. `reason` is the sentence of the library AWS uses, shown in causes.
 */
export type Selection = { kind: "value"; value: Json } | { kind: "hole" } | { kind: "missing"; reason: string };

type Step = Exclude<Segment, { kind: "descent" | "function" }>;

/** Follows `path` from `root`. The values given are those of the tree itself, not copies. `item` is what `@` stands for. */
export function select(path: Path, root: Json): Selection {
  if (path.definite) return selectOne(path, root);
  const places = selectAll(path.segments, root);
  const last = path.segments.at(-1);
  return last?.kind === "function" ? applyFunction(last, places, root) : { kind: "value", value: places };
}

/** As `select`, with undefined for what is not there. */
export function selectPresent(path: Path, root: Json): Json | undefined {
  const selection = select(path, root);
  return selection.kind === "value" ? selection.value : undefined;
}

function selectOne(path: Path, root: Json): Selection {
  let current: Json | undefined = root;
  for (const [position, segment] of path.segments.entries()) {
    const step = follow(path, position, segment, current);
    if (step.kind === "missing") return step;
    current = step.kind === "value" ? step.value : undefined;
  }
  return current === undefined ? { kind: "hole" } : { kind: "value", value: current };
}

/** One step of a definite path; `current` is undefined past the end of an array. */
function follow(path: Path, position: number, segment: Segment, current: Json | undefined): Selection {
  const before = path.segments.slice(0, position);
  if (segment.kind === "names") {
    if (current === undefined || !isObject(current)) return missing(notAnObject(segment, before, current));
    if (segment.names.length > 1) return { kind: "value", value: pick(current, segment.names) };
    const value = memberOf(current, segment.names[0] ?? "");
    if (value !== undefined) return { kind: "value", value };
    const isLast = position === path.segments.length - 1;
    if (isLast) return missing(`No results for path: ${canonicalPath(path.segments)}`);
    return missing(`Missing property in path ${canonicalPath([...before, segment])}`);
  }
  if (current === undefined) return missing(`The path ${canonicalPath(before)} is null`);
  if (segment.kind === "indexes") {
    if (!Array.isArray(current)) return missing(notAnArray(segment, current));
    const value = current.at(segment.indexes[0] ?? 0);
    return value === undefined ? { kind: "hole" } : { kind: "value", value };
  }
  if (segment.kind !== "function") throw new Error(`A definite path cannot hold a ${segment.kind}`);
  return applyFunction(segment, current, current);
}

/** Behind an indefinite path a function works on the whole list, as in `$..price.sum()`. */
function applyFunction(segment: Extract<Segment, { kind: "function" }>, value: Json, root: Json): Selection {
  const result = callPathFunction(segment.name, value, argumentValues(segment.arguments, root));
  return result === undefined ? missing(`Could not calculate value of ${canonicalSegment(segment)}`) : { kind: "value", value: result };
}

function missing(reason: string): Selection {
  return { kind: "missing", reason };
}

/** Every value an indefinite path leads to; where a step does not apply, nothing, as AWS answers `[]`. */
function selectAll(segments: readonly Segment[], root: Json): Json[] {
  let places: Json[] = [root];
  let descending = false;
  for (const [position, segment] of segments.entries()) {
    if (segment.kind === "function") break;
    if (segment.kind === "descent") {
      descending = true;
    } else {
      const from = descending ? containersIn(places) : places;
      const isLast = position === segments.length - 1;
      places = from.flatMap((place) => stepInto(segment, place, root, { descending, isLast }));
      descending = false;
    }
  }
  return places;
}

/** All objects and arrays at any depth, in the order of the text. A stack instead of recursion: input may nest deeply. */
function containersIn(places: Json[]): Json[] {
  const found: Json[] = [];
  const waiting = [...places].reverse();
  for (let place = waiting.pop(); place !== undefined; place = waiting.pop()) {
    if (typeof place !== "object" || place === null) continue;
    found.push(place);
    for (const child of childrenOf(place).reverse()) waiting.push(child);
  }
  return found;
}

function childrenOf(place: Json): Json[] {
  if (Array.isArray(place)) return [...place];
  return isObject(place) ? Object.values(place) : [];
}

function stepInto(segment: Step, place: Json, root: Json, { descending, isLast }: { descending: boolean; isLast: boolean }): Json[] {
  switch (segment.kind) {
    case "names": {
      if (!isObject(place)) return [];
      const isPicking = isLast && segment.names.length > 1;
      return isPicking ? [pick(place, segment.names)] : membersOf(place, segment.names);
    }
    case "indexes":
      return Array.isArray(place) ? segment.indexes.map((index) => place.at(index)).filter((item) => item !== undefined) : [];
    case "slice":
      return Array.isArray(place) ? slice(place, segment.from, segment.to) : [];
    case "wildcard":
      return childrenOf(place);
    case "filter": {
      // Descending visits the items themselves later, so an array is not opened here a second time.
      const candidates = Array.isArray(place) && !descending ? place : [place];
      return candidates.filter((candidate) => passesFilter(segment.test, candidate, root));
    }
  }
}

function membersOf(place: JsonObject, names: readonly string[]): Json[] {
  return names.map((name) => memberOf(place, name)).filter((member) => member !== undefined);
}

function pick(place: JsonObject, names: readonly string[]): JsonObject {
  const picked: JsonObject = {};
  for (const name of names) {
    const member = memberOf(place, name);
    if (member !== undefined) setMember(picked, name, member);
  }
  return picked;
}

/** With both bounds given, negative ones are not counted from the end together with positive ones: so does Jayway. */
function slice(items: Json[], from: number | undefined, to: number | undefined): Json[] {
  if (from === undefined || to === undefined) return items.slice(from ?? 0, to);
  const chosen: Json[] = [];
  for (let index = from; index < Math.min(items.length, to); index++) {
    const item = items.at(index);
    if (item !== undefined) chosen.push(item);
  }
  return chosen;
}

function argumentValues(values: readonly FilterValue[], root: Json): Json[] {
  return values.map((value) => {
    if (value.kind === "path") return selectPresent(value.path, root) ?? null;
    return value.kind === "literal" ? value.value : null;
  });
}

const PROVIDER = "com.jayway.jsonpath.spi.json.JacksonJsonNodeJsonProvider";

function notAnObject(segment: Segment, before: readonly Segment[], current: Json | undefined): string {
  const found = current === undefined ? "null" : `com.fasterxml.jackson.databind.node.${javaClassOf(current)}`;
  return (
    `Expected to find an object with property ${canonicalSegment(segment)} in path ${canonicalPath(before)} but found '${found}'. ` +
    `This is not a json object according to the JsonProvider: '${PROVIDER}'.`
  );
}

function notAnArray(segment: Segment, current: Json): string {
  return `Filter: ${canonicalSegment(segment)} can only be applied to arrays. Current context is: ${JSON.stringify(current)}`;
}

function javaClassOf(value: Json): string {
  if (value === null) return "NullNode";
  if (Array.isArray(value)) return "ArrayNode";
  if (typeof value === "number") return Number.isInteger(value) ? "IntNode" : "DoubleNode";
  return typeof value === "boolean" ? "BooleanNode" : "TextNode";
}
