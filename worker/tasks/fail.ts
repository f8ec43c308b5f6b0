/** The step that marks a task as failed, with the reason, where no attempt at it has come to anything. */
import { text } from "../../domain/attributes.ts";
import { firstBytes } from "../../domain/first-bytes.ts";
import { type FailureKeeper, keepAndGiveUp } from "../../domain/giving-up.ts";
import { readRecord } from "../../domain/ledger.ts";
import { NOTE_BYTES_MAX } from "../../domain/limits.ts";
import type { StoredRecord } from "../../domain/record.ts";
import { changeByStep } from "../../domain/steps.ts";
import { tasks } from "../../domain/tasks.ts";
import type { TaskMessage } from "../../workflows/message.ts";
import type { Step } from "../step.ts";
import { assertPresent, changeOf, lastEntry, readTask, type Tasks } from "./task.ts";

export function failStep(ledger: Tasks, keeper: FailureKeeper): Step {
  return {
    run: async (message, { logger, counters }) => {
      const { event } = message;
      const reason = reasonIn(message.detail);
      const record = await readTask(ledger, message);
      if (isEnded(record, message)) return lastEntry(record);
      assertPresent(record, message);
      await changeByStep(ledger, {
        ...changeOf(message, "fail"),
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

/** What Step Functions tells of an error that was caught. */
function reasonIn(detail: unknown): string {
  const told = new Map(typeof detail === "object" && detail !== null ? Object.entries(detail) : []);
  const [error, cause] = [told.get("Error"), told.get("Cause")];
  if (typeof cause === "string" && cause !== "") return firstBytes(cause, NOTE_BYTES_MAX);
  return typeof error === "string" ? `No worker has done it in time (${error}).` : "It was not told why.";
}
