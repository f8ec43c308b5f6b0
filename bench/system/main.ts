/** `npm run bench` runs all; `npm run bench -- load` the named ones. */
import { availableParallelism, cpus } from "node:os";
import { benchCalls } from "./calls.ts";
import { benchFootprint } from "./footprint.ts";
import { benchLatency } from "./latency.ts";
import { benchLoad } from "./load.ts";
import { benchLongRecord } from "./long-record.ts";

const BENCHES = {
  latency: benchLatency,
  load: benchLoad,
  "long-record": benchLongRecord,
  calls: benchCalls,
  footprint: benchFootprint,
} as const;

type Name = keyof typeof BENCHES;

const asked = process.argv.slice(2);
const names = asked.length === 0 ? Object.keys(BENCHES) : asked;
// What was started is ended by its starter's exit, and a signal alone would be none.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => process.exit(1));
console.log(`${availableParallelism()} cores (${cpus()[0]?.model ?? "unknown"}), Node ${process.version}`);
for (const name of names) {
  if (!isBench(name)) throw new Error(`There is no benchmark ${JSON.stringify(name)}; there are ${Object.keys(BENCHES).join(", ")}.`);
  await BENCHES[name]();
}
process.exit();

function isBench(name: string): name is Name {
  return Object.hasOwn(BENCHES, name);
}
