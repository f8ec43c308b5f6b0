import { setTimeout as sleep } from "node:timers/promises";

/** How many times as long as usual is waited: on a machine, or for an endpoint, that is slower than most. */
const PATIENCE = Number(process.env.MILEPOST_TEST_PATIENCE ?? 1);

/**
 * Repeats `probe` until it does not throw, and gives its result; after `ms` it throws what the last try threw.
 * For what becomes true a little later, as an execution's end.
 */
export async function eventually<T>(probe: () => T | Promise<T>, ms = 8_000): Promise<T> {
  const deadline = performance.now() + ms * PATIENCE;
  for (;;) {
    try {
      return await probe();
    } catch (error) {
      if (performance.now() >= deadline) throw error;
      await sleep(50);
    }
  }
}
