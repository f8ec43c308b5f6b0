/** A kind's own attributes (a title, a result), which stand beside those of the mechanism in the same item. */
import type { Item } from "./attributes.ts";

const TAKEN = new Set([
  ...["PK", "v", "status", "version", "historyVersion", "archivedVersion", "statusHistory", "pending", "failed"],
  ...["pendingShard", "pendingDue", "pendingSince", "notifiedAt", "lastEventId", "createdAt", "createdKey", "updatedAt"],
]);

/** Whether the mechanism uses this name. */
export function isTaken(name: string): boolean {
  return TAKEN.has(name);
}

/** A kind that named its own attribute like one of the mechanism's would break the mechanism silently. */
export function assertAttributes(attributes: Item = {}): void {
  const taken = Object.keys(attributes).find(isTaken);
  if (taken !== undefined) throw new TypeError(`The attribute ${taken} belongs to the mechanism; a kind's own has another name.`);
}

/** The part of a SET clause that writes them, to stand behind others. */
export function setAttributes(attributes: Item = {}): { clause: string; names: Record<string, string>; values: Item } {
  const names = Object.keys(attributes);
  return {
    clause: names.map((_, index) => `, #own${index} = :own${index}`).join(""),
    names: Object.fromEntries(names.map((name, index) => [`#own${index}`, name])),
    values: Object.fromEntries(Object.values(attributes).map((value, index) => [`:own${index}`, value])),
  };
}
