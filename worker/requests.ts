/** The worker's part in a request's change of status: its history. */
import { requests } from "../domain/requests.ts";
import { type KindParts, recordLedger } from "./parts.ts";
import type { WorkerKind } from "./step.ts";
import { writeHistoryStep } from "./write-history.ts";

export function requestsKind(parts: KindParts): WorkerKind {
  const { outputs } = parts;
  const ledger = recordLedger(requests, outputs.requests_table, parts);
  const steps = new Map([["writeHistory", writeHistoryStep(ledger)]]);
  return {
    ledger,
    stateMachineArn: outputs.requests_state_machine_arn,
    queues: [{ url: outputs.requests_queue_url, deadLettersUrl: outputs.requests_dlq_url, steps }],
  };
}
