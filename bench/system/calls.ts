/**
 * What one change costs where every call is paid for: the AWS calls by operation, counted between Milepost's processes and
 * their endpoint, and the states its executions entered. Calls that are made whether anything changes or not, such as a
 * waiting worker's receives, are among them; the reads by which the benchmark sees how far a history is are not.
 */
import { paginateGetExecutionHistory } from "@aws-sdk/client-sfn";
import { TestSystem } from "../../test/support/system.ts";
import { executionArn } from "../../workflows/starter.ts";
import { table } from "../support/table.ts";
import { Generator } from "./generator.ts";
import { CHANGES_OF_A_LOAD, loadOn } from "./load.ts";
import { changeUntilReadable, type Tracked, Tracker, untilReadable } from "./tracker.ts";

const SINGLES = 50;
const GOAL = { calls: 5, tasks: 1 };

type Counts = ReadonlyMap<string, number>;

export async function benchCalls(): Promise<void> {
  const system = await TestSystem.start();
  const tracker = new Tracker(system.url, system.adminToken);
  const generator = new Generator();
  try {
    const record = await tracker.create();
    await untilReadable(tracker, record, 1);
    const [before, readsBefore] = [new Map(system.proxy.counts), tracker.reads];
    for (let version = 2; version <= SINGLES + 1; version++) await changeUntilReadable(tracker, record, version);
    const single = callsAChange(before, system.proxy.counts, tracker.reads - readsBefore, SINGLES);
    let [began, ended]: [Counts, Counts] = [new Map(), new Map()];
    const { reads } = await generator.run(loadOn(system), () => {
      began = new Map(system.proxy.counts);
      return () => {
        ended = new Map(system.proxy.counts);
      };
    });
    report(single, callsAChange(began, ended, reads, CHANGES_OF_A_LOAD), await tasksEntered(system, record));
  } finally {
    generator.stop();
    tracker.close();
    await system.stop();
  }
}

function callsAChange(before: Counts, after: Counts, ownReads: number, changes: number): Counts {
  const own = (operation: string) => (operation === "GetItem" ? ownReads : 0);
  return new Map([...after].map(([name, count]) => [name, (count - at(before, name) - own(name)) / changes]));
}

async function tasksEntered({ clients, outputs }: TestSystem, { id }: Tracked): Promise<number> {
  let entered = 0;
  for (let version = 2; version <= SINGLES + 1; version++) {
    const arn = executionArn(outputs.requests_state_machine_arn, `${id}-${version}`);
    for await (const { events = [] } of paginateGetExecutionHistory({ client: clients.sfn }, { executionArn: arn }))
      entered += events.filter(({ type }) => type === "TaskStateEntered").length;
  }
  return entered / SINGLES;
}

function report(single: Counts, loaded: Counts, tasks: number): void {
  const operations = [...new Set([...single.keys(), ...loaded.keys()])].filter((name) => at(single, name) + at(loaded, name) > 0);
  const rows = [
    ...operations.sort().map((name) => [name, at(single, name).toFixed(2), at(loaded, name).toFixed(2)]),
    ["all", sum(single).toFixed(2), sum(loaded).toFixed(2)],
    ["TaskStateEntered", tasks.toFixed(2), ""],
  ];
  console.log("\nAWS calls a change\n");
  console.log(table(["operation", "one at a time", "32 clients"], rows));
  console.log(`\nThe goals: ${GOAL.calls} calls and shares of a receive and a delete; ${GOAL.tasks} Task state.`);
}

function at(counts: Counts, name: string): number {
  return counts.get(name) ?? 0;
}

function sum(counts: Counts): number {
  return [...counts.values()].reduce((total, count) => total + count, 0);
}
