/**
 * What `Idempotency-Key` promises, for calls that make or change something.
 *
 * - The same key and the same call are answered as the first time, for 24 hours; answers are stored encrypted.
 * - The same key with another call is a mismatch, also while the first is under way.
 * - One call at a time is under way for a key: its mark is a lease of 30 seconds. Whoever takes over after that uses the ids
 *   the first call had drawn, so both find the same record and the same change, whichever of them wrote it.
 * - A call that failed for a reason that may pass gives its mark back; its ids stay.
 *
 * Where a row lies and what tells its call from others are made with the caller's own key, which is stored nowhere, and not
 * with a secret of ours: a call is the same call also while secrets change, at every process. Only answers are sealed.
 *
 * Expired rows are as good as none, whether or not something has swept them yet.
 */
import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { bytesAt, type Item, optionalTextAt, text, textAt, whole, wholeAt } from "./attributes.ts";
import { namesIn } from "./ledger.ts";
import { ANSWER_KEPT_MS, IDEMPOTENCY_LEASE_MS } from "./limits.ts";
import { fingerprint, type Keys, keysFor, open, seal } from "./sealing.ts";

export interface IdempotencyStore {
  readonly table: string;
  readonly client: DynamoDBClient;
  readonly clock: () => number;
  readonly newId: () => string;
  /** At least 16 bytes each: the first seals answers, any of them opens them. */
  readonly secrets: Keys;
}

export interface KeyedCall {
  /** Whose key it is, and where: the same key of another caller or on another route is another key. */
  readonly scope: string;
  readonly key: string;
  /** All that makes the call what it is: its body, and whatever of its address is not in the scope. */
  readonly content: string;
}

/** The right to carry the call out until the lease ends. */
export interface Mark {
  readonly place: string;
  readonly holder: string;
  /** From these the call makes its ids: the same ones for everybody who carries it out. */
  readonly recordId: string;
  readonly changeId: string;
  /** Until when nobody else takes over. Whoever writes begins no write so late that it could come after this. */
  readonly leaseUntil: number;
  /** When the first of them began, where this one is not the first: it looks for what that one may have done. */
  readonly triedSince: number | undefined;
}

export type Beginning =
  | { readonly state: "mine"; readonly mark: Mark }
  | { readonly state: "answered"; readonly answer: string }
  | { readonly state: "mismatch" }
  /** It was done and answered, but the answer was sealed with a secret that is not here. */
  | { readonly state: "unreadable" }
  | { readonly state: "underWay"; readonly retryAfterMs: number };

export async function begin(store: IdempotencyStore, call: KeyedCall): Promise<Beginning> {
  const now = store.clock();
  const place = placeOf(call);
  const leaseUntil = now + IDEMPOTENCY_LEASE_MS;
  const ids = { holder: store.newId(), recordId: store.newId(), changeId: store.newId() };
  const mark: Mark = { place, ...ids, leaseUntil, triedSince: undefined };
  const condition = "attribute_not_exists(PK) OR #expiresAt <= :now";
  try {
    await store.client.send(
      new PutItemCommand({
        TableName: store.table,
        Item: {
          PK: text(place),
          content: text(contentOf(call)),
          holder: text(mark.holder),
          recordId: text(mark.recordId),
          changeId: text(mark.changeId),
          beganAt: whole(now),
          leaseUntil: whole(leaseUntil),
          // In seconds, as DynamoDB's time to live wants it.
          expiresAt: whole(Math.ceil((now + ANSWER_KEPT_MS) / 1000)),
        },
        ConditionExpression: condition,
        ExpressionAttributeNames: namesIn(condition),
        ExpressionAttributeValues: { ":now": whole(Math.floor(now / 1000)) },
        ReturnValuesOnConditionCheckFailure: "ALL_OLD",
      }),
    );
    return { state: "mine", mark };
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    const there = error.Item ?? (await read(store, place));
    // It can only have been swept in between: the client comes again at once.
    if (there === undefined) return { state: "underWay", retryAfterMs: 0 };
    return judge(store, call, mark, there);
  }
}

/** Keeps the answer. False where another has taken over: its answer is kept, and it is the same one by its ids. */
export async function finish(store: IdempotencyStore, mark: Mark, answer: string): Promise<boolean> {
  const sealed = seal(keysFor(store.secrets, "answers"), mark.place, answer);
  return update(store, mark.place, "SET #answer = :answer REMOVE #leaseUntil", "#holder = :holder AND attribute_exists(#leaseUntil)", {
    ":answer": { B: sealed },
    ":holder": text(mark.holder),
  });
}

/** Gives the mark back without an answer, for a call that failed for a reason that may pass. */
export async function release(store: IdempotencyStore, mark: Mark): Promise<boolean> {
  return update(store, mark.place, "SET #leaseUntil = :now", "#holder = :holder AND attribute_exists(#leaseUntil)", {
    ":now": whole(store.clock()),
    ":holder": text(mark.holder),
  });
}

async function judge(store: IdempotencyStore, call: KeyedCall, mark: Mark, there: Item): Promise<Beginning> {
  if (textAt(there, "content") !== contentOf(call)) return { state: "mismatch" };
  if (there.answer !== undefined) {
    const answer = open(keysFor(store.secrets, "answers"), mark.place, bytesAt(there, "answer"));
    return answer === undefined ? { state: "unreadable" } : { state: "answered", answer };
  }
  // The SDK repeats a write whose answer was lost, and then meets what it has written itself.
  if (textAt(there, "holder") === mark.holder) return mine(mark, there);
  const now = store.clock();
  const seen = wholeAt(there, "leaseUntil");
  if (seen > now) return { state: "underWay", retryAfterMs: seen - now };
  const taken = await update(
    store,
    mark.place,
    "SET #holder = :holder, #leaseUntil = :until",
    "#holder = :before AND #leaseUntil = :seen",
    {
      ":holder": text(mark.holder),
      ":until": whole(mark.leaseUntil),
      ":before": text(textAt(there, "holder")),
      ":seen": whole(seen),
    },
  );
  const after = taken ? undefined : await read(store, mark.place);
  if (taken || optionalTextAt(after ?? {}, "holder") === mark.holder) return mine(mark, there);
  return { state: "underWay", retryAfterMs: IDEMPOTENCY_LEASE_MS };
}

/** The ids are those of the row; only where they are the ones just drawn is this the first call. */
function mine(mark: Mark, there: Item): Beginning {
  const ids = { recordId: textAt(there, "recordId"), changeId: textAt(there, "changeId") };
  const triedSince = ids.changeId === mark.changeId ? undefined : wholeAt(there, "beganAt");
  return { state: "mine", mark: { ...mark, ...ids, triedSince } };
}

async function update(store: IdempotencyStore, place: string, change: string, condition: string, values: Item): Promise<boolean> {
  try {
    await store.client.send(
      new UpdateItemCommand({
        TableName: store.table,
        Key: { PK: text(place) },
        UpdateExpression: change,
        ConditionExpression: condition,
        ExpressionAttributeNames: namesIn(`${change} ${condition}`),
        ExpressionAttributeValues: { ...values },
      }),
    );
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}

async function read(store: IdempotencyStore, place: string): Promise<Item | undefined> {
  const get = new GetItemCommand({ TableName: store.table, Key: { PK: text(place) }, ConsistentRead: true });
  return (await store.client.send(get)).Item;
}

/** Keys are callers' texts of any length and content: the row's key is a fingerprint of theirs. */
function placeOf(call: KeyedCall): string {
  return `IDEMPOTENCY#${fingerprint(ownKey(call), "place")}`;
}

function contentOf(call: KeyedCall): string {
  return fingerprint(ownKey(call), `content ${call.content}`);
}

function ownKey({ scope, key }: KeyedCall): Buffer {
  return Buffer.from(JSON.stringify([scope, key]));
}
