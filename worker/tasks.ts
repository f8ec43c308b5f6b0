/**
 * The worker's part in a task: it is done, and its record says so; or it is marked as failed, with the reason.
 *
 * - Only the execution of the event's present attempt does anything. What an earlier one left in the queue is refused.
 * - The task is begun, and ended, once: a step that comes again goes on where it was left. The work itself is done again where
 *   an attempt at it has failed, or its worker has died.
 * - That it was begun is written when the work has lasted a moment, and otherwise together with its end: both are in the
 *   history, each with its time, and a task of milliseconds costs one write.
 * - A completed task stays completed; the first result counts.
 * - A failed one has its event given up, which is open for a person, and by a redrive gets a new execution.
 */
import { crashPoint } from "../config/crash-points.ts";
import { optionalTextAt, text, textAt } from "../domain/attributes.ts";
import type { HistoryEntry } from "../domain/event.ts";
import { firstBytes } from "../domain/first-bytes.ts";
import { type FailureKeeper, keepAndGiveUp } from "../domain/giving-up.ts";
import { executionName, parseExecutionName } from "../domain/ids.ts";
import { type Ledger, readRecord } from "../domain/ledger.ts";
import { NOTE_BYTES_MAX } from "../domain/limits.ts";
import type { StoredRecord } from "../domain/record.ts";
import { changeByStep, type StepOutcome } from "../domain/steps.ts";
import { type TaskStatus, tasks } from "../domain/tasks.ts";
import type { TaskMessage } from "../workflows/message.ts";
import { type KindParts, recordLedger } from "./parts.ts";
import { failureKeeper } from "./relay-loop.ts";
import { Refused, type Step, type StepContext, Unusable, type WorkerKind } from "./step.ts";
import { loadTaskProcessor, type ProcessTask } from "./task-processor.ts";

type Tasks = Ledger<TaskStatus>;

/** Work that lasts longer is seen in processing while it does. */
const QUICK_MS = 25;
/** A hundred results make a page of a list. */
const RESULT_BYTES_MAX = 16 * 1024;

export function tasksKind(parts: KindParts): WorkerKind {
  const { outputs, settings, failures } = parts;
  const ledger = recordLedger(tasks, outputs.tasks_table, parts);
  const steps = new Map([
    ["process", processStep(ledger, loadTaskProcessor(settings.worker.taskProcessor))],
    ["fail", failStep(ledger, failureKeeper(failures))],
  ]);
  return {
    ledger,
    stateMachineArn: outputs.tasks_state_machine_arn,
    queues: [{ url: outputs.tasks_queue_url, deadLettersUrl: outputs.tasks_dlq_url, steps }],
  };
}

function processStep(ledger: Tasks, processTask: ProcessTask): Step {
  return {
    run: async (message, context) => {
      const { event } = message;
      const found = await readTask(ledger, message);
      if (found.status === "completed") return lastEntry(found);
      assertPresent(found, message);
      // Where the work was begun before, and its worker may have died at it, that is to be seen at once.
      const read = context.receives === 1 ? found : await begin(ledger, message, found);
      if (read.status === "completed") return lastEntry(read);
      const entry = await work({ ledger, message, read, context, processTask });
      if (entry.changeId !== changeIdOf(message, "complete")) return entry;
      context.counters.add("events_processed_total", 1, tasks.name);
      context.logger.info(
        { taskId: event.id, newStatus: entry.to },
        `processed eventId=${event.eventId} taskId=${event.id} newStatus=${entry.to}`,
      );
      return entry;
    },
    findDone: async ({ event }) => {
      const record = await readRecord(ledger, event.id);
      return record?.status === "completed" ? lastEntry(record) : undefined;
    },
  };
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
async function work({ ledger, message, read, context, processTask }: Work): Promise<HistoryEntry> {
  const begunAt = ledger.clock();
  const tooLate = new AbortController();
  const signal = AbortSignal.any([context.signal, tooLate.signal]);
  const result = resultOf(processTask, read, message, { ...context, signal });
  if (read.status === "processing") return complete(ledger, message, read, await result);
  if (await isDoneWithin(QUICK_MS, result)) return complete(ledger, message, read, await result, begunAt);
  try {
    const record = await begin(ledger, message, read);
    if (record.status !== "completed") return await complete(ledger, message, record, await result);
    tooLate.abort();
    return lastEntry(record);
  } catch (error) {
    tooLate.abort();
    throw error;
  }
}

/** Whether it has succeeded by then; where it fails, whoever waits for it is told. */
async function isDoneWithin(ms: number, result: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(resolve, ms, false);
  });
  const done = result.then(
    () => true,
    () => false,
  );
  return Promise.race([done, late]).finally(() => clearTimeout(timer));
}

/** The task in processing, or completed by whoever was quicker. */
async function begin(ledger: Tasks, message: TaskMessage, read: StoredRecord): Promise<StoredRecord> {
  const { event } = message;
  const outcome = await changeByStep(ledger, {
    id: event.id,
    to: "processing",
    changeId: changeIdOf(message, "process"),
    afterVersion: event.version,
    during: duringOf(message),
    record: read,
  });
  const record = "record" in outcome ? outcome.record : await readTask(ledger, message);
  if (record.status === "completed") return record;
  assertPresent(record, message);
  if (record.status !== "processing") entryOr(outcome, "begun");
  return record;
}

/** Names a change of a task by a step of an execution: the same for each time the step is done. */
function changeIdOf({ execution }: TaskMessage, step: "process" | "complete" | "fail"): string {
  return `${execution} ${step}`;
}

function duringOf({ event, execution }: TaskMessage) {
  return { event, attempt: parseExecutionName(execution)?.attempt ?? 1 };
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
async function complete(
  ledger: Tasks,
  message: TaskMessage,
  record: StoredRecord,
  result: string,
  begunAt?: number,
): Promise<HistoryEntry> {
  crashPoint("worker:before-history");
  const { event } = message;
  const outcome = await changeByStep(ledger, {
    id: event.id,
    to: "completed",
    changeId: changeIdOf(message, "complete"),
    afterVersion: event.version,
    attributes: { result: text(result) },
    settles: event,
    record,
    ...(begunAt !== undefined && {
      through: { to: "processing", changeId: changeIdOf(message, "process"), at: begunAt },
      during: duringOf(message),
    }),
  });
  if ("entry" in outcome) return outcome.entry;
  // The same message may have been at work twice.
  const now = await readTask(ledger, message);
  return now.status === "completed" ? lastEntry(now) : entryOr(outcome, "completed");
}

function failStep(ledger: Tasks, keeper: FailureKeeper): Step {
  return {
    run: async (message, { logger, counters }) => {
      const { event } = message;
      const reason = reasonIn(message.detail);
      const record = await readTask(ledger, message);
      if (isEnded(record, message)) return lastEntry(record);
      assertPresent(record, message);
      await changeByStep(ledger, {
        id: event.id,
        to: "failed",
        changeId: changeIdOf(message, "fail"),
        afterVersion: event.version,
        note: firstBytes(reason, NOTE_BYTES_MAX),
        attributes: { reason: text(reason) },
        record,
      });
      // Whatever that has met, the record as it is now decides.
      const marked = await readTask(ledger, message);
      const pending = marked.pending.get(event.version);
      if (marked.status === "failed" && pending !== undefined) {
        await keepAndGiveUp(ledger, { id: event.id, version: event.version, pending, record: marked }, reason, { keeper });
        counters.add("events_failed_total", 1, tasks.name);
      }
      const entry = lastEntry(marked);
      logger.warn({ taskId: event.id, newStatus: entry.to, reason }, `failed eventId=${event.eventId} taskId=${event.id}`);
      return entry;
    },
    findDone: async (message) => {
      const record = await readRecord(ledger, message.event.id);
      return record !== undefined && isEnded(record, message) ? lastEntry(record) : undefined;
    },
  };
}

/** Completed after all, or marked as failed with its event given up. */
function isEnded({ status, pending }: StoredRecord, { event }: TaskMessage): boolean {
  return status === "completed" || (status === "failed" && !pending.has(event.version));
}

async function readTask(ledger: Tasks, { event }: TaskMessage): Promise<StoredRecord> {
  const record = await readRecord(ledger, event.id);
  if (record === undefined) throw new Unusable(`There is no record ${event.id}.`);
  return record;
}

/** The execution that the message is of is the one that the event waits for. */
function assertPresent({ pending }: StoredRecord, { event, execution }: TaskMessage): void {
  const waiting = pending.get(event.version);
  if (waiting?.changeId !== event.changeId || executionName(event.eventId, waiting.attempt) !== execution)
    throw new Refused("TooLate", `The task waits for ${execution} no more: it has ended, or another execution has taken over.`);
}

function entryOr(outcome: StepOutcome<TaskStatus>, done: string): HistoryEntry {
  if ("entry" in outcome) return outcome.entry;
  const now = outcome.outcome === "illegal" ? outcome.status : outcome.outcome;
  throw new Refused("TooLate", `The task cannot be ${done} any more: it is ${now}.`);
}

function lastEntry({ history }: StoredRecord): HistoryEntry {
  const entry = history.at(-1);
  if (entry === undefined) throw new Unusable("The task has no history.");
  return entry;
}

/** What Step Functions tells of an error that was caught. */
function reasonIn(detail: unknown): string {
  const told = new Map(typeof detail === "object" && detail !== null ? Object.entries(detail) : []);
  const [error, cause] = [told.get("Error"), told.get("Cause")];
  if (typeof cause === "string" && cause !== "") return firstBytes(cause, NOTE_BYTES_MAX);
  return typeof error === "string" ? `No worker has done it in time (${error}).` : "It was not told why.";
}
