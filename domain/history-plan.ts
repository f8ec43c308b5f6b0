/**
 * What is left to do for an event whose message has come, judged by the record as it was read. h is its historyVersion.
 *
 *   A  h = n−1, n alone is pending    append n, clear n and the index attributes
 *   B  h < n, others are pending too  append h+1 … n, clear n; the others' own messages clear them
 *   C  h ≥ n, n is pending            another's message has brought n into history: clear n, with n the index if it was the last
 *   D  n is not pending, h ≥ n        a duplicate: nothing to do
 *
 * Each case is one write whose condition is all that the case rests on, so a plan that has become wrong writes nothing.
 * Pending n bears the event's changeId in all of them, so a message from another life of the record writes nothing either.
 */
import { type Item, map, maps, text, whole } from "./attributes.ts";
import { type ChangeEvent, formatEntry, type HistoryEntry, parseInput } from "./event.ts";
import type { Update } from "./ledger.ts";
import { formatFailed, type PendingChange, type StoredRecord } from "./record.ts";

export type EventKey = Pick<ChangeEvent, "id" | "version" | "changeId">;

export type WritingPlan =
  | { readonly case: "A" | "B"; readonly after: number; readonly events: readonly ChangeEvent[]; readonly last: boolean }
  | { readonly case: "C"; readonly last: boolean };

export type Plan =
  | WritingPlan
  | { readonly case: "D" }
  /** The record knows no such event: the message is of another record, or of an earlier life of this one. */
  | { readonly case: "foreign" };

/** An event is given up while its last attempt is still the one that failed. */
export interface GivenUp {
  readonly pending: PendingChange;
  readonly reason: string;
}

/** What is nearly always so, and can be tried without reading. */
export function usualPlan(event: ChangeEvent): Plan {
  return { case: "A", after: event.version - 1, events: [event], last: true };
}

export function planFor(record: StoredRecord, { version, changeId }: EventKey): Plan {
  const pending = record.pending.get(version);
  if (pending === undefined) return { case: version <= record.historyVersion ? "D" : "foreign" };
  if (pending.changeId !== changeId) return { case: "foreign" };
  const last = record.pending.size === 1;
  if (version <= record.historyVersion) return { case: "C", last };
  return { case: last ? "A" : "B", after: record.historyVersion, events: unwrittenEvents(record, version), last };
}

/** The events of the versions h+1 … `upTo`, all of which are pending. */
export function unwrittenEvents(record: StoredRecord, upTo: number): ChangeEvent[] {
  return [...record.pending]
    .filter(([version]) => version > record.historyVersion && version <= upTo)
    .map(([, { event, input }]) => event ?? parseInput(input));
}

/**
 *   read h, pending … (a change adds n+1, another worker appends or clears, a page is archived) … write IF still so
 *
 * `size(pending)` decides over the index attributes: removed with the last event, kept while the relay has work here.
 */
export function updateFor(plan: WritingPlan, key: EventKey, entries: readonly HistoryEntry[], now: string, givenUp?: GivenUp): Update {
  const sets: string[] = [];
  const removes = ["#pending.#n"];
  const conditions = ["#pending.#n.#changeId = :changeId", `size(#pending) ${plan.last ? "=" : ">"} :one`];
  let values: Item = { ":changeId": text(key.changeId), ":one": whole(1) };
  if (plan.last) removes.push("#pendingShard", "#pendingDue", "#pendingSince");
  if (plan.case !== "C") {
    sets.push(APPEND);
    conditions.push("#historyVersion = :after");
    values = { ...values, ...appendValues(entries), ":after": whole(plan.after) };
  }
  if (givenUp !== undefined) {
    const { pending, reason } = givenUp;
    sets.push("#failed.#n = :failed");
    conditions.push("#pending.#n.#attempt = :attempt");
    values = { ...values, ":failed": map(formatFailed({ ...pending, reason, failedAt: now })), ":attempt": whole(pending.attempt) };
  }
  const set = sets.length === 0 ? "" : `SET ${sets.join(", ")} `;
  return {
    update: `${set}REMOVE ${removes.join(", ")}`,
    condition: conditions.join(" AND "),
    names: { "#n": String(key.version) },
    values,
  };
}

/** Appends entries, the last of which is the newest of the history from then on. */
export const APPEND =
  "#statusHistory = list_append(#statusHistory, :entries), #historyVersion = :newest, #notifiedAt = :notifiedAt, #lastEventId = :lastEventId";

export function appendValues(entries: readonly HistoryEntry[]): Item {
  const newest = entries.at(-1);
  if (newest === undefined) throw new RangeError("An append has at least one entry.");
  return {
    ":entries": maps(entries.map(formatEntry)),
    ":newest": whole(newest.version),
    ":notifiedAt": text(newest.notifiedAt),
    ":lastEventId": text(newest.eventId),
  };
}
