import { setTimeout as sleep } from "node:timers/promises";
import { ScanCommand } from "@aws-sdk/client-dynamodb";
import { paginateListExecutions } from "@aws-sdk/client-sfn";
import { PENDING_INDEX } from "../../../domain/outbox.ts";
import type { TestSystem } from "../../support/system.ts";
import type { Tally } from "./records.ts";

/** How long everything may take to come to its end after the last fault. */
const SETTLE_MS_MAX = 60_000;
const LOOK_MS = 250;

/** Where a kind's records and executions are. */
export interface Place {
  readonly table: string;
  readonly stateMachineArn: string;
}

/** Waits until nothing of a kind is on its way any more, and tells how long that took; what does not end is noted. */
export async function settle(system: TestSystem, place: Place, tally: Tally): Promise<number> {
  const began = performance.now();
  let left = await leftovers(system, place);
  while (left.length > 0 && performance.now() - began < SETTLE_MS_MAX) {
    await sleep(LOOK_MS);
    left = await leftovers(system, place);
  }
  tally.notEnded.push(...left);
  return performance.now() - began;
}

/** Executions that run, and records that have events on their way. */
async function leftovers(system: TestSystem, { table, stateMachineArn }: Place): Promise<string[]> {
  const { sfn, dynamodb } = system.clients;
  const names: string[] = [];
  const running = { stateMachineArn, statusFilter: "RUNNING" } as const;
  for await (const page of paginateListExecutions({ client: sfn }, running))
    names.push(...(page.executions ?? []).map(({ name }) => `${name}`));
  const pending = await dynamodb.send(new ScanCommand({ TableName: table, IndexName: PENDING_INDEX }));
  return [...names, ...(pending.Items ?? []).map((item) => `${item.PK?.S} has events on their way`)];
}
