/** A task as its steps find it, and whether a step is still asked for. */
import type { HistoryEntry } from "../../domain/event.ts";
import { executionName } from "../../domain/ids.ts";
import { type Ledger, readRecord } from "../../domain/ledger.ts";
import type { StoredRecord } from "../../domain/record.ts";
import type { TaskStatus } from "../../domain/tasks.ts";
import type { TaskMessage } from "../../workflows/message.ts";
import { Refused, Unusable } from "../step.ts";

export type Tasks = Ledger<TaskStatus>;

/** What the steps of a task's workflow bring it to. */
const LEADS_TO = { process: "processing", complete: "completed", fail: "failed" } as const satisfies Record<string, TaskStatus>;

export type TaskStep = keyof typeof LEADS_TO;

/** Names a change of a task by a step of an execution: the same for each time the step is done. */
export function changeIdOf({ execution }: TaskMessage, step: TaskStep): string {
  return `${execution} ${step}`;
}

/** The change that a step of the message's execution makes. */
export function changeOf(message: TaskMessage, step: TaskStep) {
  const { id, version: afterVersion } = message.event;
  return { id, to: LEADS_TO[step], changeId: changeIdOf(message, step), afterVersion };
}

export async function readTask(ledger: Tasks, message: TaskMessage): Promise<StoredRecord> {
  return thatIsThere(await readRecord(ledger, message.event.id), message);
}

export function thatIsThere(record: StoredRecord | undefined, { event }: TaskMessage): StoredRecord {
  if (record === undefined) throw new Unusable(`There is no record ${event.id}.`);
  return record;
}

/** The execution that the message is of is the one that the event waits for. */
export function assertPresent({ pending }: StoredRecord, { event, execution }: TaskMessage): void {
  const waiting = pending.get(event.version);
  if (waiting?.changeId !== event.changeId || executionName(event.eventId, waiting.attempt) !== execution)
    throw new Refused("TooLate", `The task waits for ${execution} no more: it has ended, or another execution has taken over.`);
}

export function lastEntry({ history }: StoredRecord): HistoryEntry {
  const entry = history.at(-1);
  if (entry === undefined) throw new Unusable("The task has no history.");
  return entry;
}
