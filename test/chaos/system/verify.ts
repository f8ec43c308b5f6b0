import { DescribeExecutionCommand } from "@aws-sdk/client-sfn";
import { readHistory } from "../../../domain/archive.ts";
import type { HistoryEntry } from "../../../domain/event.ts";
import { recordKey } from "../../../domain/ids.ts";
import { type Ledger, readRecord } from "../../../domain/ledger.ts";
import type { StoredRecord } from "../../../domain/record.ts";
import { requests } from "../../../domain/requests.ts";
import { executionArn } from "../../../workflows/starter.ts";
import { inTurns } from "../../support/in-turns.ts";
import type { TestSystem } from "../../support/system.ts";
import type { KnownRecord, Records } from "./records.ts";

/** Holds all that is there, once nothing is on its way any more, against what the clients were told. */
export async function verifyRequests(system: TestSystem, records: Records): Promise<void> {
  const ledger = ledgerOf(system);
  await inTurns([...records.known.values()], (known) => verifyRecord(system, ledger, records, known));
}

/** The requests' table, as it is. */
export function ledgerOf({ clients, outputs }: TestSystem): Ledger {
  return { kind: requests, table: outputs.requests_table, client: clients.dynamodb, clock: Date.now, random: Math.random };
}

async function verifyRecord(system: TestSystem, ledger: Ledger, records: Records, known: KnownRecord): Promise<void> {
  const record = await readRecord(ledger, known.id);
  if (record === undefined) {
    records.lost.push(`${recordKey(requests, known.id)}, whose creation was acknowledged`);
    return;
  }
  const entries = await readHistory(ledger, known.id, record, 0, Number.MAX_SAFE_INTEGER);
  verifyOrder(records, known, record, entries);
  verifyChanges(records, known, entries);
  for (const entry of entries) await verifyExecution(system, records, entry);
}

function verifyOrder(records: Records, { id }: KnownRecord, record: StoredRecord, entries: readonly HistoryEntry[]): void {
  const isInOrder = entries.every(({ version, from }, index) => version === index + 1 && from === (entries[index - 1]?.to ?? null));
  if (!isInOrder) records.outOfOrder.push(`${id}: ${entries.map(({ version }) => version).join(" ")}`);
  if (entries.length !== record.version) records.lost.push(`${id}: ${entries.length} entries at version ${record.version}`);
  if (entries.at(-1)?.to !== record.status) records.unexpected.push(`${id} is ${record.status}, its last entry says otherwise`);
  for (const { eventId, failure } of entries) if (failure !== undefined) records.unexpected.push(`${eventId} was given up: ${failure}`);
}

function verifyChanges(records: Records, { id, changes }: KnownRecord, entries: readonly HistoryEntry[]): void {
  const asked = new Set(changes.map(({ name }) => name));
  for (const { eventId, note } of entries.slice(1)) {
    if (note === undefined || !asked.has(note)) records.unexpected.push(`${eventId}, which nobody asked for`);
  }
  for (const change of changes) {
    const own = entries.filter(({ note }) => note === change.name);
    if (own.length > 1) records.duplicated.push(`${id}: ${own.map(({ eventId }) => eventId).join(" and ")} are one change`);
    if (change.eventId === undefined) continue;
    const [entry] = own;
    if (entry?.eventId !== change.eventId || entry.to !== change.to) records.lost.push(`${change.eventId}, which was acknowledged`);
  }
}

/** The execution has the event's name, or that of a later attempt; one of them has succeeded with the entry. */
async function verifyExecution(system: TestSystem, records: Records, entry: HistoryEntry): Promise<void> {
  const machine = system.outputs.requests_state_machine_arn;
  const tried: string[] = [];
  for (const name of [entry.eventId, `${entry.eventId}-r2`, `${entry.eventId}-r3`]) {
    try {
      const { status, output } = await system.clients.sfn.send(new DescribeExecutionCommand({ executionArn: executionArn(machine, name) }));
      if (status === "SUCCEEDED" && isSameEntry(output, entry)) return;
      tried.push(`${name} ${status}`);
    } catch (error) {
      tried.push(`${name} ${error instanceof Error ? error.name : String(error)}`);
      break;
    }
  }
  records.unexpected.push(`no execution has succeeded with the entry of ${entry.eventId}: ${tried.join(", ")}`);
}

function isSameEntry(output: string | undefined, entry: HistoryEntry): boolean {
  const told: unknown = JSON.parse(output ?? "null");
  return typeof told === "object" && told !== null && "eventId" in told && "notifiedAt" in told
    ? told.eventId === entry.eventId && told.notifiedAt === entry.notifiedAt
    : false;
}
