/** The step that every workflow of the mechanism has: the change is written into its record's history. */
import { crashPoint } from "../config/crash-points.ts";
import type { HistoryEntry } from "../domain/event.ts";
import { type Deliver, writeHistory } from "../domain/history.ts";
import type { Ledger } from "../domain/ledger.ts";
import { readStanding } from "../domain/standing.ts";
import type { TaskMessage } from "../workflows/message.ts";
import { type Step, type StepContext, Unusable } from "./step.ts";

/** The answer is the entry as it is stored. Where the kind delivers, what is written was delivered before. */
export function writeHistoryStep(ledger: Ledger, deliver?: Deliver): Step {
  return {
    run: (task, context) => writeEventHistory(ledger, task, context, deliver),
    findDone: async ({ event }) => {
      const found = await readStanding(ledger, event);
      return found.standing === "settled" ? found.entry : undefined;
    },
  };
}

/** Writes the history of the event that a task is about, and clears it. */
export async function writeEventHistory(
  ledger: Ledger,
  { event }: TaskMessage,
  { logger, counters }: StepContext,
  deliver?: Deliver,
): Promise<HistoryEntry> {
  crashPoint("worker:before-history");
  const result = await writeHistory(ledger, event, deliver);
  if (result.outcome === "missing") throw new Unusable(`There is no record ${event.id}.`);
  if (result.outcome === "foreign") throw new Unusable(`The record ${event.id} knows no change ${event.eventId} of ${event.changedAt}.`);
  const { duplicate, entry } = result;
  const idName = `${ledger.kind.noun}Id`;
  const fields = { [idName]: event.id, newStatus: entry.to, case: result.case, duplicate };
  if (duplicate) {
    counters.add("worker_duplicates_total");
    logger.info(fields, "came again, its history is written");
  } else {
    counters.add("events_processed_total", 1, ledger.kind.name);
    logger.info(fields, `processed eventId=${event.eventId} ${idName}=${event.id} newStatus=${entry.to}`);
  }
  return entry;
}
