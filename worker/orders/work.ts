/**
 * What the steps of an order have in common: each does its part for the run it belongs to, leaves a mark of what came of it,
 * and tells its execution the same.
 *
 * - A step of a run that was closed is refused, before it does anything, and again where the run was closed meanwhile; what
 *   it did to stock or card by then is undone by whoever closed the run.
 * - A step that left its mark in the same run tells what it told before, and does nothing again.
 * - A step goes by the order as this worker last saw it, where that shows what it builds upon: a read less. What was wanted
 *   never changes; a run that was closed meanwhile is met by the condition under which its mark is written; and whatever an
 *   act does, it does under its run's name, once. What cannot be undone, telling the customer, goes by the
 *   order as it is.
 */
import { crashPoint } from "../../config/crash-points.ts";
import type { FailureKeeper } from "../../domain/giving-up.ts";
import type { StepMark, StepName } from "../../domain/order.ts";
import { closeRun, markStep, newMark, type OrderLedger, type ReadOrder, readOrder } from "../../domain/order-runs.ts";
import type { PaymentProvider } from "../../domain/payments.ts";
import type { StockStore } from "../../domain/reservations.ts";
import type { TaskMessage } from "../../workflows/message.ts";
import type { Notify } from "../notifications/notification.ts";
import { Refused, type Step, type StepContext, Unusable } from "../step.ts";
import type { NoteEnd } from "./ends.ts";
import type { InvoiceStore } from "./invoices.ts";
import type { SeenOrders } from "./seen.ts";

export interface OrderWork {
  readonly ledger: OrderLedger;
  readonly stock: StockStore;
  readonly payments: PaymentProvider;
  readonly invoices: InvoiceStore;
  /** Where what was given up is shown. */
  readonly keeper: FailureKeeper;
  /** Tells the customer, by all ways that are configured for that. */
  readonly notify: Notify;
  readonly seen: SeenOrders;
  readonly noteEnd: NoteEnd;
}

/** What came of a step; what of it the workflow looks at is `outcome`. */
export type Came = Pick<StepMark, "outcome" | "reason" | "reference">;

export type Act = (found: ReadOrder, task: TaskMessage, context: StepContext) => Promise<Came>;

/**
 * A step that leaves its mark and nothing else.
 *
 * @param after the step whose mark must be there before
 */
export function markedStep(work: OrderWork, name: StepName, after: StepName | undefined, act: Act): Step {
  return {
    run: async (task, context) => {
      const found = await openOrder(work, task, after);
      const earlier = markIn(found, name, task);
      if (earlier !== undefined) return cameOf(earlier);
      return leaveMark(work, name, task, context, await act(found, task, context));
    },
    findDone: (task) => findMark(work, name, task),
  };
}

export async function leaveMark(work: OrderWork, name: StepName, task: TaskMessage, context: StepContext, came: Came): Promise<Came> {
  const { id } = task.event;
  crashPoint("order:before-mark");
  const marked = await markStep(work.ledger, id, name, markFor(work, task, context, came));
  if (marked === undefined) throw closed(task);
  work.seen.see(id, marked);
  return came;
}

/** The order, where its open run is the one the task belongs to; the step named has left its mark in it, if it ever did. */
export async function openOrder(work: OrderWork, task: TaskMessage, after?: StepName): Promise<ReadOrder> {
  const { id } = task.event;
  const known = work.seen.get(id);
  // Two steps side by side come here at once: no pause before the first of them reads, and the other waits for that.
  const seen = known && (await known);
  if (seen?.order.openRun === task.execution && (after === undefined || markIn(seen, after, task) !== undefined)) return seen;
  return openOrderNow(work, task);
}

/** The same, of the order as it is now. One that is being cancelled goes no further, though its run is closed a moment later. */
export async function openOrderNow(work: OrderWork, task: TaskMessage): Promise<ReadOrder> {
  const { id } = task.event;
  const found = await work.seen.read(id, () => readOrder(work.ledger, id));
  if (found === undefined) throw new Unusable(`There is no order ${id}.`);
  if (found.order.openRun !== task.execution || found.record.status === "CANCELLING") throw closed(task);
  return found;
}

export function closed({ execution }: TaskMessage): Refused {
  return new Refused("RunClosed", `The run ${execution} was closed: it was cancelled, given up, or followed by another.`);
}

export function markFor({ ledger }: OrderWork, task: TaskMessage, { receives }: StepContext, came: Came): StepMark {
  return newMark(ledger, { ...came, run: task.execution, attempt: receives });
}

export function markIn({ order }: ReadOrder, name: StepName, { execution }: TaskMessage): StepMark | undefined {
  const mark = order.marks.get(name);
  return mark?.run === execution ? mark : undefined;
}

export async function findMark(work: OrderWork, name: StepName, task: TaskMessage): Promise<Came | undefined> {
  const found = await readOrder(work.ledger, task.event.id);
  const mark = found && markIn(found, name, task);
  return mark && cameOf(mark);
}

export function cameOf({ outcome, reason, reference }: StepMark): Came {
  return { outcome, ...(reason !== undefined && { reason }), ...(reference !== undefined && { reference }) };
}

/** Whether the workflow is that of a cancellation, which closes and undoes every run there was. */
export function isCancellation({ event }: TaskMessage): boolean {
  return event.to === "CANCELLING";
}

/** Closes what the task undoes, and tells which runs those are, the last first. */
export async function closeRuns({ ledger, seen }: OrderWork, task: TaskMessage): Promise<readonly string[]> {
  const { id } = task.event;
  await closeRun(ledger, id, isCancellation(task) ? undefined : task.execution);
  seen.forget(id);
  if (!isCancellation(task)) return [task.execution];
  const found = await readOrder(ledger, id);
  return found?.order.runs.toReversed() ?? [];
}
