/**
 * Lists a kind's records, newest first: those of one status, or of all.
 *
 * - A page goes on behind the last place of the one before it, whatever was made or changed meanwhile: none comes twice by
 *   its place, and none is skipped, except that a record whose status changes while pages are read may move out of, or into,
 *   a list of one status.
 * - What is shown of each is as it is, and a list of one status shows no record of another. The index itself is read
 *   eventually: a record may be missing for a moment after it was made or moved, and a page may hold fewer than it could.
 *
 * A page costs a query for each status and one call for all its records, however many there are in the table.
 *
 * There is one partition for each status, so listing all of a kind reads each of them and merges. An owner's records are one
 * partition of another index; those of one status are picked from it, so such a page may hold fewer than it could.
 */
import { QueryCommand } from "@aws-sdk/client-dynamodb";
import { type Item, optionalTextAt, text, textAt, wholeAt } from "./attributes.ts";
import { readItems } from "./batch-read.ts";
import { type Ledger, namesIn } from "./ledger.ts";
import type { StoredRecord } from "./record.ts";

export const STATUS_INDEX = "ByStatus";

/** What records are ordered by: the moment of their creation, and their id, so that no two have the same. */
export function createdKey(createdAt: string, id: string): string {
  return `${createdAt}#${id}`;
}

export interface Listing<Status extends string> {
  /** All of them, where it is undefined. */
  readonly status: Status | undefined;
  readonly limit: number;
  /** Where the page before this one ended. */
  readonly position: string | undefined;
  /** Only those of one owner: an index over the kind's own attribute that names them, and the creations' keys. */
  readonly owner?: { readonly index: string; readonly attribute: string; readonly is: string };
  /** The kind's own attributes that the list shows. */
  readonly attributes: readonly string[];
}

/** A record without its history and what is on its way, which can be a hundred times as long. */
export interface RecordSummary
  extends Pick<StoredRecord, "status" | "version" | "createdAt" | "updatedAt" | "historyVersion" | "notifiedAt" | "lastEventId"> {
  readonly id: string;
  readonly attributes: Item;
}

export interface RecordPage {
  readonly records: readonly RecordSummary[];
  /** Where the next page goes on; undefined where there is none. */
  readonly position: string | undefined;
}

export async function listRecords<Status extends string>(ledger: Ledger<Status>, listing: Listing<Status>): Promise<RecordPage> {
  const { status, limit, position, attributes } = listing;
  const lists = await Promise.all(partitionsOf(ledger, listing).map((one) => queryPartition(ledger, one, limit + 1, position)));
  // A record that changed its status between the queries is in two of them.
  const found = [...new Set(lists.flat())].sort((one, other) => (one < other ? 1 : -1));
  const places = found.slice(0, limit);
  const summaries = await readSummaries(ledger, [...new Set(places.map(idIn))], attributes);
  const records = summaries.filter((record) => status === undefined || record.status === status);
  return { records, position: found.length > limit ? places.at(-1) : undefined };
}

interface Partition {
  readonly index: string;
  readonly attribute: string;
  readonly is: string;
}

function partitionsOf<Status extends string>({ kind }: Ledger<Status>, { status, owner }: Listing<Status>): Partition[] {
  if (owner !== undefined) return [owner];
  const statuses = status === undefined ? Object.keys(kind.transitions) : [status];
  return statuses.map((is) => ({ index: STATUS_INDEX, attribute: "status", is }));
}

async function queryPartition(
  ledger: Ledger,
  { index, attribute, is }: Partition,
  limit: number,
  position: string | undefined,
): Promise<string[]> {
  const condition = `#partition = :is${position === undefined ? "" : " AND #createdKey < :position"}`;
  const { Items: items = [] } = await ledger.client.send(
    new QueryCommand({
      TableName: ledger.table,
      IndexName: index,
      KeyConditionExpression: condition,
      ExpressionAttributeNames: namesIn(condition, { "#partition": attribute }),
      ExpressionAttributeValues: { ":is": text(is), ...(position === undefined ? {} : { ":position": text(position) }) },
      ScanIndexForward: false,
      Limit: limit,
    }),
  );
  return items.map((item) => textAt(item, "createdKey"));
}

/** In the order of the ids, without those that were erased since the index saw them. */
async function readSummaries(ledger: Ledger, ids: readonly string[], attributes: readonly string[]): Promise<RecordSummary[]> {
  const own = attributes.map((_, index) => `#own${index}`);
  const expression = ["#PK, #status, #version, #createdAt, #updatedAt, #historyVersion, #notifiedAt, #lastEventId", ...own].join(", ");
  const names = namesIn(expression, Object.fromEntries(own.map((name, index) => [name, attributes[index] ?? ""])));
  const found = await readItems(ledger, ids, { expression, names });
  return ids.flatMap((id) => {
    const item = found.get(id);
    return item === undefined ? [] : [parseSummary(id, item, attributes)];
  });
}

/** The id in a place of a list. */
function idIn(place: string): string {
  return place.slice(place.indexOf("#") + 1);
}

function parseSummary(id: string, item: Item, attributes: readonly string[]): RecordSummary {
  return {
    id,
    status: textAt(item, "status"),
    version: wholeAt(item, "version"),
    createdAt: textAt(item, "createdAt"),
    updatedAt: textAt(item, "updatedAt"),
    historyVersion: wholeAt(item, "historyVersion"),
    notifiedAt: optionalTextAt(item, "notifiedAt"),
    lastEventId: optionalTextAt(item, "lastEventId"),
    attributes: Object.fromEntries(Object.entries(item).filter(([name]) => attributes.includes(name))),
  };
}
