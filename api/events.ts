/** What has become of a record's events: each was handed over, waits for that, or was given up and waits for a person. */
import { readHistory } from "../domain/archive.ts";
import { type Change, parseInput } from "../domain/event.ts";
import type { StoredRecord } from "../domain/record.ts";
import type { Paging, Records } from "./records.ts";

export const EVENT_STATES = ["pending", "processed", "failed"] as const;

export interface EventView extends Pick<Change, "eventId" | "type" | "version" | "changedAt"> {
  readonly state: (typeof EVENT_STATES)[number];
  readonly processedAt?: string;
  /** Why it was given up. */
  readonly reason?: string;
}

/** A page of a record's events, oldest first. */
export async function eventPage(
  { ledger, cursors }: Records<string>,
  id: string,
  record: StoredRecord,
  { limit, token }: Paging,
): Promise<{ events: EventView[]; next_page_token?: string }> {
  const place = `events ${ledger.kind.name} ${id}`;
  const after = Number(cursors.read(place, token) ?? 0);
  const last = Math.min(after + limit, record.version);
  const written = await readHistory(ledger, id, record, after, limit);
  const waiting = [...record.pending]
    .filter(([version]) => version > Math.max(after, record.historyVersion) && version <= last)
    .map(([, { input }]) => parseInput(input));
  const events = [...written.map((entry) => viewOf(record, entry, entry.notifiedAt)), ...waiting.map((event) => viewOf(record, event))];
  return last < record.version ? { events, next_page_token: cursors.write(place, String(last)) } : { events };
}

function viewOf(record: StoredRecord, { eventId, type, version, changedAt }: Change, notifiedAt?: string): EventView {
  const facts = { eventId, type, version, changedAt };
  const failed = record.failed.get(version);
  if (record.pending.has(version)) return { ...facts, state: "pending" };
  if (failed !== undefined) return { ...facts, state: "failed", reason: failed.reason };
  return { ...facts, state: "processed", ...(notifiedAt !== undefined && { processedAt: notifiedAt }) };
}
