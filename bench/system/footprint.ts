/**
 * What Milepost takes: the time `npm start` needs on a new directory and on one that has data, and the memory of its
 * processes after load.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { readRunFile } from "../../start/run-file.ts";
import { answers } from "../../test/support/managed-process.ts";
import { benchDirectory, removeDirectory } from "../support/directory.ts";
import { interrupted } from "../support/interruption.ts";
import { residentMb, spread } from "../support/measures.ts";
import { ROUNDS } from "../support/rounds.ts";
import { table } from "../support/table.ts";
import { Generator } from "./generator.ts";
import { CHANGES_OF_A_LOAD, loadOn } from "./load.ts";
import { ownEnvironment, startMilepost } from "./milepost.ts";

const ROOT = join(import.meta.dirname, "..", "..");
const START_MS_MAX = 60_000;
const GOAL = { startMs: 5_000, residentMb: 150 };

export async function benchFootprint(): Promise<void> {
  await measureStarts();
  await measureMemory();
}

async function measureStarts(): Promise<void> {
  const fresh: number[] = [];
  const again: number[] = [];
  for (let round = 1; round <= ROUNDS; round++) {
    const directory = benchDirectory();
    try {
      fresh.push(await startOnce(directory));
      again.push(await startOnce(directory));
    } finally {
      removeDirectory(directory);
    }
  }
  console.log(`\nStart: npm start until the API answers, ${ROUNDS} rounds, median (min–max); the goal is ${GOAL.startMs} ms\n`);
  const rows = [
    ["new", spread(fresh)],
    ["with data", spread(again)],
  ];
  console.log(table(["directory", "ms"], rows));
}

async function startOnce(directory: string): Promise<number> {
  const environment = await ownEnvironment(directory);
  const url = `http://127.0.0.1:${environment.API_PORT}/health`;
  const began = performance.now();
  const npm = spawn("npm", ["start"], { cwd: ROOT, stdio: "ignore", env: { ...process.env, ...environment } });
  const stop = () => end(npm, directory);
  process.once("exit", stop);
  while (!(await answers(url))) {
    if (npm.exitCode !== null || performance.now() - began > START_MS_MAX) throw new Error("npm start did not start Milepost.");
    interrupted.throwIfAborted();
    await sleep(10);
  }
  const ms = performance.now() - began;
  const ended = new Promise((resolve) => npm.once("exit", resolve));
  // The note of what runs is written after the API has become ready.
  while (readRunFile(directory) === undefined) await sleep(10);
  stop();
  await ended;
  process.off("exit", stop);
  return ms;
}

/** npm does not pass a signal on to what its shell runs, so the process itself is asked. */
function end(npm: ChildProcess, directory: string): void {
  const system = readRunFile(directory);
  if (system === undefined) npm.kill();
  else process.kill(system.pid, "SIGTERM");
}

async function measureMemory(): Promise<void> {
  const milepost = await startMilepost();
  const generator = new Generator();
  try {
    const memory = () => milepost.processes.map(({ pid }) => residentMb(pid)?.toFixed(0) ?? "unknown");
    const idle = memory();
    for (let round = 1; round <= ROUNDS; round++) await generator.run(loadOn(milepost));
    const loaded = memory();
    console.log(`\nResident memory in MB; the goal for API and worker is ${GOAL.residentMb}\n`);
    const rows = milepost.processes.map(({ name }, index) => [name, idle[index] ?? "", loaded[index] ?? ""]);
    console.log(table(["process", "started", `after ${ROUNDS * CHANGES_OF_A_LOAD} changes`], rows));
  } finally {
    generator.stop();
    await milepost.stop();
  }
}
