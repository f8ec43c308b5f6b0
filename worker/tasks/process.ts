/** The step that has a task done: whoever does the work is given it, and what they make of it is written. */
import { crashPoint } from "../../config/crash-points.ts";
import { optionalTextAt, text, textAt } from "../../domain/attributes.ts";
import type { HistoryEntry } from "../../domain/event.ts";
import { parseExecutionName } from "../../domain/ids.ts";
import { readRecord } from "../../domain/ledger.ts";
import { RELAY_GRACE_MS } from "../../domain/limits.ts";
import { ReadsTogether } from "../../domain/reads-together.ts";
import { recordAsMade, type StoredRecord } from "../../domain/record.ts";
import { changeByStep, type StepOutcome, type Workflow } from "../../domain/steps.ts";
import { type TaskStatus, tasks } from "../../domain/tasks.ts";
import type { TaskMessage } from "../../workflows/message.ts";
import { Refused, type Step, type StepContext, Unusable } from "../step.ts";
import type { ProcessTask } from "../task-processor.ts";
import { assertPresent, changeIdOf, changeOf, lastEntry, readTask, type Tasks, thatIsThere } from "./task.ts";

/** Work that lasts longer is seen in processing while it does. */
const QUICK_MS = 25;
/** A hundred results make a page of a list. */
const RESULT_BYTES_MAX = 16 * 1024;

export function processStep(ledger: Tasks, processTask: ProcessTask): Step {
  // Messages that have waited come several at once, and each begins with its task.
  const reads = new ReadsTogether(ledger);
  return {
    run: async (message, context) => {
      const { event } = message;
      const found = isNew(message, context, ledger.clock()) ? recordAsMade(event) : thatIsThere(await reads.read(event.id), message);
      if (found.status === "completed") return lastEntry(found);
      assertPresent(found, message);
      // Where the work was begun before, and its worker may have died at it, that is to be seen at once.
      const read = context.receives === 1 ? found : await begin(ledger, message, found);
      return read.status === "completed" ? lastEntry(read) : work({ ledger, message, read, context, processTask });
    },
    findDone: async ({ event }) => {
      const record = await readRecord(ledger, event.id);
      return record?.status === "completed" ? lastEntry(record) : undefined;
    },
  };
}

/**
 * Whether the task can only be as it was made: its message comes for the first time, and its event is still left to its caller,
 * so no relay has given it another execution or given it up. Where that is not so all the same, because clocks differ or the
 * queue has delivered the message twice, the write's condition finds out, and the work was done in vain.
 */
function isNew({ event, execution }: TaskMessage, { receives }: StepContext, now: number): boolean {
  const isFirst = receives === 1 && event.from === null && execution === event.eventId;
  return isFirst && event.details !== undefined && now - Date.parse(event.changedAt) < RELAY_GRACE_MS;
}

interface Work {
  readonly ledger: Tasks;
  readonly message: TaskMessage;
  /** The task before the work is begun. */
  readonly read: StoredRecord;
  readonly context: StepContext;
  readonly processTask: ProcessTask;
}

/** Has the work done, and marks the task as being in processing as soon as that has lasted a moment, or failed. */
async function work(task: Work): Promise<HistoryEntry> {
  const { ledger, message, read, context, processTask } = task;
  const begunAt = ledger.clock();
  const ending = endingWith(context.signal);
  const result = resultOf(processTask, read, message, { ...context, signal: ending.signal });
  try {
    if (read.status === "processing") return await complete(task, read, await result);
    if (await isDoneWithin(QUICK_MS, result)) return await complete(task, read, await result, begunAt);
    const record = await begin(ledger, message, read);
    if (record.status !== "completed") return await complete(task, record, await result);
    ending.end();
    return lastEntry(record);
  } catch (error) {
    ending.end();
    throw error;
  } finally {
    ending.release();
  }
}

/** A signal that others end, too. Made by hand: for a task of microseconds, AbortSignal.any would take longer than all else here. */
function endingWith(outer: AbortSignal) {
  const own = new AbortController();
  const end = () => own.abort(outer.reason);
  if (outer.aborted) end();
  else outer.addEventListener("abort", end, { once: true });
  return { signal: own.signal, end: () => own.abort(), release: () => outer.removeEventListener("abort", end) };
}

/** Whether it has succeeded by then; where it fails, whoever waits for it is told. */
function isDoneWithin(ms: number, result: Promise<unknown>): Promise<boolean> {
  return new Promise((resolve) => {
    const late = setTimeout(resolve, ms, false);
    const ended = (isDone: boolean) => {
      clearTimeout(late);
      resolve(isDone);
    };
    result.then(
      () => ended(true),
      () => ended(false),
    );
  });
}

/** The task in processing, or completed by whoever was quicker. */
async function begin(ledger: Tasks, message: TaskMessage, read: StoredRecord): Promise<StoredRecord> {
  const outcome = await changeByStep(ledger, { ...changeOf(message, "process"), workflow: workflowOf(message, false), record: read });
  const after = "record" in outcome ? outcome.record : undefined;
  const record = after ?? (await readTask(ledger, message));
  if (record.status === "completed") return record;
  assertPresent(record, message);
  if (record.status !== "processing") entryOr(outcome, "begun");
  return record;
}

function workflowOf({ event, execution }: TaskMessage, ends: boolean): Workflow {
  return { event, attempt: parseExecutionName(execution)?.attempt ?? 1, ends };
}

async function resultOf(
  processTask: ProcessTask,
  { attributes }: StoredRecord,
  { event }: TaskMessage,
  { signal, receives: attempt, logger }: StepContext,
): Promise<string> {
  const description = optionalTextAt(attributes, "description");
  const task = { id: event.id, title: textAt(attributes, "title"), ...(description !== undefined && { description }) };
  const result: unknown = await processTask(task, { signal, attempt, logger });
  // Whoever handed the message back, or gave it up, has told others to go on.
  signal.throwIfAborted();
  if (typeof result !== "string" || Buffer.byteLength(result) > RESULT_BYTES_MAX)
    throw new Unusable(`The task's result must be a text of at most ${RESULT_BYTES_MAX} bytes.`);
  return result;
}

/** @param begunAt where that it was begun is still to be written */
async function complete({ ledger, message, context }: Work, record: StoredRecord, result: string, begunAt?: number): Promise<HistoryEntry> {
  crashPoint("worker:before-history");
  const outcome = await changeByStep(ledger, {
    ...changeOf(message, "complete"),
    attributes: { result: text(result) },
    record,
    ...(begunAt === undefined
      ? { workflow: { event: message.event, ends: true } }
      : {
          workflow: workflowOf(message, true),
          through: { to: "processing", changeId: changeIdOf(message, "process"), at: begunAt },
        }),
  });
  if (outcome.outcome === "changed") tellDone(message, outcome.entry, context);
  if ("entry" in outcome) return outcome.entry;
  // The same message may have been at work twice.
  const now = await readTask(ledger, message);
  return now.status === "completed" ? lastEntry(now) : entryOr(outcome, "completed");
}

function tellDone({ event }: TaskMessage, { to }: HistoryEntry, { counters, logger }: StepContext): void {
  counters.add("events_processed_total", 1, tasks.name);
  logger.info({ taskId: event.id, newStatus: to }, `processed eventId=${event.eventId} taskId=${event.id} newStatus=${to}`);
}

function entryOr(outcome: StepOutcome<TaskStatus>, done: string): HistoryEntry {
  if ("entry" in outcome) return outcome.entry;
  const now = outcome.outcome === "illegal" ? outcome.status : outcome.outcome;
  throw new Refused("TooLate", `The task cannot be ${done} any more: it is ${now}.`);
}
