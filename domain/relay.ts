/**
 * Starts what was left: the executions of events whose caller could not, and those of events whose execution failed.
 * One round looks at what is due; a worker makes one every two seconds, and any number of workers may.
 *
 * - Every event that is older than the grace given to its caller is started, by its name and with the bytes stored with it,
 *   so that starting again an execution that runs does nothing.
 * - An execution that has ended without its event being cleared is followed by the next attempt; after the last one, or
 *   where somebody stopped it, the event is given up, which its history says.
 * - What is given up is kept for whoever sees to failures (giving-up.ts). Where keeping fails, a later round tries again.
 * - Step Functions being down costs a round a few calls, and loses nothing: what was not started is due again.
 */

import { type GivingUp, keepAndGiveUp, type WaitingEvent } from "./giving-up.ts";
import { eventIdOf, executionName, pendingShards } from "./ids.ts";
import type { Ledger } from "./ledger.ts";
import { REASON_LENGTH_MAX, RELAY_GRACE_MS, START_MS_MAX } from "./limits.ts";
import { dueRecords, type Lease, lease, nextAttempt } from "./outbox.ts";

/** What the relay needs of Step Functions. */
export interface Starter {
  /** Starts an execution, or finds the same one running. `exists`: one of this name has ended, or has another input. */
  start(name: string, input: string): Promise<"started" | "exists">;
  /** How an execution stands; undefined where it is not (or not yet) to be seen. */
  describe(name: string): Promise<Execution | undefined>;
}

export interface Execution {
  readonly status: "RUNNING" | "SUCCEEDED" | "FAILED" | "TIMED_OUT" | "ABORTED" | "PENDING_REDRIVE";
  /** Why it failed, for a person. */
  readonly cause?: string;
}

/** What a round has done for one event. */
export interface Relayed {
  readonly did: "started" | "restarted" | "gaveUp";
  readonly eventId: string;
  /** The number of the attempt that was started, or of the last one. */
  readonly attempt: number;
  /** The input of its executions. */
  readonly input: string;
  /** Why it was given up. */
  readonly reason?: string;
}

export interface RelayOptions extends GivingUp {
  /** Hears of each event that a round has done something for. */
  readonly onRelayed?: (relayed: Relayed) => void;
}

export interface RelayRound {
  leased: number;
  started: number;
  /** Attempts after the first. */
  restarted: number;
  givenUp: number;
  /** What Step Functions refused or did not answer; the round ends early where this happens again and again. */
  readonly errors: unknown[];
  /** Whether more may be due already. */
  more: boolean;
}

const RECORDS_PER_SHARD = 25;
const ERRORS_MAX = 3;

export async function relayRound(ledger: Ledger, starter: Starter, options: RelayOptions = {}): Promise<RelayRound> {
  const round: RelayRound = { leased: 0, started: 0, restarted: 0, givenUp: 0, errors: [], more: false };
  const relay = { ledger, starter, options, round };
  await Promise.all(pendingShards(ledger.kind).map((shard) => relayShard(relay, shard)));
  return round;
}

interface Relay {
  readonly ledger: Ledger;
  readonly starter: Starter;
  readonly options: RelayOptions;
  readonly round: RelayRound;
}

async function relayShard(relay: Relay, shard: string): Promise<void> {
  const { ledger, round } = relay;
  const due = await dueRecords(ledger, shard, RECORDS_PER_SHARD);
  if (due.length === RECORDS_PER_SHARD) round.more = true;
  for (const record of due) {
    if (round.errors.length >= ERRORS_MAX) return;
    const leased = await lease(ledger, record);
    if (leased === undefined) continue;
    round.leased++;
    await relayRecord(relay, record.id, leased).catch((error: unknown) => round.errors.push(error));
  }
}

async function relayRecord(relay: Relay, id: string, { record, until }: Lease): Promise<void> {
  for (const [version, pending] of record.pending) {
    const now = relay.ledger.clock();
    if (now + START_MS_MAX > until) return;
    if (now - Date.parse(pending.changedAt) >= RELAY_GRACE_MS) await relayEvent(relay, { id, version, pending, record });
  }
}

async function relayEvent(relay: Relay, event: WaitingEvent): Promise<void> {
  const { ledger, starter, round } = relay;
  const { id, version, pending } = event;
  const eventId = eventIdOf(id, version);
  const name = executionName(eventId, pending.attempt);
  const tell = (did: Relayed["did"], attempt: number, reason?: string) =>
    relay.options.onRelayed?.({ did, eventId, attempt, input: pending.input, ...(reason !== undefined && { reason }) });
  if ((await starter.start(name, pending.input)) === "started") {
    round.started++;
    tell("started", pending.attempt);
    return;
  }
  const execution = await starter.describe(name);
  if (execution === undefined || execution.status === "RUNNING" || execution.status === "PENDING_REDRIVE") return;
  // An execution that has succeeded has cleared its event before; then neither of these writes meets its condition.
  if (execution.status === "ABORTED" || pending.attempt >= ledger.kind.executionsMax) {
    const reason = reasonOf(name, execution);
    if (!(await keepAndGiveUp(ledger, event, reason, relay.options))) return;
    round.givenUp++;
    tell("gaveUp", pending.attempt, reason);
    return;
  }
  if (!(await nextAttempt(ledger, id, version, pending))) return;
  ledger.between?.("relay:after-count");
  await starter.start(executionName(eventId, pending.attempt + 1), pending.input);
  round.restarted++;
  tell("restarted", pending.attempt + 1);
}

function reasonOf(name: string, { status, cause }: Execution): string {
  const reason = `${name} ${status}${cause === undefined ? "" : `: ${cause}`}`;
  return reason.slice(0, REASON_LENGTH_MAX);
}
