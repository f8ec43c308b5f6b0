/**
 * Changes of status from outside. Change n and the event that will carry it out are one conditional write, so there is no
 * moment at which one is there without the other.
 *
 * - Only legal changes happen, judged by the very version they are written over.
 * - Two callers never overwrite each other: one of them is told, or tries again against what the other left.
 * - A call that is repeated, by the SDK or by another who took over its changeId, changes the record once.
 * - A record with a hundred events on their way, or fifty given up, takes no further change.
 *
 * It costs two calls, a read of the record's head and the write, or the write alone where this process remembers the record;
 * and one more for each time another was quicker.
 */
import { type Item, map, text, whole } from "./attributes.ts";
import { type Change, type ChangeEvent, formatInput, newEvent, type Origin, originOf } from "./event.ts";
import { pendingShard } from "./ids.ts";
import { legalChanges } from "./kind.ts";
import { isoTime, type Ledger, readHead, readRecord, type Update, write } from "./ledger.ts";
import { CHANGE_TRIES_MAX, CLOCK_SKEW_MS_MAX, FAILED_MAX, PENDING_MAX, RELAY_GRACE_MS } from "./limits.ts";
import { assertAttributes, setAttributes } from "./own-attributes.ts";
import { findOwnChange } from "./own-change.ts";
import { formatPending, type RecordHead, type StoredRecord } from "./record.ts";

export interface ChangeRequest<Status extends string> extends Origin {
  readonly id: string;
  readonly to: Status;
  /** Names the call: a repeated one bears the same. */
  readonly changeId: string;
  readonly note?: string;
  /** The version the caller has seen (If-Match): over any other nothing is written. */
  readonly ifVersion?: number;
  /** The kind's own attributes that change with the status. */
  readonly attributes?: Item;
  /** When the first call with this changeId was made, where there may have been one: the record is searched for it. */
  readonly triedSince?: number;
  /** No write begins at this moment or later: another may then take over the changeId, and would not know of it. */
  readonly until?: number;
}

export type ChangeOutcome<Status extends string> =
  | { readonly outcome: "changed"; readonly event: ChangeEvent; readonly input: string }
  /** The input is there while the event is pending: whoever comes again may start its execution. */
  | { readonly outcome: "alreadyOurs"; readonly change: Change; readonly input: string | undefined }
  | { readonly outcome: "illegal"; readonly status: string; readonly legal: readonly Status[] }
  /** Others were quicker every time, or the caller's time was over. */
  | { readonly outcome: "conflict" }
  /** The record is not of the version the caller has seen. */
  | { readonly outcome: "stale"; readonly version: number }
  /** Too many of its events are on their way, or were given up. */
  | { readonly outcome: "full" }
  | { readonly outcome: "missing" };

export async function changeStatus<Status extends string>(
  ledger: Ledger<Status>,
  request: ChangeRequest<Status>,
): Promise<ChangeOutcome<Status>> {
  const { id } = request;
  assertAttributes(request.attributes);
  const remembered = request.triedSince === undefined ? rememberedHead(ledger, request) : undefined;
  let head = remembered;
  if (remembered !== undefined) ledger.heads?.forget(id);
  else if (request.triedSince === undefined) head = await readHead(ledger, id);
  else {
    const record = await readRecord(ledger, id);
    const own = record && (await findEarlierTry(ledger, request, record, request.triedSince));
    if (own !== undefined) return { outcome: "alreadyOurs", ...own };
    head = record;
  }
  // What was remembered may have been overtaken long ago: then it counts for no try.
  for (let tries = remembered === undefined ? 0 : -1; tries < CHANGE_TRIES_MAX; tries++) {
    if (head === undefined) return { outcome: "missing" };
    const refusal = refuse(ledger, request, head);
    if (refusal !== undefined) return refusal;
    if (request.until !== undefined && ledger.clock() >= request.until) break;
    const event = eventFor(ledger, request, head);
    const input = formatInput(event);
    const result = await write(ledger, id, changeTo(ledger, request, event, input));
    if (result.written) {
      ledger.heads?.see(id, event.to, event.version);
      return { outcome: "changed", event, input };
    }
    const own = result.record && (await findWrittenSince(ledger, event, result.record));
    if (own !== undefined) return { outcome: "alreadyOurs", ...own };
    head = result.record;
  }
  return { outcome: "conflict" };
}

/** Only what the change would be legal over: nobody is refused because of what may be long past. */
function rememberedHead<Status extends string>(ledger: Ledger<Status>, request: ChangeRequest<Status>): RecordHead | undefined {
  const head = ledger.heads?.get(request.id);
  return head !== undefined && refuse(ledger, request, head) === undefined ? head : undefined;
}

function findEarlierTry(ledger: Ledger, { id, changeId }: ChangeRequest<string>, record: StoredRecord, since: number) {
  const recent = ({ changedAt }: Change) => Date.parse(changedAt) >= since - CLOCK_SKEW_MS_MAX;
  return findOwnChange(ledger, id, record, changeId, recent);
}

/** What came between has this event's version or a later one; it may be our own write, of which we had no answer. */
function findWrittenSince(ledger: Ledger, { id, changeId, version }: ChangeEvent, record: StoredRecord) {
  return findOwnChange(ledger, id, record, changeId, (change) => change.version > version);
}

function refuse<Status extends string>(
  ledger: Ledger<Status>,
  { to, ifVersion }: ChangeRequest<Status>,
  { status, version, pending, failed }: RecordHead,
): ChangeOutcome<Status> | undefined {
  if (ifVersion !== undefined && ifVersion !== version) return { outcome: "stale", version };
  const legal = legalChanges(ledger.kind, "caller", status);
  if (!legal.includes(to)) return { outcome: "illegal", status, legal };
  return pending.size >= PENDING_MAX || failed.size >= FAILED_MAX ? { outcome: "full" } : undefined;
}

function eventFor<Status extends string>({ kind, clock }: Ledger<Status>, request: ChangeRequest<Status>, head: RecordHead): ChangeEvent {
  const { id, to, changeId, note } = request;
  const facts = { kind: kind.name, id, version: head.version + 1, from: head.status, to, changedAt: isoTime(clock()), changeId };
  return newEvent({ ...facts, type: kind.eventType(head.status, to), ...(note === undefined ? {} : { note }), ...originOf(request) });
}

/**
 * Change n:   read version n−1 … (others change, the worker writes history) … write n IF version = n−1
 * The status is that of version n−1, since both change together; the count of pending events may have grown meanwhile.
 */
function changeTo(ledger: Ledger, request: ChangeRequest<string>, event: ChangeEvent, input: string): Update {
  const changedAt = Date.parse(event.changedAt);
  const own = setAttributes(request.attributes);
  const status = "#status = :to, #version = :version, #updatedAt = :changedAt, #pending.#n = :pending";
  // The first event on its way puts the record in the index; those that join it leave its place there as it is.
  const due = "#pendingDue = if_not_exists(#pendingDue, :due), #pendingSince = if_not_exists(#pendingSince, :since)";
  return {
    update: `SET ${status}, #pendingShard = :shard, ${due}${own.clause}`,
    condition: "#version = :before AND size(#pending) < :pendingMax AND size(#failed) < :failedMax",
    names: { "#n": String(event.version), ...own.names },
    values: {
      ":to": text(event.to),
      ":version": whole(event.version),
      ":before": whole(event.version - 1),
      ":changedAt": text(event.changedAt),
      ":pending": map(formatPending({ changeId: event.changeId, input, changedAt: event.changedAt, attempt: 1 })),
      ":shard": text(pendingShard(ledger.kind, event.id)),
      ":due": whole(changedAt + RELAY_GRACE_MS),
      ":since": whole(changedAt),
      ":pendingMax": whole(PENDING_MAX),
      ":failedMax": whole(FAILED_MAX),
      ...own.values,
    },
  };
}
