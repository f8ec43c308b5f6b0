/**
 * Every kind on one running Milepost, taking turns: 32 clients start records of a kind one after the other, and the clock
 * stops when the last of them has come to its end. Beside that orders one at a time: how long until the 202, and until
 * COMPLETED; and a page of 50 products among few and among many.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { median, pairedRatio, quantile, spread } from "../support/measures.ts";
import { ROUNDS, wholeFrom } from "../support/rounds.ts";
import { table } from "../support/table.ts";
import { type Flow, flowsOf, type Started } from "./flows.ts";
import { startMilepost } from "./milepost.ts";

const CLIENTS = 32;
const RECORDS_OF_A_CLIENT = wholeFrom("MILEPOST_BENCH_KIND_RECORDS", 16);
const SINGLES = wholeFrom("MILEPOST_BENCH_ORDERS", 50);
/** Asking more often would be a load of its own: the last ones of 512 orders are asked for long before their end. */
const POLL_MS = 50;
const END_MS_MAX = 120_000;
const GOAL = { answerMs: 15, completedMs: 150, orders: 1 / 6, tasks: 1 };

interface Measured {
  readonly flow: Flow;
  readonly rates: number[];
}

export async function benchKinds(): Promise<void> {
  // More orders a user and minute than anybody places: the limit is not what is measured.
  const milepost = await startMilepost({ ORDERS_PER_MINUTE: "100000" });
  try {
    const { requests, creations, orders, tasks } = await flowsOf(milepost, CLIENTS);
    const measured = [requests, creations, orders, tasks].map((flow) => ({ flow, rates: [] }));
    const singles = { answered: [] as number[], completed: [] as number[] };
    // The first round only warms all of them up.
    for (let round = 0; round <= ROUNDS; round++) {
      for (const one of startingWith(round, measured)) await runRound(one, round);
      await runSingles(orders, singles, round);
    }
    for (const { flow } of measured) flow.close();
    report(measured, singles);
  } finally {
    await milepost.stop();
  }
}

/** Each round begins with another, so that nobody always comes after the same one and works beside what that has left to do. */
function startingWith<T>(round: number, all: readonly T[]): T[] {
  const first = round % all.length;
  return [...all.slice(first), ...all.slice(0, first)];
}

async function runRound({ flow, rates }: Measured, round: number): Promise<void> {
  const clients = await Promise.all(Array.from({ length: CLIENTS }, (_, client) => flow.prepare(client, RECORDS_OF_A_CLIENT)));
  const began = performance.now();
  await Promise.all(
    clients.map(async (starts) => {
      const started: Started[] = [];
      for (const start of starts) started.push(await start());
      for (const one of started.toReversed()) await untilEnded(one, POLL_MS);
    }),
  );
  const rate = (CLIENTS * RECORDS_OF_A_CLIENT * 1_000) / (performance.now() - began);
  console.error(`round ${round}  ${flow.name.padEnd(9)} ${rate.toFixed(0)}/s${round === 0 ? " (not counted)" : ""}`);
  if (round > 0) rates.push(rate);
}

async function runSingles(
  orders: Flow,
  { answered, completed }: { answered: number[]; completed: number[] },
  round: number,
): Promise<void> {
  for (const start of await orders.prepare(0, SINGLES)) {
    const began = performance.now();
    const started = await start();
    const answeredMs = performance.now() - began;
    await untilEnded(started, 1);
    if (round === 0) continue;
    answered.push(answeredMs);
    completed.push(performance.now() - began);
  }
}

async function untilEnded(isEnded: Started, pauseMs: number): Promise<void> {
  const deadline = performance.now() + END_MS_MAX;
  while (!(await isEnded())) {
    if (performance.now() > deadline) throw new Error("A record does not come to its end.");
    await sleep(pauseMs);
  }
}

function report(measured: readonly Measured[], { answered, completed }: { answered: number[]; completed: number[] }): void {
  console.log(
    `\nKinds: ${CLIENTS} clients, ${CLIENTS * RECORDS_OF_A_CLIENT} records a round, ${ROUNDS} alternating rounds, median (min–max)\n`,
  );
  const rows = measured.map(({ flow, rates }) => [
    flow.name,
    flow.does,
    spread(rates),
    `${pairedRatio(rates, measured[0]?.rates ?? []).toFixed(2)} ×`,
  ]);
  console.log(table(["kind", "each", "a second", "of requests' rate"], rows));
  console.log(`\nThe goals: orders at least ${GOAL.orders.toFixed(2)} ×, tasks at least ${GOAL.tasks} ×.`);
  console.log(`\nOrders one at a time, ${ROUNDS} rounds of ${SINGLES}, after ${CLIENTS} clients each\n`);
  const figures = [
    ["202 answered", median(answered).toFixed(1), quantile(answered, 0.99).toFixed(1), `p50 ≤ ${GOAL.answerMs}`],
    ["seen as COMPLETED", median(completed).toFixed(1), quantile(completed, 0.99).toFixed(1), `p50 ≤ ${GOAL.completedMs}`],
  ];
  console.log(table(["until", "p50 ms", "p99 ms", "goal"], figures));
}
