/**
 * Makes records. The creation is event 1: it is written with the record, in one call, and carried out like any change.
 *
 * - A record is made once: a repeated call (the SDK's, or another's who took over its ids) finds its own.
 * - An id that is taken by another's record is told, never overwritten.
 */
import { ConditionalCheckFailedException, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { type Item, optionalTextAt, text, whole } from "./attributes.ts";
import { type Change, type ChangeEvent, type Details, formatInput, newEvent, type Origin, originOf } from "./event.ts";
import { pendingShard, recordKey } from "./ids.ts";
import type { Kind } from "./kind.ts";
import { isoTime, type Ledger, readRecord } from "./ledger.ts";
import { RELAY_GRACE_MS, SCHEMA_VERSION } from "./limits.ts";
import { createdKey } from "./listing.ts";
import { assertAttributes } from "./own-attributes.ts";
import { findOwnChange } from "./own-change.ts";
import { newRecordItem } from "./record.ts";

export interface Creation extends Origin {
  readonly id: string;
  readonly changeId: string;
  /** The kind's own attributes. Their names are not those the mechanism uses. */
  readonly attributes?: Item;
  readonly note?: string;
}

export type CreationOutcome =
  | { readonly outcome: "created"; readonly event: ChangeEvent; readonly input: string }
  /** The input is there while the event is pending: whoever comes again may start its execution. */
  | { readonly outcome: "alreadyOurs"; readonly change: Change; readonly input: string | undefined }
  | { readonly outcome: "taken" };

export async function createRecord<Status extends string>(ledger: Ledger<Status>, creation: Creation): Promise<CreationOutcome> {
  const { kind } = ledger;
  const { id, changeId, note } = creation;
  assertAttributes(creation.attributes);
  const now = ledger.clock();
  const type = kind.eventType(null, kind.initial);
  const facts = { kind: kind.name, id, version: 1, from: null, to: kind.initial, changedAt: isoTime(now), changeId, type };
  const details = detailsTold(kind, creation.attributes);
  const event = newEvent({ ...facts, ...(note === undefined ? {} : { note }), ...originOf(creation), ...(details && { details }) });
  const input = formatInput(event);
  try {
    await ledger.client.send(
      new PutItemCommand({
        TableName: ledger.table,
        Item: {
          PK: text(recordKey(kind, id)),
          v: whole(SCHEMA_VERSION),
          ...newRecordItem(kind.initial, { changeId, input, changedAt: event.changedAt, attempt: 1 }),
          createdKey: text(createdKey(event.changedAt, id)),
          pendingShard: text(pendingShard(kind, id)),
          pendingDue: whole(now + RELAY_GRACE_MS),
          pendingSince: whole(now),
          ...creation.attributes,
        },
        ConditionExpression: "attribute_not_exists(PK)",
      }),
    );
    ledger.heads?.see(id, kind.initial, 1);
    return { outcome: "created", event, input };
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    return whatIsThere(ledger, creation);
  }
}

/** Undefined where the kind tells nothing. */
function detailsTold({ told }: Kind, attributes: Item = {}): Details | undefined {
  if (told === undefined) return undefined;
  const texts = told.flatMap((name) => {
    const value = optionalTextAt(attributes, name);
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(texts);
}

async function whatIsThere(ledger: Ledger, { id, changeId }: Creation): Promise<CreationOutcome> {
  const record = await readRecord(ledger, id);
  const own = record && (await findOwnChange(ledger, id, record, changeId, () => true));
  return own?.change.version === 1 ? { outcome: "alreadyOurs", ...own } : { outcome: "taken" };
}
