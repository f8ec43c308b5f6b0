/**
 * Changes a second with 32 clients on records of their own: from the first PATCH until the last history entry is readable,
 * Milepost and its peers taking turns.
 */
import { cpuMs, cpuMsWithChildren, median, pairedRatio, quantile, spread } from "../support/measures.ts";
import { ROUNDS, wholeFrom } from "../support/rounds.ts";
import { table } from "../support/table.ts";
import type { Contender, MeasuredProcess } from "./contender.ts";
import { withContenders } from "./contenders.ts";
import { Generator } from "./generator.ts";
import type { Job, Settled } from "./generator-messages.ts";

const CLIENTS = 32;
const CHANGES_OF_A_RECORD = 4;
const RECORDS_OF_A_CLIENT = wholeFrom("MILEPOST_BENCH_RECORDS", 16);

export const CHANGES_OF_A_LOAD = CLIENTS * RECORDS_OF_A_CLIENT * CHANGES_OF_A_RECORD;

export function loadOn({ url, adminToken }: Pick<Contender, "url" | "adminToken">): Job {
  return { url, adminToken, clients: CLIENTS, recordsOfAClient: RECORDS_OF_A_CLIENT, changesOfARecord: CHANGES_OF_A_RECORD };
}

interface Measured {
  readonly contender: Contender;
  readonly rates: number[];
  readonly patch50: number[];
  readonly patch99: number[];
  /** CPU milliseconds a change, by process. */
  readonly cpu: Map<string, number[]>;
}

export function benchLoad(): Promise<void> {
  return withContenders(async (contenders) => {
    const generator = new Generator();
    try {
      const measured = contenders.map((contender) => ({ contender, rates: [], patch50: [], patch99: [], cpu: new Map() }));
      // The first round only warms all of them up.
      for (let round = 0; round <= ROUNDS; round++) for (const one of measured) await runRound(generator, one, round);
      report(measured);
    } finally {
      generator.stop();
    }
  });
}

async function runRound(generator: Generator, measured: Measured, round: number): Promise<void> {
  const { contender } = measured;
  const { name, processes } = contender;
  const used = new Map<string, number>();
  const settled = await generator.run(loadOn(contender), () => {
    const before = processes.map(cpuOf);
    return () => {
      for (const [index, one] of processes.entries()) used.set(one.name, cpuOf(one) - (before[index] ?? Number.NaN));
    };
  });
  used.set("generator", settled.cpuMs);
  const { changes, ms, acknowledgedMs } = settled;
  const rate = (changes * 1_000) / ms;
  console.error(
    `round ${round}  ${name.padEnd(12)} ${rate.toFixed(0)}/s, acknowledged ${((changes * 1_000) / acknowledgedMs).toFixed(0)}/s${round === 0 ? " (not counted)" : ""}`,
  );
  if (round > 0) note(measured, settled, rate, used);
}

function note({ rates, patch50, patch99, cpu }: Measured, settled: Settled, rate: number, used: ReadonlyMap<string, number>): void {
  rates.push(rate);
  patch50.push(median(settled.patchMs));
  patch99.push(quantile(settled.patchMs, 0.99));
  for (const [name, ms] of used) cpu.set(name, [...(cpu.get(name) ?? []), ms / settled.changes]);
}

function cpuOf({ pid, hasChildren }: MeasuredProcess): number {
  return (hasChildren === true ? cpuMsWithChildren(pid) : cpuMs(pid)) ?? Number.NaN;
}

function report(measured: readonly Measured[]): void {
  console.log(`\nLoad: ${CLIENTS} clients, ${CHANGES_OF_A_LOAD} changes a round, ${ROUNDS} alternating rounds, median (min–max)\n`);
  const rows = measured.map(({ contender, rates, patch50, patch99 }) => [
    contender.name,
    spread(rates),
    `${pairedRatio(measured[0]?.rates ?? [], rates).toFixed(2)} ×`,
    spread(patch50, 1),
    spread(patch99, 1),
  ]);
  console.log(table(["system", "changes/s", "Milepost against it", "PATCH p50 ms", "p99 ms"], rows));
  console.log("\nCPU ms a change\n");
  const costs = measured.flatMap(({ contender, cpu }) => [...cpu].map(([name, ms]) => [contender.name, name, spread(ms, 2)]));
  console.log(table(["system", "process", "CPU ms"], costs));
  console.log("\nEvery acknowledged change of every round was in its record's history once and in order.");
}
