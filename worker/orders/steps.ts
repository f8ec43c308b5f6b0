/** The steps that carry an order forward: stock and fraud side by side, then the payment, the invoice, the notification. */
import { crashPoint } from "../../config/crash-points.ts";
import { scoreOrder } from "../../domain/fraud.ts";
import { formatMark, type StepName } from "../../domain/order.ts";
import { openLaterRun, orderIn, type ReadOrder } from "../../domain/order-runs.ts";
import type { OrderStatus } from "../../domain/orders.ts";
import { priceOrder } from "../../domain/pricing.ts";
import { release, reserve } from "../../domain/reservations.ts";
import { changeByStep } from "../../domain/steps.ts";
import type { TaskMessage } from "../../workflows/message.ts";
import type { Step, StepContext } from "../step.ts";
import { notificationOf } from "./notice.ts";
import {
  type Came,
  cameOf,
  closed,
  findMark,
  leaveMark,
  markedStep,
  markFor,
  markIn,
  type OrderWork,
  openOrder,
  openOrderNow,
} from "./work.ts";

/** Begins a later run: what earlier ones did is undone first. */
export function reopenStep(work: OrderWork): Step {
  return {
    run: async (task, { signal }) => {
      const { id, version } = task.event;
      const undo = async (run: string) => {
        await work.payments.refund(run, id, signal);
        await release(work.stock, run);
      };
      if (!(await openLaterRun(work.ledger, { id, run: task.execution, afterVersion: version }, undo))) throw closed(task);
      return { outcome: "open" };
    },
    findDone: async () => undefined,
  };
}

export function reserveStep(work: OrderWork): Step {
  return markedStep(work, "inventory", undefined, async ({ order: { wanted } }, task) => {
    if (!("items" in wanted)) return { outcome: "reserved" };
    const result = await reserve(work.stock, task.execution, wanted.items);
    if (result.outcome === "closed") throw closed(task);
    return result.outcome === "declined" ? result : { outcome: "reserved" };
  });
}

export function scoreStep(work: OrderWork): Step {
  return markedStep(work, "fraud", undefined, async ({ order: { wanted } }) => {
    const { passed, score, threshold, rules } = scoreOrder(priceOrder(wanted));
    if (passed) return { outcome: "passed" };
    return { outcome: "declined", reason: `The order looks like fraud: ${score} of ${threshold} points (${rules.join(", ")}).` };
  });
}

/** The charge, then the status: dying between them is made good by the charge's key, under which nothing is taken twice. */
export function payStep(work: OrderWork): Step {
  return {
    run: async (task, context) => {
      const found = await openOrder(work, task);
      const earlier = markIn(found, "payment", task);
      if (earlier !== undefined) return cameOf(earlier);
      const came = await charge(work, found, task, context);
      if (came.outcome !== "charged") return leaveMark(work, "payment", task, context, came);
      return moveOn(work, found, task, context, { to: "PAID", step: "payment", came });
    },
    findDone: (task) => findMark(work, "payment", task),
  };
}

async function charge(work: OrderWork, { order }: ReadOrder, task: TaskMessage, { signal }: StepContext): Promise<Came> {
  const { userId, totalCents: amountCents } = order;
  const result = await work.payments.charge({ key: task.execution, orderId: task.event.id, userId, amountCents }, signal);
  if (result.outcome === "closed") throw closed(task);
  return result;
}

export function invoiceStep(work: OrderWork): Step {
  return markedStep(work, "invoice", "payment", async (found, task) => {
    const reference = await work.invoices.put(task.event.id, found);
    return { outcome: "stored", reference };
  });
}

/** The last step. A message sent twice bears the same id; the order is completed, and its event done with, once. */
export function notifyStep(work: OrderWork): Step {
  return completion(work, async (found, task) => {
    await work.notify(notificationOf(task, found));
    return { outcome: "sent" };
  });
}

/** Ends an order whose customer could not be told: that is left to a person, and no reason to take the order back. */
export function completeStep(work: OrderWork): Step {
  return completion(work, async () => ({ outcome: "failed", reason: "The notification is among the failures." }));
}

function completion(work: OrderWork, act: (found: ReadOrder, task: TaskMessage, context: StepContext) => Promise<Came>): Step {
  return {
    run: async (task, context) => {
      const found = await openOrderNow(work, task);
      const earlier = markIn(found, "notification", task);
      if (earlier !== undefined) return cameOf(earlier);
      const came = await act(found, task, context);
      return moveOn(work, found, task, context, { to: "COMPLETED", step: "notification", came });
    },
    findDone: (task) => findMark(work, "notification", task),
  };
}

interface Move {
  readonly to: OrderStatus;
  readonly step: StepName;
  readonly came: Came;
}

/** Changes the status and leaves the mark in one write, only over the run that is open; the last one ends the event, too. */
async function moveOn(work: OrderWork, found: ReadOrder, task: TaskMessage, context: StepContext, { to, step, came }: Move): Promise<Came> {
  const { event, execution } = task;
  crashPoint("order:before-mark");
  const result = await changeByStep(work.ledger, {
    id: event.id,
    to,
    changeId: `${execution}:${step}`,
    afterVersion: event.version,
    attributes: { [step]: formatMark(markFor(work, task, context, came)) },
    only: { attribute: "openRun", is: execution },
    record: found.record,
    ...(to === "COMPLETED" && { workflow: { event, ends: true } }),
  });
  if (result.outcome !== "changed" && result.outcome !== "alreadyOurs") throw closed(task);
  if (result.record === undefined) work.seen.forget(event.id);
  else work.seen.see(event.id, orderIn(result.record));
  if (to === "COMPLETED" && result.outcome === "changed") work.noteEnd(to);
  if (to === "COMPLETED") context.logger.info(`processed eventId=${result.entry.eventId} orderId=${event.id} newStatus=${to}`);
  return came;
}
