/**
 * The runs of an order's workflow. A run is one execution; at one moment one run at most is open, and only its steps leave
 * marks or change the order's status.
 *
 * - Closing comes before undoing: from then on a step of the run that was late marks nothing, and what it does to stock and
 *   card is undone, or refused, by what undoing leaves there.
 * - A later run opens only when all earlier ones are closed and undone, and only while nobody cancels.
 * - A cancellation closes whichever run is open, and none opens after it, since its status allows no run to begin.
 */
import { text, textAt } from "./attributes.ts";
import { isoTime, type Ledger, readRecord, write } from "./ledger.ts";
import { formatMark, formatRuns, type Order, parseOrder, type StepMark, type StepName } from "./order.ts";
import type { OrderStatus } from "./orders.ts";
import { parseRecord, type StoredRecord } from "./record.ts";
import { changeByStep } from "./steps.ts";

export type OrderLedger = Ledger<OrderStatus>;

export interface ReadOrder {
  readonly record: StoredRecord;
  readonly order: Order;
}

export async function readOrder(ledger: OrderLedger, id: string): Promise<ReadOrder | undefined> {
  const record = await readRecord(ledger, id);
  return record && orderIn(record);
}

export function orderIn(record: StoredRecord): ReadOrder {
  return { record, order: parseOrder(record.attributes) };
}

export function newMark(ledger: OrderLedger, facts: Omit<StepMark, "at">): StepMark {
  return { ...facts, at: isoTime(ledger.clock()) };
}

/** Writes down what became of a step, and tells the order as it is then; undefined where its run is not open any more. */
export async function markStep(ledger: OrderLedger, id: string, step: StepName, mark: StepMark): Promise<ReadOrder | undefined> {
  const result = await write(ledger, id, {
    update: "SET #step = :mark",
    condition: "#openRun = :run",
    names: { "#step": step },
    values: { ":mark": formatMark(mark), ":run": text(mark.run) },
    returns: "ALL_NEW",
  });
  return result.written ? orderIn(parseRecord(result.item ?? {})) : undefined;
}

/** Writes down what undoing has come to, whatever is open by now. */
export async function markUndone(ledger: OrderLedger, id: string, step: "refund" | "release", mark: StepMark): Promise<void> {
  await write(ledger, id, {
    update: "SET #step = :mark",
    condition: "attribute_exists(PK)",
    names: { "#step": step },
    values: { ":mark": formatMark(mark) },
  });
}

/** Closes this run, or any where none is named. */
export async function closeRun(ledger: OrderLedger, id: string, run?: string): Promise<void> {
  await write(ledger, id, {
    update: "REMOVE #openRun",
    condition: run === undefined ? "attribute_exists(PK)" : "#openRun = :run",
    values: run === undefined ? {} : { ":run": text(run) },
  });
}

export interface NewRun {
  readonly id: string;
  readonly run: string;
  /** The version of the event that the run carries out. */
  readonly afterVersion: number;
}

/**
 * Opens a later run, after the earlier ones were closed and undone; again is harmless. False where the order goes no way
 * that a run could begin: it was cancelled, or is done.
 *
 * @param undo called with each earlier run, the last first
 */
export async function openLaterRun(
  ledger: OrderLedger,
  { id, run, afterVersion }: NewRun,
  undo: (run: string) => Promise<void>,
): Promise<boolean> {
  const found = await readOrder(ledger, id);
  if (found === undefined) return false;
  const { record, order } = found;
  if (order.openRun === run) return true;
  if (order.openRun !== undefined) await closeRun(ledger, id, order.openRun);
  for (const earlier of order.runs.toReversed()) await undo(earlier);
  const runs = order.runs.includes(run) ? order.runs : [...order.runs, run];
  const attributes = { openRun: text(run), runs: formatRuns(runs) };
  if (record.status !== "PENDING") {
    const result = await changeByStep(ledger, { id, to: "PENDING", changeId: `${run}:open`, afterVersion, attributes });
    return result.outcome === "changed" || result.outcome === "alreadyOurs";
  }
  // A run that was stopped by hand left the order as it was. Nobody changes it between, or the version tells.
  const result = await write(ledger, id, {
    update: "SET #openRun = :run, #runs = :runs",
    condition: "#version = :version AND attribute_not_exists(#openRun)",
    values: { ":run": attributes.openRun, ":runs": attributes.runs, ":version": { N: String(record.version) } },
  });
  return result.written || (result.record !== undefined && isOpen(result.record, run));
}

function isOpen({ attributes }: StoredRecord, run: string): boolean {
  return attributes.openRun !== undefined && textAt(attributes, "openRun") === run;
}
