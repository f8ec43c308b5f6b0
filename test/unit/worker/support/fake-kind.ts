import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { Ledger } from "../../../../domain/ledger.ts";
import { requests } from "../../../../domain/requests.ts";

/** A ledger that no test asks anything: its client has nothing to send to. */
export function fakeLedger(): Ledger {
  const client = new DynamoDBClient({ region: "us-east-1", endpoint: "http://dynamodb.invalid" });
  return { kind: requests, table: "Requests", client, clock: () => 0, random: () => 0.5 };
}
