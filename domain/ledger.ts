/**
 * The table of one kind's records, and the only two ways to it: a consistent read, and a conditional write that says what
 * it met instead. Time and chance come from here, so that tests decide them.
 *
 * The client's retries and time limits are its owner's. The SDK may repeat a write whose answer was lost: its condition
 * then fails on our own write, which is why every caller of `write` looks for itself in what it met.
 */
import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  type ReturnValue,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { type Item, text } from "./attributes.ts";
import type { Heads } from "./heads.ts";
import { recordKey } from "./ids.ts";
import type { Kind } from "./kind.ts";
import { parseHead, parseRecord, type RecordHead, type StoredRecord } from "./record.ts";

/** Moments between two writes that belong together, where a test has the process die. */
export type BetweenWrites = "archive:after-page" | "relay:after-count" | "redrive:after-put-back";

export interface Ledger<Status extends string = string> {
  readonly kind: Kind<Status>;
  readonly table: string;
  readonly client: DynamoDBClient;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** At least 0, less than 1. */
  readonly random: () => number;
  /** What is remembered of records, for whoever changes the same ones again and again. */
  readonly heads?: Heads;
  readonly between?: (moment: BetweenWrites) => void;
}

export interface Update {
  /** Attribute names stand in both expressions as `#name`; `names` says what those stand for that are no names themselves. */
  readonly update: string;
  readonly condition: string;
  readonly values: Item;
  readonly names?: Readonly<Record<string, string>>;
  readonly returns?: ReturnValue;
}

export type Written =
  | { readonly written: true; readonly item: Item | undefined }
  /** The condition failed on this record; undefined where there is none. */
  | { readonly written: false; readonly record: StoredRecord | undefined };

export async function readRecord(ledger: Ledger, id: string): Promise<StoredRecord | undefined> {
  const { Item: item } = await ledger.client.send(new GetItemCommand({ ...target(ledger, id), ConsistentRead: true }));
  return item && parseRecord(item);
}

/** Reads what a change needs without the history, which can be a hundred times as long. */
export async function readHead(ledger: Ledger, id: string): Promise<RecordHead | undefined> {
  const projection = "#status, #version, #pending, #failed";
  const { Item: item } = await ledger.client.send(
    new GetItemCommand({
      ...target(ledger, id),
      ConsistentRead: true,
      ProjectionExpression: projection,
      ExpressionAttributeNames: namesIn(projection),
    }),
  );
  return item && parseHead(item);
}

export async function write(ledger: Ledger, id: string, update: Update): Promise<Written> {
  try {
    const { Attributes: item } = await ledger.client.send(
      new UpdateItemCommand({
        ...target(ledger, id),
        UpdateExpression: update.update,
        ConditionExpression: update.condition,
        ExpressionAttributeNames: namesIn(`${update.update} ${update.condition}`, update.names),
        ...(Object.keys(update.values).length > 0 && { ExpressionAttributeValues: { ...update.values } }),
        ReturnValues: update.returns,
        ReturnValuesOnConditionCheckFailure: "ALL_OLD",
      }),
    );
    return { written: true, item };
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    // The item comes with the refusal. Without one there is no record, or the endpoint does not send it: a read tells.
    return { written: false, record: error.Item === undefined ? await readRecord(ledger, id) : parseRecord(error.Item) };
  }
}

/** DynamoDB reserves hundreds of words, so every name goes by a placeholder. */
export function namesIn(expressions: string, given: Readonly<Record<string, string>> = {}): Record<string, string> {
  const names: Record<string, string> = {};
  for (const [placeholder, name] of placeholdersIn(expressions)) names[placeholder] = given[placeholder] ?? name;
  return names;
}

/** Expressions are few, and each is sent again and again; whoever makes ever new ones loses no more than time. */
const PLACEHOLDERS_MAX = 500;
const placeholders = new Map<string, readonly (readonly [placeholder: string, name: string])[]>();

function placeholdersIn(expressions: string) {
  let found = placeholders.get(expressions);
  if (found === undefined) {
    if (placeholders.size >= PLACEHOLDERS_MAX) placeholders.clear();
    found = [...new Set(expressions.match(/#\w+/g))].map((placeholder) => [placeholder, placeholder.slice(1)] as const);
    placeholders.set(expressions, found);
  }
  return found;
}

export function isoTime(moment: number): string {
  return new Date(moment).toISOString();
}

function target(ledger: Ledger, id: string): { TableName: string; Key: Record<string, ReturnType<typeof text>> } {
  return { TableName: ledger.table, Key: { PK: text(recordKey(ledger.kind, id)) } };
}
