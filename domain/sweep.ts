import { ConditionalCheckFailedException, DeleteItemCommand, paginateScan } from "@aws-sdk/client-dynamodb";
import { text, textAt, whole } from "./attributes.ts";
import type { IdempotencyStore } from "./idempotency.ts";
import { namesIn } from "./ledger.ts";

/**
 * Deletes the rows of idempotency keys that have expired, where DynamoDB's own time to live is not on, and tells how many.
 * It reads the whole table, which holds a day's keys: now and then is enough, since readers ignore expired rows anyway.
 */
export async function sweepExpired({ client, table, clock }: Pick<IdempotencyStore, "client" | "table" | "clock">): Promise<number> {
  const expired = "#expiresAt <= :now";
  const condition = {
    ExpressionAttributeNames: namesIn(expired),
    ExpressionAttributeValues: { ":now": whole(Math.floor(clock() / 1000)) },
  };
  let swept = 0;
  const scan = { TableName: table, FilterExpression: expired, ProjectionExpression: "PK", ...condition };
  for await (const { Items: items = [] } of paginateScan({ client }, scan)) {
    for (const item of items) {
      // A call may have taken the key anew since the scan saw it.
      const row = { TableName: table, Key: { PK: text(textAt(item, "PK")) }, ConditionExpression: expired, ...condition };
      if (await isDone(client.send(new DeleteItemCommand(row)))) swept++;
    }
  }
  return swept;
}

async function isDone(deletion: Promise<unknown>): Promise<boolean> {
  try {
    await deletion;
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}
