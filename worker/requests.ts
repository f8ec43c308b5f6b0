/** The worker's part in a request's change of status: its history. */
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { crashPoint } from "../config/crash-points.ts";
import type { Outputs } from "../config/outputs.ts";
import { writeHistory } from "../domain/history.ts";
import type { Ledger } from "../domain/ledger.ts";
import { requests } from "../domain/requests.ts";
import { readStanding } from "../domain/standing.ts";
import type { TaskMessage } from "../workflows/message.ts";
import { type Step, type StepContext, Unusable, type WorkerKind } from "./step.ts";

export function requestsKind(outputs: Outputs, client: DynamoDBClient): WorkerKind {
  const ledger: Ledger = { kind: requests, table: outputs.requests_table, client, clock: Date.now, random: Math.random };
  return {
    name: requests.name,
    ledger,
    queueUrl: outputs.requests_queue_url,
    deadLettersUrl: outputs.requests_dlq_url,
    stateMachineArn: outputs.requests_state_machine_arn,
    steps: new Map([["writeHistory", writeHistoryStep(ledger)]]),
  };
}

/** Writes the change into its record's history. The answer is the entry as it is stored. */
export function writeHistoryStep(ledger: Ledger): Step {
  return {
    run: async ({ event }: TaskMessage, { logger, counters }: StepContext) => {
      crashPoint("worker:before-history");
      const result = await writeHistory(ledger, event);
      if (result.outcome === "missing") throw new Unusable(`There is no record ${event.id}.`);
      if (result.outcome === "foreign")
        throw new Unusable(`The record ${event.id} knows no change ${event.eventId} of ${event.changedAt}.`);
      const { duplicate, entry } = result;
      const fields = { requestId: event.id, newStatus: entry.to, case: result.case, duplicate };
      if (duplicate) {
        counters.add("worker_duplicates_total");
        logger.info(fields, "came again, its history is written");
      } else logger.info(fields, `processed eventId=${event.eventId} requestId=${event.id} newStatus=${entry.to}`);
      return entry;
    },
    findDone: async ({ event }) => {
      const found = await readStanding(ledger, event);
      return found.standing === "settled" ? found.entry : undefined;
    },
  };
}
