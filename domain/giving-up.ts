/**
 * Gives an event up and opens it for a person, by the relay where its executions have failed, or by the step that ends a
 * workflow without success. It is kept first, then given up: dying in between leaves it pending, so it is given up again, and
 * keeping it again changes nothing. The other way round a failure could be in nobody's list. Where the event was settled, or
 * tried again, just then, what was kept is withdrawn.
 */
import type { GivenUpEvent } from "./failures.ts";
import { type Deliver, giveUp } from "./history.ts";
import { eventIdOf } from "./ids.ts";
import type { Ledger } from "./ledger.ts";
import type { PendingChange, StoredRecord } from "./record.ts";

/** Where given-up events are kept for a person. Each call may be repeated. */
export interface FailureKeeper {
  keep(event: GivenUpEvent): Promise<void>;
  /** It was not given up after all. */
  withdraw(event: GivenUpEvent): Promise<void>;
}

export interface GivingUp {
  /** As in `writeHistory`, for kinds that deliver: an event given up may bring earlier ones into history. */
  readonly deliver?: Deliver;
  readonly keeper?: FailureKeeper;
}

/** An event that is pending in the record as it was read. */
export interface WaitingEvent {
  readonly id: string;
  readonly version: number;
  readonly pending: PendingChange;
  readonly record: StoredRecord;
}

/** False where it was not given up. */
export async function keepAndGiveUp(ledger: Ledger, waiting: WaitingEvent, reason: string, how: GivingUp): Promise<boolean> {
  const { id, version, pending, record } = waiting;
  const { keeper, deliver } = how;
  const { attempt, changeId } = pending;
  const event = { kind: ledger.kind.name, eventId: eventIdOf(id, version), recordId: id, version, attempt, reason };
  await keeper?.keep(event);
  const isGivenUp = await giveUp(ledger, { id, version, changeId }, record, { pending, reason }, deliver);
  if (!isGivenUp) await keeper?.withdraw(event);
  return isGivenUp;
}
