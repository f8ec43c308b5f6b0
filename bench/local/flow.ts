import type { Ground } from "../../test/support/flow.ts";
import { cpuMs, median, pairedRatio, quantile, spread } from "../support/measures.ts";
import { ROUNDS } from "../support/rounds.ts";
import { table } from "../support/table.ts";
import { AT_ONCE, SECONDS, warmGround } from "./alternate.ts";
import { answering, type Contender, type Entry, embedded, localstack, ministack } from "./contenders.ts";
import { runLoad } from "./load.ts";

interface Measured {
  readonly contender: Contender;
  readonly ground: Ground;
  readonly rates: number[];
  readonly singles: number[];
  readonly singles99: number[];
  readonly cpuPerChange: number[];
  failure?: string;
}

/** The status change's flow against every endpoint that is there, in rounds that alternate: A B C, A B C, … */
export async function benchFlow(flush: number): Promise<void> {
  const entries: Entry[] = [await answering(), await embedded(), await ministack(), localstack()];
  const absent = entries.filter((entry) => "absent" in entry);
  const measured: Measured[] = [];
  try {
    for (const contender of entries) if ("url" in contender) measured.push(await prepare(contender));
    for (let round = 1; round <= ROUNDS; round++) {
      for (const one of measured) await runRound(one, round);
    }
  } finally {
    for (const { contender, ground } of measured) {
      ground.clients.destroy();
      await contender.stop();
    }
  }
  report(measured, flush);
  for (const entry of absent) console.log(`${entry.name}: not run (${entry.absent})`);
}

async function prepare(contender: Contender): Promise<Measured> {
  const ground = await warmGround(contender.url);
  return { contender, ground, rates: [], singles: [], singles99: [], cpuPerChange: [] };
}

async function runRound(one: Measured, round: number): Promise<void> {
  if (one.failure !== undefined) return;
  try {
    const before = cpuMs(one.contender.pid);
    const load = await runLoad(one.ground, AT_ONCE, SECONDS);
    const after = cpuMs(one.contender.pid);
    const single = await runLoad(one.ground, 1, SECONDS / 2);
    one.rates.push(load.rate);
    one.singles.push(median(single.latencies));
    one.singles99.push(quantile(single.latencies, 0.99));
    if (before !== undefined && after !== undefined) one.cpuPerChange.push((after - before) / load.changes);
    console.error(
      `round ${round}  ${one.contender.name.padEnd(18)} ${load.rate.toFixed(0)}/s, one at a time ${median(single.latencies).toFixed(1)} ms`,
    );
  } catch (error) {
    one.failure = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  }
}

function report(measured: readonly Measured[], flush: number): void {
  const client = measured[0];
  const rows = measured.map((one) => [
    one.contender.name,
    one.failure ?? spread(one.rates),
    pairedRatio(one.rates, client?.rates ?? []).toFixed(2),
    spread(one.singles, 1),
    spread(one.singles99, 1),
    spread(one.cpuPerChange, 2),
  ]);
  console.log(`\nStatus changes: ${ROUNDS} alternating rounds, median (min–max); one flush of this disk takes ${flush.toFixed(2)} ms\n`);
  console.log(
    table(["endpoint", `changes/s, ${AT_ONCE} at once`, "of the limit", "one at a time, p50 ms", "p99 ms", "its CPU ms a change"], rows),
  );
  const ours = measured.find((one) => one.contender.name === "embedded endpoint");
  if (client === undefined || ours === undefined) return;
  console.log();
  for (const other of measured) {
    if (other !== ours) console.log(`embedded / ${other.contender.name}: ${pairedRatio(ours.rates, other.rates).toFixed(2)} × the rate`);
  }
  const allowed = 1.5 * median(client.singles) + flush;
  console.log(`one at a time: ${median(ours.singles).toFixed(1)} ms, where 1.5 × only answers + one flush is ${allowed.toFixed(1)} ms`);
}
