/**
 * Writes history, by the worker and, for events that are given up, by the relay.
 *
 * - In order: an entry is appended behind that of the version before it, whatever order messages come in.
 * - Once: however often and in whatever number of workers a message is handled, its event has one entry.
 * - Nothing pending is lost: an event is cleared by its own message (or given up), and is in history by then.
 * - In all cases the caller is given entry n as it is stored, to end the execution with.
 *
 * Usually it costs one call, case A, tried without reading. Any lost condition reads again and goes by what is there.
 */
import { archive, readEntry } from "./archive.ts";
import { type ChangeEvent, entryOf, type HistoryEntry } from "./event.ts";
import { type EventKey, type GivenUp, type Plan, planFor, updateFor, usualPlan, type WritingPlan } from "./history-plan.ts";
import { isoTime, type Ledger, readRecord, write } from "./ledger.ts";
import { HISTORY_ENTRIES_MAX, HISTORY_TRIES_MAX, PAGE_ENTRIES } from "./limits.ts";
import type { StoredRecord } from "./record.ts";

/** Others were quicker every time: the message goes back to its queue and comes again. */
export class HistoryContended extends Error {
  override readonly name = "HistoryContended";
  readonly retryable = true;
}

export type HistoryOutcome =
  | { readonly outcome: "settled"; readonly case: "A" | "B" | "C" | "D"; readonly duplicate: boolean; readonly entry: HistoryEntry }
  /** The record knows no such event. */
  | { readonly outcome: "foreign" }
  | { readonly outcome: "missing" };

/**
 * Called with the entries about to be appended, in order, before they are, and with their record. One given up is left out,
 * and delivered when it was redriven, before it is cleared. Where it fails nothing is written and the message comes again;
 * where another worker is quicker, or this one dies, the same events may be delivered again.
 */
export type Deliver = (entries: readonly HistoryEntry[], record: StoredRecord) => Promise<void>;

/** Writes the event whose message has come into its record's history. */
export async function writeHistory(ledger: Ledger, event: ChangeEvent, deliver?: Deliver): Promise<HistoryOutcome> {
  // What is to be delivered has to be known before, so the write cannot be tried blindly.
  if (deliver === undefined) return settle(ledger, event, { plan: usualPlan(event), record: undefined });
  const record = await readRecord(ledger, event.id);
  if (record === undefined) return { outcome: "missing" };
  return settle(ledger, event, { plan: planFor(record, event), record }, { deliver: once(deliver) });
}

/**
 * Gives an event up: its entry says why, and what a redrive needs moves to `failed`. An entry that another event's message
 * has already brought into history stays as it is. False where the event was cleared, or tried again, in the meantime.
 */
export async function giveUp(ledger: Ledger, key: EventKey, record: StoredRecord, givenUp: GivenUp, deliver?: Deliver): Promise<boolean> {
  const how = deliver === undefined ? { givenUp } : { givenUp, deliver: once(deliver) };
  const result = await settle(ledger, key, { plan: planFor(record, key), record }, how);
  return result.outcome === "settled" && !result.duplicate;
}

/** A plan and what it was made from; nothing where it was made blindly. */
interface Situation {
  readonly plan: Plan;
  readonly record: StoredRecord | undefined;
}

interface How {
  readonly deliver?: Deliver;
  readonly givenUp?: GivenUp;
}

async function settle(ledger: Ledger, key: EventKey, start: Situation, how: How = {}): Promise<HistoryOutcome> {
  let { plan, record } = start;
  for (let tries = 0; tries < HISTORY_TRIES_MAX; tries++) {
    if (plan.case === "foreign") return { outcome: "foreign" };
    if (plan.case === "D") return duplicate(ledger, key, record);
    const now = isoTime(ledger.clock());
    const entries = plan.case === "C" ? [] : entriesOf(plan.events, now, how.givenUp);
    if (how.deliver !== undefined && record !== undefined) {
      const due = plan.case === "C" ? await redriven(ledger, key, record, how) : entries.filter(({ failure }) => failure === undefined);
      if (due.length > 0) await how.deliver(due, record);
    }
    const result = await write(ledger, key.id, updateFor(plan, key, entries, now, how.givenUp));
    if (result.written) return written(ledger, key, plan, record, entries);
    record = result.record;
    if (record === undefined) return { outcome: "missing" };
    plan = how.givenUp !== undefined && isOutdated(record, key, how.givenUp) ? { case: "foreign" } : planFor(record, key);
  }
  throw new HistoryContended(`The history of ${key.id} changed ${HISTORY_TRIES_MAX} times before version ${key.version} was written.`);
}

/** An event that was given up has its entry, but nobody was told of it: that is done once it is redriven. */
async function redriven(ledger: Ledger, { id, version }: EventKey, record: StoredRecord, { givenUp }: How): Promise<HistoryEntry[]> {
  const entry = givenUp === undefined ? await readEntry(ledger, id, record, version) : undefined;
  return entry?.failure === undefined ? [] : [entry];
}

async function written(
  ledger: Ledger,
  key: EventKey,
  plan: WritingPlan,
  record: StoredRecord | undefined,
  entries: readonly HistoryEntry[],
): Promise<HistoryOutcome> {
  await archiveIfLong(ledger, key, record, entries.length);
  const entry = entries.at(-1) ?? (record && (await readEntry(ledger, key.id, record, key.version)));
  return entry === undefined ? { outcome: "missing" } : { outcome: "settled", case: plan.case, duplicate: false, entry };
}

async function duplicate(ledger: Ledger, key: EventKey, record: StoredRecord | undefined): Promise<HistoryOutcome> {
  const entry = record && (await readEntry(ledger, key.id, record, key.version));
  if (entry?.changeId !== key.changeId) return { outcome: "foreign" };
  // Whoever wrote the entry may have died before it archived.
  await archiveIfLong(ledger, key, record, 0);
  return { outcome: "settled", case: "D", duplicate: true, entry };
}

/** Without having read the record, its length is not known; from the hundredth on, every fiftieth entry looks. */
async function archiveIfLong(ledger: Ledger, { id, version }: EventKey, record: StoredRecord | undefined, appended: number): Promise<void> {
  const mayBeLong = version >= HISTORY_ENTRIES_MAX && version % PAGE_ENTRIES === 0;
  const isLong = record === undefined ? mayBeLong : record.history.length + appended >= HISTORY_ENTRIES_MAX;
  if (isLong) await archive(ledger, id);
}

function entriesOf(events: readonly ChangeEvent[], now: string, givenUp: GivenUp | undefined): HistoryEntry[] {
  return events.map((event, index) => entryOf(event, now, index === events.length - 1 ? givenUp?.reason : undefined));
}

function isOutdated(record: StoredRecord, { version }: EventKey, { pending }: GivenUp): boolean {
  return record.pending.get(version)?.attempt !== pending.attempt;
}

/** Leaves out what was delivered in an earlier try of the same call. */
function once(deliver: Deliver): Deliver {
  let delivered = 0;
  return async (entries, record) => {
    const fresh = entries.filter(({ version }) => version > delivered);
    if (fresh.length > 0) await deliver(fresh, record);
    delivered = Math.max(delivered, ...entries.map(({ version }) => version));
  };
}
