/**
 * The steps that take an order back, in reverse: the money, then the stock, then the order's own end. They close the run
 * first, so a step of it that is late does nothing more, and they may be repeated.
 */
import { z } from "zod";
import { crashPoint } from "../../config/crash-points.ts";
import { text } from "../../domain/attributes.ts";
import { firstBytes } from "../../domain/first-bytes.ts";
import { keepAndGiveUp } from "../../domain/giving-up.ts";
import { readRecord } from "../../domain/ledger.ts";
import { NOTE_BYTES_MAX } from "../../domain/limits.ts";
import { markUndone } from "../../domain/order-runs.ts";
import type { OrderStatus } from "../../domain/orders.ts";
import { release } from "../../domain/reservations.ts";
import { changeByStep } from "../../domain/steps.ts";
import type { TaskMessage } from "../../workflows/message.ts";
import type { Step, StepContext } from "../step.ts";
import { writeEventHistory } from "../write-history.ts";
import { closeRuns, findMark, isCancellation, markFor, type OrderWork } from "./work.ts";

export function refundStep(work: OrderWork): Step {
  return undoStep(work, "refund", "refunded", (run, { event }, { signal }) => work.payments.refund(run, event.id, signal));
}

export function releaseStep(work: OrderWork): Step {
  return undoStep(work, "release", "released", (run) => release(work.stock, run));
}

type UndoRun = (run: string, task: TaskMessage, context: StepContext) => Promise<string>;

function undoStep(work: OrderWork, name: "refund" | "release", done: string, undoRun: UndoRun): Step {
  return {
    run: async (task, context) => {
      let outcome = "nothing";
      for (const run of await closeRuns(work, task)) if ((await undoRun(run, task, context)) === done) outcome = done;
      crashPoint("order:after-undo");
      await markUndone(work.ledger, task.event.id, name, markFor(work, task, context, { outcome }));
      return { outcome };
    },
    findDone: (task) => findMark(work, name, task),
  };
}

/** What the workflow has come to by its end: what its steps said, and the error that ended one of them. */
const came = z.object({ outcome: z.string(), reason: z.string().optional() });
const detail = z.object({
  checks: z.array(came).optional(),
  payment: came.optional(),
  error: z.object({ Error: z.string(), Cause: z.string().optional() }).optional(),
});

/** How the order ends; undefined where somebody else has ended it, or will. */
interface End {
  readonly to: Extract<OrderStatus, "REJECTED" | "FAILED" | "CANCELLED"> | undefined;
  readonly reason: string;
}

/**
 * Gives the order its last status. What was rejected or cancelled is done with; what failed is given up, and shown to
 * whoever may redrive it.
 */
export function concludeStep(work: OrderWork): Step {
  return {
    run: async (task, context) => {
      const { event, execution } = task;
      const { to, reason } = endOf(task);
      if (to !== undefined) {
        const attributes = { reason: text(reason) };
        const change = { id: event.id, to, changeId: `${execution}:conclude`, afterVersion: event.version, attributes, note: reason };
        const result = await changeByStep(work.ledger, to === "FAILED" ? change : { ...change, settles: event });
        if (result.outcome === "changed" || result.outcome === "alreadyOurs") {
          if (to === "FAILED") await giveUpEvent(work, task, reason);
          if (result.outcome === "changed") work.noteEnd(to);
          context.logger.info({ reason }, `processed eventId=${result.entry.eventId} orderId=${event.id} newStatus=${to}`);
          return { status: to, reason };
        }
      }
      // Another has ended it: this workflow's own event is all that is left.
      await writeEventHistory(work.ledger, task, context);
      return { status: "CLOSED", reason };
    },
    findDone: async () => undefined,
  };
}

async function giveUpEvent({ ledger, keeper }: OrderWork, { event: { id, version } }: TaskMessage, reason: string): Promise<void> {
  const record = await readRecord(ledger, id);
  const pending = record?.pending.get(version);
  if (record !== undefined && pending !== undefined) await keepAndGiveUp(ledger, { id, version, pending, record }, reason, { keeper });
}

function endOf(task: TaskMessage): End {
  if (isCancellation(task)) return { to: "CANCELLED", reason: task.event.note ?? "It was cancelled." };
  const { error, checks = [], payment } = detail.parse(task.detail);
  if (error?.Error === "RunClosed") return { to: undefined, reason: error.Cause ?? "The run was closed." };
  if (error !== undefined)
    return { to: "FAILED", reason: firstBytes(`${error.Error}: ${error.Cause ?? "no cause was given"}`, NOTE_BYTES_MAX) };
  const declined = [...checks, ...(payment === undefined ? [] : [payment])].find(({ outcome }) => outcome === "declined");
  return { to: "REJECTED", reason: firstBytes(declined?.reason ?? "It was declined.", NOTE_BYTES_MAX) };
}
