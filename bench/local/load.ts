import { randomBytes } from "node:crypto";
import { createRecord, type Ground } from "../../test/support/flow.ts";
import { change, Worker } from "./worker.ts";

/** How many changes are made of a record before the next is taken. */
const CHANGES_OF_A_RECORD = 20;

export interface Load {
  /** Finished changes a second. */
  readonly rate: number;
  readonly changes: number;
}

/** Runs `atOnce` changes at any time for so many seconds: callers that write and start, pollers that record and answer. */
export async function runLoad(ground: Ground, atOnce: number, seconds: number): Promise<Load> {
  const worker = new Worker(ground);
  const began = performance.now();
  const end = began + seconds * 1000;
  try {
    const made = await worker.failureOr(Promise.all(Array.from({ length: atOnce }, () => callUntil(end, worker))));
    const changes = made.reduce((sum, one) => sum + one, 0);
    return { rate: changes / ((performance.now() - began) / 1000), changes };
  } finally {
    await worker.stop();
  }
}

/** One caller: a change after the other, each awaited to its end, on records of its own; returns how many. */
async function callUntil(end: number, worker: Worker): Promise<number> {
  let changes = 0;
  while (performance.now() < end) changes += (await changeRecord(worker, end)).length;
  return changes;
}

/** Makes a record and changes it, one change after the other, until it has had enough or the time is up; returns how long each took. */
export async function changeRecord(worker: Worker, end: number): Promise<number[]> {
  const id = randomBytes(8).toString("hex");
  await createRecord(worker.ground, id);
  const took: number[] = [];
  for (let version = 1; version <= CHANGES_OF_A_RECORD && performance.now() < end; version++) {
    took.push(await change(worker, { id, version }));
  }
  return took;
}
