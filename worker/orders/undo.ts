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
import type { StepName } from "../../domain/order.ts";
import { markUndone, type ReadOrder, readOrder } from "../../domain/order-runs.ts";
import type { OrderStatus } from "../../domain/orders.ts";
import { release } from "../../domain/reservations.ts";
import { changeByStep } from "../../domain/steps.ts";
import type { TaskMessage } from "../../workflows/message.ts";
import type { Step, StepContext } from "../step.ts";
import { writeEventHistory } from "../write-history.ts";
import { closeRuns, findMark, isCancellation, markFor, markIn, type OrderWork } from "./work.ts";

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
const cameForm = z.object({ outcome: z.string(), reason: z.string().optional() });
const detail = z.object({
  checks: z.array(cameForm).optional(),
  payment: cameForm.optional(),
  error: z.object({ Error: z.string(), Cause: z.string().optional() }).optional(),
});

type Came = z.infer<typeof detail>;

/** How the order ends; undefined where somebody else has ended it, or will. */
interface End {
  readonly to: Extract<OrderStatus, "REJECTED" | "FAILED" | "CANCELLED"> | undefined;
  /** For whoever runs this: the execution, the log and the failures have it. */
  readonly reason: string;
  /** What the customer is told instead, where the reason is no sentence of ours. */
  readonly told?: string;
}

/**
 * Gives the order its last status. What was rejected or cancelled is done with; what failed is given up, and shown to
 * whoever may redrive it.
 */
export function concludeStep(work: OrderWork): Step {
  return {
    run: async (task, context) => {
      const { event, execution } = task;
      const { to, reason, told = reason } = await endOf(work, task);
      if (to !== undefined) {
        const attributes = { reason: text(told) };
        const change = { id: event.id, to, changeId: `${execution}:conclude`, afterVersion: event.version, attributes, note: told };
        const result = await changeByStep(work.ledger, to === "FAILED" ? change : { ...change, workflow: { event, ends: true } });
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

async function endOf({ ledger }: OrderWork, task: TaskMessage): Promise<End> {
  if (isCancellation(task)) return { to: "CANCELLED", reason: task.event.note ?? "It was cancelled." };
  const came = detail.parse(task.detail);
  const { error, checks = [], payment } = came;
  if (error?.Error === "RunClosed") return { to: undefined, reason: error.Cause ?? "The run was closed." };
  if (error !== undefined) {
    // Anything may stand in an error that is not ours: the names of tables, addresses, whole items.
    const reason = firstBytes(`${error.Error}: ${error.Cause ?? "no cause was given"}`, NOTE_BYTES_MAX);
    return { to: "FAILED", reason, told: `The step ${failedStep(came, await readOrder(ledger, task.event.id), task)} failed.` };
  }
  const declined = [...checks, ...(payment === undefined ? [] : [payment])].find(({ outcome }) => outcome === "declined");
  return { to: "REJECTED", reason: firstBytes(declined?.reason ?? "It was declined.", NOTE_BYTES_MAX) };
}

/** The step that a run got no further than, by what its workflow has come to and the marks it has left. */
function failedStep({ checks, payment }: Came, found: ReadOrder | undefined, task: TaskMessage): StepName | "reopen" {
  const firstOf = (one: StepName, other: StepName) => (found !== undefined && markIn(found, one, task) !== undefined ? other : one);
  if (payment !== undefined) return firstOf("invoice", "notification");
  if (checks !== undefined) return "payment";
  return found?.order.runs.includes(task.execution) === false ? "reopen" : firstOf("inventory", "fraud");
}
