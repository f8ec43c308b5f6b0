/**
 * The events on their way, as the relay sees them. A record is in the index `Pending` exactly while it has any.
 *
 * - At one moment one relay at most works on a record: a lease is a conditional write over the moment the record was due,
 *   and is over before the next may be had.
 * - The lease's own answer is the record, as consistent as a read can be, so no cleared event is taken for a pending one.
 * - An attempt is counted before it is made and only over the one it follows, so no two relays make the same one twice.
 */
import { QueryCommand } from "@aws-sdk/client-dynamodb";
import { map, optionalWholeAt, text, textAt, whole, wholeAt } from "./attributes.ts";
import { pendingShard, recordIdOf } from "./ids.ts";
import { type Ledger, namesIn, readRecord, write } from "./ledger.ts";
import { BACKOFF_MS_MAX, LEASE_MS_MIN } from "./limits.ts";
import { formatPending, type PendingChange, parseRecord, type StoredRecord } from "./record.ts";

export const PENDING_INDEX = "Pending";

export interface DueRecord {
  readonly id: string;
  /** What a lease is conditional on: the moment this was due. */
  readonly due: number;
  /** Since when the record has had events pending without a pause. */
  readonly since: number;
}

export interface Lease {
  readonly record: StoredRecord;
  /** Before this moment nobody else works on the record's events. */
  readonly until: number;
}

/** At most `limit` records of one shard that are due, the longest due first. */
export async function dueRecords(ledger: Ledger, shard: string, limit: number): Promise<DueRecord[]> {
  const condition = "#pendingShard = :shard AND #pendingDue <= :now";
  const now = ledger.clock();
  const { Items: items = [] } = await ledger.client.send(
    new QueryCommand({
      TableName: ledger.table,
      IndexName: PENDING_INDEX,
      KeyConditionExpression: condition,
      ExpressionAttributeNames: namesIn(condition),
      ExpressionAttributeValues: { ":shard": text(shard), ":now": whole(now) },
      Limit: limit,
    }),
  );
  return items.map((item) => {
    const due = wholeAt(item, "pendingDue");
    return { id: recordIdOf(ledger.kind, textAt(item, "PK")), due, since: optionalWholeAt(item, "pendingSince") ?? due };
  });
}

/** Takes a record that was seen to be due; undefined where another has, or where nothing is pending any more. */
export async function lease(ledger: Ledger, { id, due, since }: DueRecord): Promise<Lease | undefined> {
  const now = ledger.clock();
  const until = now + LEASE_MS_MIN + backoff(now - since, ledger.random());
  const result = await write(ledger, id, {
    update: "SET #pendingDue = :until",
    condition: "#pendingDue = :due",
    values: { ":until": whole(until), ":due": whole(due) },
    returns: "ALL_NEW",
  });
  return result.written && result.item !== undefined ? { record: parseRecord(result.item), until } : undefined;
}

/** Full jitter over a span that grows with the time events have waited, so that a long outage is asked about ever less. */
export function backoff(waitedMs: number, random: number): number {
  return Math.floor(random * Math.min(BACKOFF_MS_MAX, Math.max(0, waitedMs)));
}

/** Counts the next attempt at an event whose last one failed; false where the event was cleared or another has counted it. */
export async function nextAttempt(ledger: Ledger, id: string, version: number, pending: PendingChange): Promise<boolean> {
  const result = await write(ledger, id, {
    update: "SET #pending.#n.#attempt = :next",
    condition: "#pending.#n.#changeId = :changeId AND #pending.#n.#attempt = :attempt",
    names: { "#n": String(version) },
    values: { ":next": whole(pending.attempt + 1), ":attempt": whole(pending.attempt), ":changeId": text(pending.changeId) },
  });
  return result.written;
}

/**
 * Puts an event that was given up on its way again, due at once, with the same counter of attempts. Its entry stays as it
 * is. False where it is not among the failed ones, or another was quicker.
 */
export async function redrive(ledger: Ledger, id: string, version: number): Promise<boolean> {
  const failed = (await readRecord(ledger, id))?.failed.get(version);
  if (failed === undefined) return false;
  const { reason, failedAt, ...pending } = failed;
  const now = ledger.clock();
  const result = await write(ledger, id, {
    update:
      "SET #pending.#n = :pending, #pendingShard = :shard, #pendingDue = :now, " +
      "#pendingSince = if_not_exists(#pendingSince, :now) REMOVE #failed.#n",
    condition: "#failed.#n.#changeId = :changeId AND #failed.#n.#attempt = :attempt",
    names: { "#n": String(version) },
    values: {
      ":pending": map(formatPending({ ...pending, attempt: failed.attempt + 1 })),
      ":shard": text(pendingShard(ledger.kind, id)),
      ":now": whole(now),
      ":changeId": text(failed.changeId),
      ":attempt": whole(failed.attempt),
    },
  });
  return result.written;
}
