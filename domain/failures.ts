/**
 * What went wrong for good, kept until somebody has seen to it, and what went wrong on the way there.
 *
 * - Notes: each failed attempt at a message, the last twenty of them. What never ends in a dead letter expires with them.
 * - Failures: an event that was given up, under `EVENT#<kind>#<eventId>`; a dead letter, under `MESSAGE#<queue>#<messageId>`.
 *   The keys are deterministic, so keeping one again changes nothing; in particular it does not open again what was closed.
 *   Only a later attempt at the same event, given up in its turn, does.
 * - Open ones, and only those, are in the index `Open`. They stay until they are closed; all else expires after 30 days.
 * - No task token is kept: of a message's body what would let its reader answer an execution is masked.
 */
import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  QueryCommand,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from "@aws-sdk/client-dynamodb";
import { type Item, maps, mapsAt, present, text, whole } from "./attributes.ts";
import { type Attempt, type Failure, formatAttempt, parseFailure } from "./failure.ts";
import { firstBytes } from "./first-bytes.ts";
import { isoTime, namesIn } from "./ledger.ts";
import { ATTEMPTS_NOTED_MAX, FAILURE_BODY_BYTES_MAX, FAILURE_KEPT_MS, REASON_LENGTH_MAX } from "./limits.ts";

export interface FailureStore {
  readonly table: string;
  readonly client: DynamoDBClient;
  readonly clock: () => number;
}

/** A message, by the name of its queue and the id that it keeps in the dead-letter queue. */
export interface MessageKey {
  readonly queue: string;
  readonly messageId: string;
}

export interface GivenUpEvent {
  readonly kind: string;
  readonly eventId: string;
  readonly recordId: string;
  readonly version: number;
  /** The last attempt that was made. */
  readonly attempt: number;
  readonly reason: string;
}

export interface DeadLetter extends MessageKey {
  /** The kind whose queue it was in. */
  readonly kind: string;
  /** Its body, the task token masked already. */
  readonly body: string;
  readonly reason: string;
  /** Open: nobody will try again. Retrying: its event is on its way still. Resolved: what it asked for had been done. */
  readonly state: "open" | "retrying" | "resolved";
  readonly eventId?: string;
  readonly recordId?: string;
}

export interface FailurePage {
  readonly failures: readonly Failure[];
  /** Where the next page goes on; undefined where there is none. */
  readonly position: string | undefined;
}

export const OPEN_INDEX = "Open";

export function eventFailureId(kind: string, eventId: string): string {
  return `EVENT#${kind}#${eventId}`;
}

export function messageFailureId({ queue, messageId }: MessageKey): string {
  return `MESSAGE#${queue}#${messageId}`;
}

/** Notes a failed attempt at a message, unless its dead letter is kept already. */
export async function noteAttempt(store: FailureStore, key: MessageKey, attempt: Omit<Attempt, "at">): Promise<void> {
  const now = store.clock();
  const noted = { at: isoTime(now), receives: attempt.receives, reason: attempt.reason.slice(0, REASON_LENGTH_MAX) };
  const id = messageFailureId(key);
  const item = await update(store, id, {
    update: "SET #attempts = list_append(if_not_exists(#attempts, :none), :attempt), #expiresAt = :expiresAt",
    condition: "attribute_not_exists(#state)",
    values: { ":none": maps([]), ":attempt": maps([formatAttempt(noted)]), ":expiresAt": expiry(now) },
  });
  const count = item === undefined ? 0 : mapsAt(item, "attempts").length;
  if (count <= ATTEMPTS_NOTED_MAX) return;
  // Whoever notes another meanwhile removes one too many of the oldest, or none: the bound is what matters.
  const condition = "size(#attempts) >= :count";
  await update(store, id, { update: "REMOVE #attempts[0]", condition, values: { ":count": whole(count) } });
}

export async function attemptsOf(store: FailureStore, key: MessageKey): Promise<readonly Attempt[]> {
  return (await readFailure(store, messageFailureId(key)))?.attempts ?? [];
}

/** Keeps an event that is about to be given up, and opens it. */
export async function keepGivenUp(store: FailureStore, event: GivenUpEvent): Promise<void> {
  const { kind, eventId, recordId, version, attempt, reason } = event;
  const facts = { eventId: text(eventId), recordId: text(recordId), version: whole(version) };
  await keep(store, eventFailureId(kind, eventId), { kind, reason, state: "open", attempt, facts });
}

/** Keeps a dead letter beside the attempts that were noted at it. */
export async function keepDeadLetter(store: FailureStore, letter: DeadLetter): Promise<void> {
  const { kind, queue, messageId, eventId, recordId, reason, state } = letter;
  const body = firstBytes(letter.body, FAILURE_BODY_BYTES_MAX);
  const facts = present({
    queue: text(queue),
    messageId: text(messageId),
    body: text(body),
    bodyCut: body === letter.body ? undefined : { BOOL: true },
    eventId: eventId === undefined ? undefined : text(eventId),
    recordId: recordId === undefined ? undefined : text(recordId),
  });
  await keep(store, messageFailureId(letter), { kind, reason, state, attempt: 1, facts });
}

/** Closes a failure that is open, as it was when `attempt` was its last. False where it is not. */
export async function closeFailure(
  store: FailureStore,
  { id, attempt }: Pick<Failure, "id" | "attempt">,
  state: "redriven" | "resolved",
): Promise<boolean> {
  const now = store.clock();
  const closed = await update(store, id, {
    update: "SET #state = :state, #closedAt = :now, #expiresAt = :expiresAt REMOVE #openKind, #failedKey",
    condition: "#state = :open AND #attempt = :attempt",
    values: {
      ":state": text(state),
      ":now": text(isoTime(now)),
      ":expiresAt": expiry(now),
      ":open": text("open"),
      ":attempt": whole(attempt),
    },
  });
  return closed !== undefined;
}

/** A failure, or what was noted of a message so far. */
export async function readFailure({ client, table }: FailureStore, id: string): Promise<Failure | undefined> {
  const { Item: item } = await client.send(new GetItemCommand({ TableName: table, Key: { PK: text(id) }, ConsistentRead: true }));
  return item && parseFailure(item);
}

/** Open failures of a kind, newest first, without the messages' bodies. */
export async function listFailures(store: FailureStore, kind: string, limit: number, position?: string): Promise<FailurePage> {
  const condition = position === undefined ? "#openKind = :kind" : "#openKind = :kind AND #failedKey < :position";
  const projection =
    "#PK, #openKind, #failedKey, #kind, #state, #reason, #failedAt, #attempt, #attempts, #eventId, #recordId, #version, #queue, #messageId, #bodyCut";
  const { Items: items = [], LastEvaluatedKey: last } = await store.client.send(
    new QueryCommand({
      TableName: store.table,
      IndexName: OPEN_INDEX,
      KeyConditionExpression: condition,
      ProjectionExpression: projection,
      ExpressionAttributeNames: namesIn(`${condition} ${projection}`),
      ExpressionAttributeValues: present({ ":kind": text(kind), ":position": position === undefined ? undefined : text(position) }),
      ScanIndexForward: false,
      Limit: limit,
    }),
  );
  return { failures: items.map(parseFailure), position: last?.failedKey?.S };
}

/** The same of several kinds together. A position is a place among all of them, since no two failures have the same. */
export async function listFailuresOf(
  store: FailureStore,
  kinds: readonly string[],
  limit: number,
  position?: string,
): Promise<FailurePage> {
  const pages = await Promise.all(kinds.map((kind) => listFailures(store, kind, limit, position)));
  const found = pages.flatMap(({ failures }) => failures).sort((one, other) => (placeOf(one) < placeOf(other) ? 1 : -1));
  // A page may end early, since an answer has so many bytes at most: what others have beyond its end is not next yet.
  const ends = pages.flatMap((page) => page.position ?? []);
  const failures = found.filter((one) => ends.every((end) => placeOf(one) >= end)).slice(0, limit);
  const last = failures.at(-1);
  const isMore = ends.length > 0 || failures.length < found.length;
  return { failures, position: last !== undefined && isMore ? placeOf(last) : undefined };
}

/** Where a failure stands in the list, as the index has it. */
function placeOf({ failedAt = "", id }: Pick<Failure, "failedAt" | "id">): string {
  return `${failedAt}#${id}`;
}

interface Kept {
  readonly kind: string;
  readonly reason: string;
  readonly state: Failure["state"];
  readonly attempt: number;
  readonly facts: Item;
}

async function keep(store: FailureStore, id: string, { kind, reason, state, attempt, facts }: Kept): Promise<void> {
  const now = store.clock();
  const common = { kind: text(kind), reason: text(reason.slice(0, REASON_LENGTH_MAX)), state: text(state), attempt: whole(attempt) };
  const moment = { failedAt: text(isoTime(now)) };
  const open = { openKind: text(kind), failedKey: text(placeOf({ failedAt: isoTime(now), id })) };
  const set: Item = { ...common, ...moment, ...facts, ...(state === "open" ? open : { expiresAt: expiry(now) }) };
  const sets = Object.keys(set).map((name) => `#${name} = :${name}`);
  const removes = state === "open" ? "#expiresAt, #closedAt" : "#openKind, #failedKey, #closedAt";
  await update(store, id, {
    update: `SET ${sets.join(", ")}, #attempts = if_not_exists(#attempts, :none) REMOVE ${removes}`,
    condition: "attribute_not_exists(#state) OR #attempt < :attempt",
    values: { ...Object.fromEntries(Object.entries(set).map(([name, value]) => [`:${name}`, value])), ":none": maps([]) },
  });
}

interface Update {
  readonly update: string;
  readonly condition: string;
  readonly values: Item;
}

/** The item as it has become; undefined where the condition failed. */
async function update({ client, table }: FailureStore, id: string, { update, condition, values }: Update): Promise<Item | undefined> {
  const input: UpdateItemCommandInput = {
    TableName: table,
    Key: { PK: text(id) },
    UpdateExpression: update,
    ConditionExpression: condition,
    ExpressionAttributeNames: namesIn(`${update} ${condition}`),
    ExpressionAttributeValues: { ...values },
    ReturnValues: "UPDATED_NEW",
  };
  try {
    return (await client.send(new UpdateItemCommand(input))).Attributes ?? {};
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return undefined;
    throw error;
  }
}

/** In seconds, as DynamoDB's time to live wants it. */
function expiry(now: number) {
  return whole(Math.ceil((now + FAILURE_KEPT_MS) / 1000));
}
