/**
 * Changes of status by a step inside a workflow (an order's payment, a task's processing). They start no execution: the
 * change and its history entry are one write, which also appends what is pending and not yet in history, so order holds.
 *
 * - Once: a step that is repeated finds its own entry by its changeId and writes nothing.
 * - Only legal changes happen, judged by the very version they are written over.
 * - What it brings along is not delivered first: a kind that delivers (see `Deliver`) has no steps.
 * - `pending` is not touched: the events brought along are cleared by their own messages. A step that ends its workflow
 *   clears the workflow's own event in the same write, so neither is done without the other.
 * - A step may pass through a status on its way, at a moment of its own, and have both written at once: what lasted for
 *   milliseconds need not be a write by itself. Where the record is in that status already, that stays as it was written.
 * - A step may say over which of the kind's own attributes alone it changes anything (the run an order is in), or during which
 *   attempt at its workflow, so that one that comes too late changes nothing.
 */

import { archive } from "./archive.ts";
import type { Item } from "./attributes.ts";
import { text, whole } from "./attributes.ts";
import { entryOf, type HistoryEntry, newEvent } from "./event.ts";
import { HistoryContended } from "./history.ts";
import { APPEND, appendValues, type EventKey, unwrittenEvents } from "./history-plan.ts";
import { legalChanges } from "./kind.ts";
import { isoTime, type Ledger, readRecord, type Update, write } from "./ledger.ts";
import { HISTORY_ENTRIES_MAX, HISTORY_TRIES_MAX } from "./limits.ts";
import { assertAttributes, setAttributes } from "./own-attributes.ts";
import { findOwnChange } from "./own-change.ts";
import { parseRecord, type StoredRecord } from "./record.ts";

export interface Step<Status extends string> {
  readonly id: string;
  readonly to: Status;
  /** The same for every repetition of this step in this run, and for no other. */
  readonly changeId: string;
  /** The version of the event that started the workflow: the step's own entry is later. */
  readonly afterVersion: number;
  readonly note?: string;
  /** A status between, which the record has come into meanwhile and nobody has written yet. */
  readonly through?: { readonly to: Status; readonly changeId: string; readonly at: number };
  /** The kind's own attributes that change with the status. */
  readonly attributes?: Item;
  /** A text among the kind's own attributes that must be as said here. */
  readonly only?: { readonly attribute: string; readonly is: string };
  readonly workflow?: Workflow;
  /** The record, where it was read before, or can be told without that. Where it has changed since, it is read. */
  readonly record?: StoredRecord;
}

/** The workflow that the step is a part of: the event it was started for, and where only one attempt at it may do the step, which. */
export interface Workflow {
  readonly event: EventKey;
  readonly attempt?: number;
  /** The event is done with, with this step. */
  readonly ends: boolean;
}

export type StepOutcome<Status extends string> =
  /** With the record as it is afterwards; undefined where its workflow ends with the step, and nobody goes on from there. */
  | { readonly outcome: "changed" | "alreadyOurs"; readonly entry: HistoryEntry; readonly record: StoredRecord | undefined }
  | { readonly outcome: "illegal"; readonly status: string; readonly legal: readonly Status[] }
  /** The attribute of `only` is not as said, or the workflow's attempt not the present one. */
  | { readonly outcome: "late" }
  | { readonly outcome: "missing" };

export async function changeByStep<Status extends string>(ledger: Ledger<Status>, step: Step<Status>): Promise<StepOutcome<Status>> {
  const { id, changeId, afterVersion } = step;
  assertAttributes(step.attributes);
  let record = step.record ?? (await readRecord(ledger, id));
  for (let tries = 0; tries < HISTORY_TRIES_MAX; tries++) {
    if (record === undefined) return { outcome: "missing" };
    const own = await findOwnChange(ledger, id, record, changeId, ({ version }) => version > afterVersion);
    if (own !== undefined && own.input === undefined) {
      // Whoever wrote the entry may have died before it archived.
      if (record.history.length >= HISTORY_ENTRIES_MAX) await archive(ledger, id);
      return { outcome: "alreadyOurs", entry: own.change, record };
    }
    if (isLate(step, record)) return { outcome: "late" };
    const legal = legalChanges(ledger.kind, "step", record.status);
    const way = wayOf(ledger, step, record);
    const entry = way?.at(-1);
    if (way === undefined || entry === undefined) return { outcome: "illegal", status: record.status, legal };
    const waiting = unwrittenEvents(record, record.version).map((event) => entryOf(event, entry.notifiedAt));
    const result = await write(ledger, id, stepTo(step, record, [...waiting, ...way]));
    if (result.written) {
      if (record.history.length + waiting.length + way.length >= HISTORY_ENTRIES_MAX) await archive(ledger, id);
      return { outcome: "changed", entry, record: result.item && parseRecord(result.item) };
    }
    record = result.record;
  }
  throw new HistoryContended(`The record ${id} changed ${HISTORY_TRIES_MAX} times before a step could change it.`);
}

/** The entries that lead to where the step goes; undefined where it may not go there. */
function wayOf<Status extends string>(
  { kind, clock }: Ledger<Status>,
  step: Step<Status>,
  record: StoredRecord,
): HistoryEntry[] | undefined {
  const { id, through } = step;
  const now = isoTime(clock());
  const stops = [
    ...(through === undefined || through.to === record.status ? [] : [{ ...through, changedAt: isoTime(through.at), note: undefined }]),
    { ...step, changedAt: now },
  ];
  let { status: from, version } = record;
  const entries: HistoryEntry[] = [];
  for (const { to, changeId, changedAt, note } of stops) {
    if (!legalChanges(kind, "step", from).includes(to)) return undefined;
    version += 1;
    const facts = { kind: kind.name, id, version, from, to, changedAt, changeId, type: kind.eventType(from, to) };
    entries.push(entryOf(newEvent({ ...facts, ...(note === undefined ? {} : { note }) }), now));
    from = to;
  }
  return entries;
}

function isLate({ only, workflow }: Step<string>, { attributes, pending }: StoredRecord): boolean {
  if (only !== undefined && attributes[only.attribute]?.S !== only.is) return true;
  if (workflow?.attempt === undefined) return false;
  const waiting = pending.get(workflow.event.version);
  return waiting?.changeId !== workflow.event.changeId || waiting.attempt !== workflow.attempt;
}

/**
 * A step:   read version v and h … (others change, the worker appends) … write v+1 and history up to it IF both are as read
 */
function stepTo(step: Step<string>, record: StoredRecord, entries: readonly HistoryEntry[]): Update {
  const own = setAttributes(step.attributes);
  const part = partOf(step.workflow, record);
  const conditions = ["#version = :before AND #historyVersion = :after", ...part.conditions];
  if (step.only !== undefined) conditions.push("#only = :only");
  return {
    returns: step.workflow?.ends ? "NONE" : "ALL_NEW",
    update: `SET #status = :to, #version = :newest, #updatedAt = :notifiedAt, ${APPEND}${own.clause}${part.clause}`,
    condition: conditions.join(" AND "),
    names: { ...own.names, ...part.names, ...(step.only !== undefined && { "#only": step.only.attribute }) },
    values: {
      ":to": text(step.to),
      ":before": whole(record.version),
      ":after": whole(record.historyVersion),
      ...appendValues(entries),
      ...own.values,
      ...part.values,
      ...(step.only !== undefined && { ":only": text(step.only.is) }),
    },
  };
}

interface Part {
  readonly clause: string;
  readonly conditions: readonly string[];
  readonly names: Readonly<Record<string, string>>;
  readonly values: Item;
}

/**
 * What a step says of its workflow's own event: that it waits for this attempt still; and where the workflow ends, that it is
 * cleared, if it is pending, and with the last one the record's place in the index.
 */
function partOf(workflow: Workflow | undefined, { pending }: StoredRecord): Part {
  const { event, attempt, ends = false } = workflow ?? {};
  const isCleared = ends && event !== undefined && pending.get(event.version)?.changeId === event.changeId;
  if (event === undefined || !(isCleared || attempt !== undefined)) return { clause: "", conditions: [], names: {}, values: {} };
  const isLast = pending.size === 1;
  const conditions = ["#pending.#n.#changeId = :waiting"];
  if (attempt !== undefined) conditions.push("#pending.#n.#attempt = :attempt");
  if (isCleared) conditions.push(`size(#pending) ${isLast ? "=" : ">"} :one`);
  return {
    clause: isCleared ? ` REMOVE #pending.#n${isLast ? ", #pendingShard, #pendingDue, #pendingSince" : ""}` : "",
    conditions,
    names: { "#n": String(event.version) },
    values: {
      ":waiting": text(event.changeId),
      ...(attempt !== undefined && { ":attempt": whole(attempt) }),
      ...(isCleared && { ":one": whole(1) }),
    },
  };
}
