import type { Ground } from "../../test/support/flow.ts";
import { benchDirectory, removeDirectory } from "../support/directory.ts";
import { cpuMs, flushMs, median, pairedRatio, quantile, restedFlushMs, spread } from "../support/measures.ts";
import { ROUNDS } from "../support/rounds.ts";
import { table } from "../support/table.ts";
import { AT_ONCE, SECONDS, warmGround } from "./alternate.ts";
import { answering, type Contender, type Entry, embedded, localstack, ministack } from "./contenders.ts";
import { runLoad } from "./load.ts";
import { takeTurns } from "./turns.ts";

interface Measured {
  readonly contender: Contender;
  readonly ground: Ground;
  readonly rates: number[];
  readonly cpuPerChange: number[];
  /** The milliseconds of changes one at a time, turn by turn. */
  readonly turns: number[][];
  /** Those of the endpoint that only answers, taken in turn with them. */
  readonly limitTurns: number[][];
  failure?: string;
}

/** One flush of the disk, in milliseconds, measured in each round. */
interface Flushes {
  readonly directory: string;
  readonly hot: number[];
  readonly rested: number[];
}

/** The status change's flow against every endpoint that is there, in rounds that alternate: A B C, A B C, … */
export async function benchFlow(): Promise<void> {
  const entries: Entry[] = [await answering(), await embedded(), await ministack(), localstack()];
  const absent = entries.filter((entry) => "absent" in entry);
  const measured: Measured[] = [];
  const flushes: Flushes = { directory: benchDirectory(), hot: [], rested: [] };
  try {
    for (const contender of entries) if ("url" in contender) measured.push(await prepare(contender));
    for (let round = 1; round <= ROUNDS; round++) {
      for (const one of measured) await runRound(one, round);
      await runTurns(measured, round);
      flushes.hot.push(flushMs(flushes.directory));
      flushes.rested.push(await restedFlushMs(flushes.directory));
    }
  } finally {
    removeDirectory(flushes.directory);
    for (const { contender, ground } of measured) {
      ground.clients.destroy();
      await contender.stop();
    }
  }
  report(measured, flushes);
  for (const entry of absent) console.log(`${entry.name}: not run (${entry.absent})`);
}

async function prepare(contender: Contender): Promise<Measured> {
  const ground = await warmGround(contender.url);
  return { contender, ground, rates: [], turns: [], limitTurns: [], cpuPerChange: [] };
}

async function runRound(one: Measured, round: number): Promise<void> {
  if (one.failure !== undefined) return;
  try {
    const before = cpuMs(one.contender.pid);
    const load = await runLoad(one.ground, AT_ONCE, SECONDS);
    const after = cpuMs(one.contender.pid);
    one.rates.push(load.rate);
    if (before !== undefined && after !== undefined) one.cpuPerChange.push((after - before) / load.changes);
    console.error(`round ${round}  ${one.contender.name.padEnd(18)} ${load.rate.toFixed(0)}/s`);
  } catch (error) {
    one.failure = String(error);
  }
}

/** Each contender takes turns with the one that only answers, and nobody else is called meanwhile. */
async function runTurns([limit, ...others]: readonly Measured[], round: number): Promise<void> {
  for (const other of others) {
    if (limit === undefined || limit.failure !== undefined || other.failure !== undefined) continue;
    const [least, own] = await takeTurns([limit.ground, other.ground], SECONDS);
    if (least === undefined || own === undefined) continue;
    limit.turns.push(...least.turns);
    other.turns.push(...own.turns);
    other.limitTurns.push(...least.turns);
    if (least.failure !== undefined) limit.failure = least.failure;
    if (own.failure !== undefined) other.failure = own.failure;
    console.error(
      `round ${round}  ${other.contender.name.padEnd(18)} one at a time ${p50(own.turns)} ms, in turn with ${limit.contender.name} ${p50(least.turns)} ms`,
    );
  }
}

function p50(turns: readonly number[][]): string {
  return shown(median(turns.flat()), 2);
}

/** A contender that failed before its first figure has none. */
function shown(value: number, digits: number): string {
  return Number.isNaN(value) ? "–" : value.toFixed(digits);
}

function report(measured: readonly Measured[], { hot, rested }: Flushes): void {
  const client = measured[0];
  const rows = measured.map((one) => [
    one.contender.name,
    one.failure ?? spread(one.rates),
    shown(pairedRatio(one.rates, client?.rates ?? []), 2),
    spread(one.cpuPerChange, 2),
    p50(one.turns),
    shown(quantile(one.turns.flat(), 0.99), 1),
    one === client ? "1.00" : shown(pairedRatio(one.turns.map(median), one.limitTurns.map(median)), 2),
  ]);
  console.log(`\nStatus changes: ${ROUNDS} alternating rounds, median (min–max)`);
  console.log(`One flush of this disk takes ${spread(rested, 2)} ms after a rest, ${spread(hot, 2)} ms right after another\n`);
  console.log(
    table(
      [
        "endpoint",
        `changes/s, ${AT_ONCE} at once`,
        "of the limit",
        "its CPU ms a change",
        "one at a time, p50 ms",
        "p99 ms",
        "× the limit's",
      ],
      rows,
    ),
  );
  const ours = measured.find((one) => one.contender.name === "embedded endpoint");
  if (client === undefined || ours === undefined) return;
  console.log();
  for (const other of measured) {
    if (other !== ours) console.log(`embedded / ${other.contender.name}: ${pairedRatio(ours.rates, other.rates).toFixed(2)} × the rate`);
  }
  const allowed = 1.5 * median(ours.limitTurns.flat()) + median(rested);
  console.log(
    `one at a time, ${ours.turns.length} turns: ${p50(ours.turns)} ms, where 1.5 × only answers + one flush after a rest is ${allowed.toFixed(2)} ms`,
  );
}
