import { setTimeout as sleep } from "node:timers/promises";
import type { Ground } from "../../test/support/flow.ts";
import { changeRecord } from "./load.ts";
import { Worker } from "./worker.ts";

/** The longest turn: who is slow makes fewer changes in it, so that the others get as many turns. */
const TURN_MS = 300;
/** What a change leaves to be done after its end, above all its message's deletion, is not the next contender's burden. */
const BETWEEN_TURNS_MS = 15;

/** The milliseconds of one contender's changes, turn by turn; or why it could not go on. */
export interface Turns {
  readonly turns: number[][];
  failure?: string;
}

/**
 * One change at a time for so many seconds, on all grounds in turns of one record's changes: A B C, B C A, … Rounds of seconds
 * differ by a third from each other on a machine that shares its cores; turns of a tenth of a second see the same machine.
 */
export async function takeTurns(grounds: readonly Ground[], seconds: number): Promise<Turns[]> {
  const contenders = grounds.map((ground) => ({ worker: new Worker(ground), measured: { turns: [] } as Turns }));
  const end = performance.now() + seconds * 1000;
  try {
    for (let turn = 0; performance.now() < end; turn++) {
      for (let place = 0; place < contenders.length; place++) {
        const contender = contenders[(turn + place) % contenders.length];
        if (contender !== undefined) await takeTurn(contender.worker, contender.measured);
      }
    }
    return contenders.map(({ measured }) => measured);
  } finally {
    await Promise.all(contenders.map(({ worker }) => worker.stop()));
  }
}

async function takeTurn(worker: Worker, measured: Turns): Promise<void> {
  if (measured.failure !== undefined) return;
  try {
    measured.turns.push(await worker.failureOr(changeRecord(worker, performance.now() + TURN_MS)));
    await sleep(BETWEEN_TURNS_MS);
  } catch (error) {
    measured.failure = String(error);
  }
}
