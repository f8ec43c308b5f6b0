import { setTimeout as sleep } from "node:timers/promises";
import { ScanCommand } from "@aws-sdk/client-dynamodb";
import { paginateListExecutions } from "@aws-sdk/client-sfn";
import { PENDING_INDEX } from "../../../domain/outbox.ts";
import type { TestSystem } from "../../support/system.ts";
import type { Tally } from "./records.ts";

/** How long everything may take to come to its end after the last fault. */
const SETTLE_MS_MAX = 60_000;
const LOOK_MS = 250;

/** What the clients of each kind were told. */
export type Tallies = Partial<Readonly<Record<"requests" | "products" | "orders" | "tasks", Tally>>>;

/** Where a kind's records and executions are. */
interface Place {
  readonly table: string;
  readonly stateMachineArn: string;
}

/**
 * Waits until nothing of these kinds is on its way any more, and tells how long after the last fault that was; what has not
 * ended in time is noted.
 */
export async function settle(system: TestSystem, tallies: Tallies, faultsEndedAt = performance.now()): Promise<number> {
  const { requests, products, orders, tasks } = tallies;
  const { outputs } = system;
  const settled = async (tally: Tally | undefined, table: string, stateMachineArn: string) =>
    tally && settlePlace(system, { table, stateMachineArn }, tally, faultsEndedAt);
  await Promise.all([
    settled(requests, outputs.requests_table, outputs.requests_state_machine_arn),
    settled(products, outputs.products_table, outputs.products_state_machine_arn),
    settled(orders, outputs.dynamodb_table, outputs.orders_state_machine_arn),
    settled(tasks, outputs.tasks_table, outputs.tasks_state_machine_arn),
  ]);
  return performance.now() - faultsEndedAt;
}

async function settlePlace(system: TestSystem, place: Place, tally: Tally, faultsEndedAt: number): Promise<void> {
  let left = await leftovers(system, place);
  while (left.length > 0 && performance.now() - faultsEndedAt < SETTLE_MS_MAX) {
    await sleep(LOOK_MS);
    left = await leftovers(system, place);
  }
  tally.notEnded.push(...left);
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
