/**
 * A limit on how often somebody may do something in a minute, exact over all processes that share the table: each time is
 * counted by a conditional write before it is done, so the limit's last place is had once.
 *
 * Minutes are those of the clock, and a minute's row is as good as gone when it is over, whether or not it was swept.
 */
import { ConditionalCheckFailedException, type DynamoDBClient, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { text, whole, wholeAt } from "./attributes.ts";
import { fingerprint } from "./sealing.ts";

export interface RateStore {
  readonly table: string;
  readonly client: DynamoDBClient;
  readonly clock: () => number;
  /** Rows name nobody: a key made by `keyFor(secret, …)` hides who they are about. */
  readonly key: Uint8Array;
}

export interface Limit {
  /** What is limited. */
  readonly name: string;
  readonly perMinute: number;
}

export interface Counted {
  readonly isAllowed: boolean;
  readonly remaining: number;
  /** In how many seconds the next minute begins. */
  readonly resetSeconds: number;
}

const MINUTE_MS = 60_000;
/** Rows outlive their minute a little, since processes' clocks differ. */
const KEPT_MS = 10 * MINUTE_MS;

export async function count({ table, client, clock, key }: RateStore, { name, perMinute }: Limit, who: string): Promise<Counted> {
  const now = clock();
  const minute = Math.floor(now / MINUTE_MS);
  const resetSeconds = Math.ceil(((minute + 1) * MINUTE_MS - now) / 1_000);
  const command = new UpdateItemCommand({
    TableName: table,
    Key: { PK: text(`RATE#${name}#${minute}#${fingerprint(key, who)}`) },
    UpdateExpression: "ADD #count :one SET #expiresAt = :expiresAt",
    ConditionExpression: "attribute_not_exists(#count) OR #count < :most",
    ExpressionAttributeNames: { "#count": "count", "#expiresAt": "expiresAt" },
    ExpressionAttributeValues: {
      ":one": whole(1),
      ":most": whole(perMinute),
      ":expiresAt": whole(Math.ceil((now + KEPT_MS) / 1_000)),
    },
    ReturnValues: "UPDATED_NEW",
  });
  try {
    const { Attributes: row = {} } = await client.send(command);
    return { isAllowed: true, remaining: perMinute - wholeAt(row, "count"), resetSeconds };
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    return { isAllowed: false, remaining: 0, resetSeconds };
  }
}
