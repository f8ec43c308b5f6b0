import { setTimeout as sleep } from "node:timers/promises";
import type { ManagedProcess } from "../../support/managed-process.ts";
import type { TestSystem } from "../../support/system.ts";

const PAUSE_MS = { least: 5_000, most: 10_000 };
const STOPPED_MS = 5_000;
const REFUSED_MS = 10_000;
const COPIES_MAX = 4;

/** What went wrong on purpose, for the report. */
export class Faults {
  killed = 0;
  stopped = 0;
  refused = 0;
  /** When the last of them was over, as `performance.now()` tells it. */
  endedAt = 0;
}

/** All that can go wrong, or processes that die and nothing else, which leaves time for much more work between. */
export type FaultKinds = "all" | "kills";

/**
 * For so long: every 5 to 10 seconds each of the three kinds of process is killed (one of the workers at a time), now and
 * then one is held for 5 seconds, or a service refuses for 10; all messages come up to five times.
 */
export async function makeTrouble(
  system: TestSystem,
  stream: (name: string) => () => number,
  forMs: number,
  kinds: FaultKinds = "all",
): Promise<Faults> {
  const faults = new Faults();
  const isAll = kinds === "all";
  const until = performance.now() + forMs;
  const copies = stream("copies");
  if (isAll) system.proxy.deliverAgain(() => Math.floor(copies() * (COPIES_MAX + 1)));
  const { endpoint, api, workers, proxy } = system;
  const repeatedly = async (random: () => number, act: () => Promise<void>, rest = 1) => {
    for (;;) {
      const pauseMs = rest * (PAUSE_MS.least + random() * (PAUSE_MS.most - PAUSE_MS.least));
      if (performance.now() + pauseMs >= until) return;
      await sleep(pauseMs);
      await act();
    }
  };
  const kill = async (one: Pick<ManagedProcess, "kill" | "start">) => {
    faults.killed++;
    await one.kill();
    await one.start();
  };
  const refuse = async (random: () => number) => {
    const service = random() < 0.5 ? "sfn" : "sqs";
    faults.refused++;
    proxy.break(service, random() < 0.7 ? "refuse" : "hang");
    await sleep(REFUSED_MS);
    proxy.mend(service);
  };
  // Whoever holds a process does not kill it meanwhile, so each kind of process has one sequence of faults.
  const trouble = (name: string, some: readonly Pick<ManagedProcess, "kill" | "start" | "signal">[]) => {
    const random = stream(name);
    return repeatedly(random, async () => {
      const chosen = some[Math.floor(random() * some.length)];
      if (chosen === undefined) return;
      if (random() > 0.2 || !isAll) return kill(chosen);
      faults.stopped++;
      chosen.signal("SIGSTOP");
      await sleep(STOPPED_MS);
      chosen.signal("SIGCONT");
    });
  };
  const services = stream("services");
  const refusals = isAll ? [repeatedly(services, () => refuse(services), 2)] : [];
  const processes = [trouble("api", [api]), trouble("workers", workers), trouble("endpoint", endpoint ? [endpoint] : [])];
  await Promise.all([...processes, ...refusals]);
  proxy.deliverAgain(() => 0);
  faults.endedAt = performance.now();
  return faults;
}
