import { ScanCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { aws } from "./endpoint.ts";

/** Brings the end of every Idempotency-Key's lease forward, as waiting for half a minute would. */
export async function endLeases(TableName: string): Promise<void> {
  const open = new ScanCommand({ TableName, FilterExpression: "attribute_exists(leaseUntil)", ConsistentRead: true });
  for (const { PK } of (await aws().dynamodb.send(open)).Items ?? []) {
    const end = { UpdateExpression: "SET leaseUntil = :past", ExpressionAttributeValues: { ":past": { N: "1" } } };
    if (PK !== undefined) await aws().dynamodb.send(new UpdateItemCommand({ TableName, Key: { PK }, ...end }));
  }
}
