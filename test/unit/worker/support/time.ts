import { mock } from "node:test";

/** Puts a clock that tests move under the timers of the whole process, around each test of a file. */
export function withFakeTime(): void {
  beforeEach(() => mock.timers.enable({ apis: ["setTimeout", "setInterval", "Date"], now: 1_000_000 }));
  afterEach(() => mock.timers.reset());
}

/** Lets time pass in small steps, and everything that was waiting for them go on in between. */
export async function pass(ms: number, stepMs = 5): Promise<void> {
  await settled();
  for (let left = ms; left > 0; left -= stepMs) {
    mock.timers.tick(Math.min(stepMs, left));
    await settled();
  }
}

/** Resolves with what a promise does, while time passes. */
export async function passUntil<Result>(done: Promise<Result>, stepMs = 5, ms = 600_000): Promise<Result> {
  let isDone = false;
  const end = () => {
    isDone = true;
  };
  done.then(end, end);
  for (let left = ms; left > 0 && !isDone; left -= stepMs) await pass(stepMs, stepMs);
  if (!isDone) throw new Error(`It was not done after ${ms} ms.`);
  return done;
}

/** All promises that can go on have gone on. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
