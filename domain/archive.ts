/**
 * History without end. At a hundred entries the oldest fifty move to a page, an item of its own beside the record:
 *
 *   1. put the page            its entries never change, so a repeated or a late put writes the same bytes
 *   2. archivedVersion = a+50, and the fifty entries leave the record, IF archivedVersion = a
 *
 * - An entry is in its page before it leaves the record, whatever is interrupted, so none is ever missing.
 * - Appending goes on meanwhile: it touches the list's end, archiving its beginning.
 * - Whoever reads takes the record first, and pages only up to the archivedVersion read there: each entry once.
 */
import { GetItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { CorruptItem, maps, mapsAt, text, whole } from "./attributes.ts";
import { formatEntry, type HistoryEntry, parseEntry } from "./event.ts";
import { pageKey } from "./ids.ts";
import { type Ledger, readRecord, write } from "./ledger.ts";
import { HISTORY_ENTRIES_MAX, PAGE_ENTRIES, SCHEMA_VERSION } from "./limits.ts";
import { entryIn, type StoredRecord } from "./record.ts";

/** Moves pages out of a record until it holds fewer than a hundred entries; does nothing where it already does. */
export async function archive(ledger: Ledger, id: string): Promise<void> {
  let record = await readRecord(ledger, id);
  while (record !== undefined && record.history.length >= HISTORY_ENTRIES_MAX) record = await archivePage(ledger, id, record);
}

async function archivePage(ledger: Ledger, id: string, record: StoredRecord): Promise<StoredRecord | undefined> {
  const page = record.archivedVersion / PAGE_ENTRIES + 1;
  const entries = maps(record.history.slice(0, PAGE_ENTRIES).map(formatEntry));
  await ledger.client.send(
    new PutItemCommand({
      TableName: ledger.table,
      Item: { PK: text(pageKey(ledger.kind, id, page)), v: whole(SCHEMA_VERSION), entries },
    }),
  );
  ledger.between?.("archive:after-page");
  // From the last to the first, so that an endpoint that removes one after the other removes the same ones.
  const leaving = Array.from({ length: PAGE_ENTRIES }, (_, index) => `#statusHistory[${PAGE_ENTRIES - 1 - index}]`);
  await write(ledger, id, {
    update: `SET #archivedVersion = :after REMOVE ${leaving.join(", ")}`,
    condition: "#archivedVersion = :before",
    values: { ":after": whole(record.archivedVersion + PAGE_ENTRIES), ":before": whole(record.archivedVersion) },
  });
  // Whether this removed them or another worker did, what the record holds now is to be read.
  return readRecord(ledger, id);
}

/** The entries of a page, numbered from 1. A page that a record counts as archived is there. */
export async function readPage(ledger: Ledger, id: string, page: number): Promise<HistoryEntry[]> {
  const Key = { PK: text(pageKey(ledger.kind, id, page)) };
  const { Item: item } = await ledger.client.send(new GetItemCommand({ TableName: ledger.table, Key, ConsistentRead: true }));
  if (item === undefined) throw new CorruptItem(Key.PK.S ?? "PK", "there");
  return mapsAt(item, "entries").map(parseEntry);
}

/** At most `limit` entries of the versions above `after`, in order, of a record that has just been read. */
export async function readHistory(ledger: Ledger, id: string, record: StoredRecord, after: number, limit: number): Promise<HistoryEntry[]> {
  const last = Math.min(after + limit, record.historyVersion);
  const lastPage = Math.ceil(Math.min(last, record.archivedVersion) / PAGE_ENTRIES);
  const firstPage = Math.floor(after / PAGE_ENTRIES) + 1;
  const wanted = Array.from({ length: Math.max(0, lastPage - firstPage + 1) }, (_, index) => firstPage + index);
  const pages = await Promise.all(wanted.map((page) => readPage(ledger, id, page)));
  return [...pages.flat(), ...record.history].filter(({ version }) => version > after && version <= last);
}

/** The entry of a version up to the record's historyVersion, wherever it is. */
export async function readEntry(ledger: Ledger, id: string, record: StoredRecord, version: number): Promise<HistoryEntry | undefined> {
  const entry = entryIn(record, version);
  return entry ?? (await readHistory(ledger, id, record, version - 1, 1))[0];
}
