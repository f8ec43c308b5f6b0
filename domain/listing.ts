/**
 * Lists a kind's records, newest first: those of one status, or of all.
 *
 * - A page goes on behind the last record of the one before it, whatever was made or changed meanwhile: none comes twice by
 *   its place, and none is skipped, except that a record whose status changes while pages are read may move out of, or into,
 *   a list of one status.
 * - The index is read eventually: a record may be missing for a moment after it was made. What is shown of each is as it is.
 *
 * There is one partition for each status, so listing all of a kind reads each of them and merges.
 */
import { QueryCommand } from "@aws-sdk/client-dynamodb";
import { text, textAt } from "./attributes.ts";
import { type Ledger, namesIn, readRecord } from "./ledger.ts";
import type { StoredRecord } from "./record.ts";

export const STATUS_INDEX = "ByStatus";

/** What records are ordered by: the moment of their creation, and their id, so that no two have the same. */
export function createdKey(createdAt: string, id: string): string {
  return `${createdAt}#${id}`;
}

export interface RecordPage {
  readonly records: readonly { readonly id: string; readonly record: StoredRecord }[];
  /** Where the next page goes on; undefined where there is none. */
  readonly position: string | undefined;
}

export async function listRecords<Status extends string>(
  ledger: Ledger<Status>,
  { status, limit, position }: { readonly status: Status | undefined; readonly limit: number; readonly position: string | undefined },
): Promise<RecordPage> {
  const statuses = status === undefined ? Object.keys(ledger.kind.transitions) : [status];
  const lists = await Promise.all(statuses.map((one) => queryStatus(ledger, one, limit + 1, position)));
  // A record that changed its status between the queries is in two of them.
  const found = [...new Set(lists.flat())].sort((one, other) => (one < other ? 1 : -1));
  const keys = found.slice(0, limit);
  const records = await Promise.all(keys.map((key) => readWhatIsThere(ledger, key)));
  return { records: records.filter((record) => record !== undefined), position: found.length > limit ? keys.at(-1) : undefined };
}

async function queryStatus(ledger: Ledger, status: string, limit: number, position: string | undefined): Promise<string[]> {
  const condition = `#status = :status${position === undefined ? "" : " AND #createdKey < :position"}`;
  const { Items: items = [] } = await ledger.client.send(
    new QueryCommand({
      TableName: ledger.table,
      IndexName: STATUS_INDEX,
      KeyConditionExpression: condition,
      ExpressionAttributeNames: namesIn(condition),
      ExpressionAttributeValues: { ":status": text(status), ...(position === undefined ? {} : { ":position": text(position) }) },
      ScanIndexForward: false,
      Limit: limit,
    }),
  );
  return items.map((item) => textAt(item, "createdKey"));
}

/** Undefined where it was erased since the index saw it. */
async function readWhatIsThere(ledger: Ledger, key: string): Promise<RecordPage["records"][number] | undefined> {
  const id = key.slice(key.indexOf("#") + 1);
  const record = await readRecord(ledger, id);
  return record && { id, record };
}
