/**
 * From PATCH to readable history, one change at a time: the clock starts when the PATCH is sent and stops when an answer to
 * the tracking GET shows the change's entry. The GET is repeated without a pause, so its own time is part of the figure.
 */
import { median, pairedRatio, quantile, spread } from "../support/measures.ts";
import { ROUNDS, wholeFrom } from "../support/rounds.ts";
import { table } from "../support/table.ts";
import type { Contender } from "./contender.ts";
import { withContenders } from "./contenders.ts";
import { changeUntilReadable, Tracker, untilReadable } from "./tracker.ts";

const CHANGES = wholeFrom("MILEPOST_BENCH_SINGLES", 200);
const CHANGES_OF_A_RECORD = 20;
const GOAL = { p50: 25, p99: 100 };

interface Measured {
  readonly contender: Contender;
  readonly p50: number[];
  readonly p99: number[];
}

export function benchLatency(): Promise<void> {
  return withContenders(async (contenders) => {
    const measured = contenders.map((contender) => ({ contender, p50: [], p99: [] }));
    // The first round only warms all of them up.
    for (let round = 0; round <= ROUNDS; round++) for (const one of measured) await runRound(one, round);
    report(measured);
  });
}

async function runRound({ contender: { name, url, adminToken }, p50, p99 }: Measured, round: number): Promise<void> {
  const tracker = new Tracker(url, adminToken);
  const times: number[] = [];
  while (times.length < CHANGES) {
    const record = await tracker.create();
    await untilReadable(tracker, record, 1);
    for (let version = 2; version <= CHANGES_OF_A_RECORD + 1; version++) times.push(await changeUntilReadable(tracker, record, version));
  }
  tracker.close();
  console.error(`round ${round}  ${name.padEnd(12)} p50 ${median(times).toFixed(1)} ms${round === 0 ? " (not counted)" : ""}`);
  if (round === 0) return;
  p50.push(median(times));
  p99.push(quantile(times, 0.99));
}

function report(measured: readonly Measured[]): void {
  console.log(`\nLatency: PATCH to readable history, one at a time; ${ROUNDS} alternating rounds of ${CHANGES}, median (min–max)\n`);
  const rows = measured.map(({ contender, p50, p99 }) => [
    contender.name,
    spread(p50, 1),
    spread(p99, 1),
    `${pairedRatio(measured[0]?.p50 ?? [], p50).toFixed(2)} ×`,
  ]);
  console.log(table(["system", "p50 ms", "p99 ms", "Milepost's p50 against it"], rows));
  console.log(`\nThe goal of Milepost: p50 at most ${GOAL.p50} ms, p99 at most ${GOAL.p99} ms.`);
}
