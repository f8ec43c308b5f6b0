import { closeSync, fdatasyncSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** The clock ticks a second that /proc counts in; it is 100 on every Linux in use. */
const TICKS = 100;

/** The CPU time a process has used, in milliseconds; undefined where there is no /proc. */
export function cpuMs(pid: number | undefined): number | undefined {
  const times = cpuTimes(pid);
  return times?.own;
}

/** The same with the children it has, and those it has had. */
export function cpuMsWithChildren(pid: number): number | undefined {
  const times = cpuTimes(pid);
  if (times === undefined) return undefined;
  const children = (readProc(pid, `task/${pid}/children`) ?? "").trim().split(" ").filter(Boolean);
  return children.reduce((sum, child) => sum + (cpuMs(Number(child)) ?? 0), times.own + times.endedChildren);
}

function cpuTimes(pid: number | undefined): { own: number; endedChildren: number } | undefined {
  const stat = readProc(pid, "stat");
  if (stat === undefined) return undefined;
  // The second field is the command's name in brackets and may hold spaces; the four times begin at the 12th after it.
  const [user, system, childrenUser, childrenSystem] = stat
    .slice(stat.lastIndexOf(")") + 2)
    .split(" ")
    .slice(11)
    .map(Number);
  const sum = (one = Number.NaN, other = Number.NaN) => ((one + other) * 1000) / TICKS;
  return { own: sum(user, system), endedChildren: sum(childrenUser, childrenSystem) };
}

/** A process's resident memory in MB; undefined where there is no /proc. */
export function residentMb(pid: number | undefined): number | undefined {
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readProc(pid, "status") ?? "")?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) / 1024;
}

function readProc(pid: number | undefined, file: string): string | undefined {
  if (pid === undefined) return undefined;
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return undefined;
  }
}

const FLUSHES = 200;
const RESTED_FLUSHES = 50;
const REST_MS = 2;

/** The median milliseconds of one small write and its flush to this directory's disk, made one right after the other. */
export function flushMs(directory: string): number {
  const file = openFlushed(directory);
  const times = Array.from({ length: FLUSHES }, () => file.flush());
  file.close();
  return median(times);
}

/** The same with a rest before each, as a lone caller's flushes have it: disk and core have gone to sleep meanwhile. */
export async function restedFlushMs(directory: string): Promise<number> {
  const file = openFlushed(directory);
  const times: number[] = [];
  while (times.length < RESTED_FLUSHES) {
    await sleep(REST_MS);
    times.push(file.flush());
  }
  file.close();
  return median(times);
}

function openFlushed(directory: string): { flush(): number; close(): void } {
  const path = join(directory, "flush");
  const file = openSync(path, "w");
  const block = Buffer.alloc(4096, 1);
  return {
    flush: () => {
      const began = performance.now();
      writeSync(file, block);
      fdatasyncSync(file);
      return performance.now() - began;
    },
    close: () => {
      closeSync(file);
      rmSync(path);
    },
  };
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** The median of the rounds' own ratios: both sides of a round saw the same machine, busy or idle. */
export function pairedRatio(over: readonly number[], under: readonly number[]): number {
  return median(over.map((value, round) => value / (under[round] ?? Number.NaN)));
}

/** "123 (110–130)": the median and what it varied between. */
export function spread(values: readonly number[], digits = 0): string {
  if (values.length === 0) return "–";
  return `${median(values).toFixed(digits)} (${Math.min(...values).toFixed(digits)}–${Math.max(...values).toFixed(digits)})`;
}
