import type { Contender, Entry } from "./contender.ts";
import { startMilepost } from "./milepost.ts";
import { startDbos, startUpdateItem } from "./peers.ts";

/** Milepost first, then its peers, all running while `bench` has them take turns; who is not there is named at the end. */
export async function withContenders(bench: (contenders: readonly Contender[]) => Promise<void>): Promise<void> {
  const entries: Entry[] = [];
  try {
    for (const start of [startMilepost, startDbos, startUpdateItem]) entries.push(await start());
    await bench(entries.filter(isThere));
  } finally {
    for (const entry of entries.filter(isThere)) await entry.stop();
  }
  for (const entry of entries) if (!isThere(entry)) console.log(`${entry.name}: not run (${entry.absent})`);
}

function isThere(entry: Entry): entry is Contender {
  return "url" in entry;
}
