import { isObject, type Json, type JsonObject } from "../../json.ts";
import { parsePath } from "./jsonpath-parser.ts";
import type { Segment } from "./jsonpath-syntax.ts";
import { StatesError } from "./scope.ts";
import { copyValue, memberOf, setMember } from "./values.ts";

/** A step of a reference path: it names one place and can be written to. */
type Place = string | number;

/**
 * Puts `value` where the reference path `path` points in `root`, as ResultPath does, making objects on the way where there
 * are none. Nothing given is changed: the places on the way are new, what lies beside them is shared with `root`.
 *
 * What cannot be written fails under the name and with the cause AWS gives, which is not the one its guide names
 * (States.ResultPathMatchFailure): `States.ReferencePathConflict`, "Unable to apply step "x" to input …".
 */
export function writeReferencePath(root: Json, path: string, value: Json): Json {
  return write(root, placesOf(path), 0, copyValue(value));
}

/** The steps of a reference path; undefined where a segment may lead to more than one place. */
export function referencePlaces(segments: readonly Segment[]): Place[] | undefined {
  const places: Place[] = [];
  for (const segment of segments) {
    if (segment.kind === "names" && segment.names.length === 1) places.push(segment.names[0] ?? "");
    else if (segment.kind === "indexes" && segment.indexes.length === 1) places.push(segment.indexes[0] ?? 0);
    else return undefined;
  }
  return places;
}

function placesOf(path: string): Place[] {
  const places = referencePlaces(parsePath(path).segments);
  if (places === undefined) throw new StatesError("States.Runtime", `Invalid path '${path}' : the path is not a reference path`);
  return places;
}

function write(target: Json | undefined, places: Place[], position: number, value: Json): Json {
  const place = places[position];
  if (place === undefined) return value;
  if (typeof place === "number") return writeItem(target, place, places, position, value);
  if (target !== undefined && !isObject(target)) throw cannotApply(place, target);
  const changed: JsonObject = {};
  for (const name of Object.keys(target ?? {})) setMember(changed, name, target?.[name] ?? null);
  setMember(changed, place, write(memberOf(changed, place), places, position + 1, value));
  return changed;
}

function writeItem(target: Json | undefined, index: number, places: Place[], position: number, value: Json): Json {
  const at = Array.isArray(target) && index < 0 ? target.length + index : index;
  if (!Array.isArray(target) || at < 0 || at >= target.length) throw cannotApply(index, target ?? null);
  return target.with(at, write(target[at], places, position + 1, value));
}

/** AWS's failure where a reference path does not fit the value it is applied to. */
export function cannotApply(place: Place, target: Json): StatesError {
  return new StatesError("States.ReferencePathConflict", `Unable to apply step "${place}" to input ${JSON.stringify(target)}`);
}
