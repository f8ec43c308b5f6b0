import { setTimeout as sleep } from "node:timers/promises";
import { ScanCommand } from "@aws-sdk/client-dynamodb";
import { DescribeExecutionCommand, paginateListExecutions } from "@aws-sdk/client-sfn";
import { readHistory } from "../../../domain/archive.ts";
import type { HistoryEntry } from "../../../domain/event.ts";
import { recordKey } from "../../../domain/ids.ts";
import { type Ledger, readRecord } from "../../../domain/ledger.ts";
import { PENDING_INDEX } from "../../../domain/outbox.ts";
import type { StoredRecord } from "../../../domain/record.ts";
import { requests } from "../../../domain/requests.ts";
import { executionArn } from "../../../workflows/starter.ts";
import type { TestSystem } from "../../support/system.ts";
import type { KnownRecord, Records } from "./records.ts";

/** How long everything may take to come to its end after the last fault. */
const SETTLE_MS_MAX = 60_000;
const LOOK_MS = 250;
const AT_ONCE = 16;

/** Waits until nothing is on its way any more, and holds all that is there against what the clients were told. */
export async function settleAndVerify(system: TestSystem, records: Records): Promise<{ settledMs: number }> {
  const ledger: Ledger = {
    kind: requests,
    table: system.outputs.requests_table,
    client: system.clients.dynamodb,
    clock: Date.now,
    random: Math.random,
  };
  const began = performance.now();
  let left = await leftovers(system, ledger);
  while (left.length > 0 && performance.now() - began < SETTLE_MS_MAX) {
    await sleep(LOOK_MS);
    left = await leftovers(system, ledger);
  }
  records.notEnded.push(...left);
  const settledMs = performance.now() - began;
  await inBatches([...records.known.values()], (known) => verifyRecord(system, ledger, records, known));
  return { settledMs };
}

/** Executions that run, and records that have events on their way. */
async function leftovers(system: TestSystem, ledger: Ledger): Promise<string[]> {
  const { sfn, dynamodb } = system.clients;
  const names: string[] = [];
  const running = { stateMachineArn: system.outputs.requests_state_machine_arn, statusFilter: "RUNNING" } as const;
  for await (const page of paginateListExecutions({ client: sfn }, running))
    names.push(...(page.executions ?? []).map(({ name }) => `${name}`));
  const pending = await dynamodb.send(new ScanCommand({ TableName: ledger.table, IndexName: PENDING_INDEX }));
  return [...names, ...(pending.Items ?? []).map((item) => `${item.PK?.S} has events on their way`)];
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

async function inBatches<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  for (let index = 0; index < items.length; index += AT_ONCE) await Promise.all(items.slice(index, index + AT_ONCE).map(work));
}
