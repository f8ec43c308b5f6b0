/**
 * A record as it is stored: one item, parsed at the border.
 *
 * What holds in every item, whoever wrote last (asserted whenever one is read):
 * - history is without gaps: its entries are those of the versions archivedVersion+1 … historyVersion;
 * - nothing is lost on the way: every version in historyVersion+1 … version is pending;
 * - the index attributes are there exactly while something is pending, so that the relay finds it.
 */
import { CorruptItem, type Item, map, mapAt, mapsAt, optionalTextAt, optionalWholeAt, text, textAt, whole, wholeAt } from "./attributes.ts";
import { type ChangeEvent, formatInput, type HistoryEntry, parseEntry } from "./event.ts";
import { SCHEMA_VERSION } from "./limits.ts";
import { isTaken } from "./own-attributes.ts";

/** A change on its way: the input of its execution, and which attempt at that execution is under way. */
export interface PendingChange {
  readonly changeId: string;
  readonly input: string;
  /** What the input says, where it was made of that and not read. */
  readonly event?: ChangeEvent;
  readonly changedAt: string;
  readonly attempt: number;
}

/** A change that was given up, kept with what a redrive needs. */
export interface FailedChange extends PendingChange {
  readonly reason: string;
  readonly failedAt: string;
}

/** What a change needs to know, and all that is read for it. */
export interface RecordHead {
  readonly status: string;
  readonly version: number;
  readonly pending: ReadonlyMap<number, PendingChange>;
  readonly failed: ReadonlyMap<number, FailedChange>;
}

export interface StoredRecord extends RecordHead {
  readonly v: number;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly historyVersion: number;
  readonly archivedVersion: number;
  readonly history: readonly HistoryEntry[];
  readonly notifiedAt: string | undefined;
  readonly lastEventId: string | undefined;
  readonly pendingDue: number | undefined;
  /** The kind's own attributes: all that the mechanism does not use. */
  readonly attributes: Item;
}

export function parseHead(item: Item): RecordHead {
  return {
    status: textAt(item, "status"),
    version: wholeAt(item, "version"),
    pending: byVersion(item, "pending", parsePending),
    failed: byVersion(item, "failed", parseFailed),
  };
}

export function parseRecord(item: Item): StoredRecord {
  const record: StoredRecord = {
    ...parseHead(item),
    v: wholeAt(item, "v"),
    createdAt: textAt(item, "createdAt"),
    updatedAt: textAt(item, "updatedAt"),
    historyVersion: wholeAt(item, "historyVersion"),
    archivedVersion: wholeAt(item, "archivedVersion"),
    history: mapsAt(item, "statusHistory").map(parseEntry),
    notifiedAt: optionalTextAt(item, "notifiedAt"),
    lastEventId: optionalTextAt(item, "lastEventId"),
    pendingDue: optionalWholeAt(item, "pendingDue"),
    attributes: Object.fromEntries(Object.entries(item).filter(([name]) => !isTaken(name))),
  };
  assertSound(record);
  return record;
}

function assertSound(record: StoredRecord): void {
  const { archivedVersion, historyVersion, history, pending, version } = record;
  const gap = history.findIndex((entry, index) => entry.version !== archivedVersion + 1 + index);
  if (gap >= 0 || archivedVersion + history.length !== historyVersion) throw new CorruptItem("statusHistory", "without gaps");
  for (let lost = historyVersion + 1; lost <= version; lost++) {
    if (!pending.has(lost)) throw new CorruptItem("pending", `complete: ${lost} is missing`);
  }
  if ((record.pendingDue !== undefined) !== pending.size > 0)
    throw new CorruptItem("pendingDue", "there exactly while changes are pending");
}

/** The entry of a version that is still in the item. */
export function entryIn(record: StoredRecord, version: number): HistoryEntry | undefined {
  return record.history[version - record.archivedVersion - 1];
}

export function formatPending(change: PendingChange): Item {
  return {
    changeId: text(change.changeId),
    input: text(change.input),
    changedAt: text(change.changedAt),
    attempt: whole(change.attempt),
  };
}

export function formatFailed(change: FailedChange): Item {
  return { ...formatPending(change), reason: text(change.reason), failedAt: text(change.failedAt) };
}

function parsePending(item: Item): PendingChange {
  return {
    changeId: textAt(item, "changeId"),
    input: textAt(item, "input"),
    changedAt: textAt(item, "changedAt"),
    attempt: wholeAt(item, "attempt"),
  };
}

function parseFailed(item: Item): FailedChange {
  return { ...parsePending(item), reason: textAt(item, "reason"), failedAt: textAt(item, "failedAt") };
}

/** A map from version to change, in the versions' order. */
function byVersion<Entry>(item: Item, name: string, parse: (entry: Item) => Entry): Map<number, Entry> {
  const entries = mapAt(item, name);
  const versions = Object.keys(entries).map((key) => {
    if (!/^[1-9][0-9]*$/.test(key)) throw new CorruptItem(`${name}.${key}`, "a version");
    return Number(key);
  });
  return new Map(versions.sort((a, b) => a - b).map((version) => [version, parse(mapAt(entries, String(version)))]));
}

/** The attributes of a record that has just been made, but for its key: nothing written, its creation pending. */
export function newRecordItem(status: string, creation: PendingChange): Item {
  return {
    status: text(status),
    version: whole(1),
    historyVersion: whole(0),
    archivedVersion: whole(0),
    statusHistory: { L: [] },
    pending: map({ 1: map(formatPending(creation)) }),
    failed: map({}),
    createdAt: text(creation.changedAt),
    updatedAt: text(creation.changedAt),
  };
}

/**
 * A record as its creation leaves it, made of that event alone: good to try a first write over without reading, for the
 * write's condition tells where it is not so any more. Of what the kind keeps of its own it has the event's details only.
 */
export function recordAsMade(creation: ChangeEvent): StoredRecord {
  const { to: status, version, changeId, changedAt, details = {} } = creation;
  return {
    v: SCHEMA_VERSION,
    status,
    version,
    createdAt: changedAt,
    updatedAt: changedAt,
    historyVersion: version - 1,
    archivedVersion: version - 1,
    history: [],
    pending: new Map([[version, { changeId, input: formatInput(creation), event: creation, changedAt, attempt: 1 }]]),
    failed: new Map(),
    notifiedAt: undefined,
    lastEventId: undefined,
    pendingDue: Date.parse(changedAt),
    attributes: Object.fromEntries(Object.entries(details).map(([name, detail]) => [name, text(detail)])),
  };
}
