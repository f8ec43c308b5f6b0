/** How much is on its way: what an operator wants to see grow small again. */
import { QueryCommand } from "@aws-sdk/client-dynamodb";
import { text, wholeAt } from "./attributes.ts";
import { pendingShards } from "./ids.ts";
import { type Ledger, namesIn } from "./ledger.ts";
import { PENDING_INDEX } from "./outbox.ts";

export interface Backlog {
  /** Records that have events pending; where there are thousands, at least so many. */
  readonly records: number;
  /** How long the one that has waited longest has had any; 0 where there is none. */
  readonly oldestMs: number;
}

/** Reads one page of each shard, so that it costs the same however long the backlog is. */
export async function readBacklog(ledger: Ledger): Promise<Backlog> {
  const shards = await Promise.all(pendingShards(ledger.kind).map((shard) => readShard(ledger, shard)));
  const since = shards.flat();
  const now = ledger.clock();
  return { records: since.length, oldestMs: since.reduce((oldest, moment) => Math.max(oldest, now - moment), 0) };
}

async function readShard({ client, table }: Ledger, shard: string): Promise<number[]> {
  const [condition, projection] = ["#pendingShard = :shard", "#pendingSince"];
  const { Items: items = [] } = await client.send(
    new QueryCommand({
      TableName: table,
      IndexName: PENDING_INDEX,
      KeyConditionExpression: condition,
      ProjectionExpression: projection,
      ExpressionAttributeNames: namesIn(`${condition} ${projection}`),
      ExpressionAttributeValues: { ":shard": text(shard) },
    }),
  );
  return items.map((item) => wholeAt(item, "pendingSince"));
}
