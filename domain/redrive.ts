/**
 * Puts on its way again what an open failure is about, then closes it. Every step may be repeated, so dying in between, or
 * two people at once, do no harm:
 *
 * - An event goes back among its record's pending ones under the next attempt, once (see `redrive` in the outbox). Whoever
 *   finds it there already, or settled since, only closes the failure. Not yet given up, it is left to the relay.
 * - A dead letter's body is sent to its queue again, then the failure is closed. Sent twice it is handled twice, which every
 *   step allows for. Its token is masked: the step is done, and the execution, which has ended long since, is not answered.
 * - A failure that was opened anew meanwhile, by a later attempt, is not closed for an earlier one.
 */
import type { Failure } from "./failure.ts";
import { closeFailure, type FailureStore, readFailure } from "./failures.ts";
import { parseEventId } from "./ids.ts";
import { type Ledger, readRecord } from "./ledger.ts";
import { redrive } from "./outbox.ts";

export type RedriveOutcome =
  | { readonly outcome: "redriven" }
  /** There was nothing left to do: it has been settled, or its record is gone. */
  | { readonly outcome: "resolved" }
  | { readonly outcome: "missing" }
  /** It was closed before, or is tried again unasked. */
  | { readonly outcome: "notOpen"; readonly state: Failure["state"] }
  /** The relay is about to give it up: in a moment it can be redriven. */
  | { readonly outcome: "tooSoon" }
  /** Of its body only the beginning was kept. */
  | { readonly outcome: "tooLong" };

export interface RedrivePorts {
  /** Undefined for a kind that is not known here. */
  ledgerOf(kind: string): Ledger | undefined;
  /** Sends a body to the queue of this name. */
  send(queue: string, body: string): Promise<void>;
}

export async function redriveFailure(store: FailureStore, id: string, ports: RedrivePorts): Promise<RedriveOutcome> {
  const failure = await readFailure(store, id);
  if (failure === undefined) return { outcome: "missing" };
  if (failure.state !== "open") return { outcome: "notOpen", state: failure.state };
  return failure.messageId === undefined ? redriveEvent(store, failure, ports) : redriveMessage(store, failure, ports);
}

async function redriveEvent(store: FailureStore, failure: Failure, { ledgerOf }: RedrivePorts): Promise<RedriveOutcome> {
  const ledger = ledgerOf(failure.kind ?? "");
  const event = parseEventId(failure.eventId ?? "");
  if (ledger === undefined || event === undefined) return { outcome: "missing" };
  const { id, version } = event;
  const isRedriven = await redrive(ledger, id, version);
  const record = isRedriven ? undefined : await readRecord(ledger, id);
  const pending = record?.pending.get(version);
  // It was given up only just now, or will be: closing it here would hide what nobody has redriven.
  if (pending?.attempt === failure.attempt || record?.failed.has(version)) return { outcome: "tooSoon" };
  ledger.between?.("redrive:after-put-back");
  const outcome = isRedriven || pending !== undefined ? "redriven" : "resolved";
  await closeFailure(store, failure, outcome);
  return { outcome };
}

async function redriveMessage(store: FailureStore, failure: Failure, { send }: RedrivePorts): Promise<RedriveOutcome> {
  if (failure.bodyCut) return { outcome: "tooLong" };
  await send(failure.queue ?? "", failure.body ?? "");
  await closeFailure(store, failure, "redriven");
  return { outcome: "redriven" };
}
