/** `npm run bench` runs all; `npm run bench -- load` the named ones. */
import { availableParallelism, cpus } from "node:os";
import { benchDirectory, removeDirectory } from "../support/directory.ts";
import { interrupted, interruptOnSignal } from "../support/interruption.ts";
import { flushMs } from "../support/measures.ts";
import { benchCalls } from "./calls.ts";
import { benchFootprint } from "./footprint.ts";
import { benchKinds } from "./kinds.ts";
import { benchLatency } from "./latency.ts";
import { benchLoad } from "./load.ts";
import { benchLongRecord } from "./long-record.ts";
import { benchOverload } from "./overload.ts";
import { benchPages } from "./pages.ts";

const BENCHES = {
  latency: benchLatency,
  load: benchLoad,
  "long-record": benchLongRecord,
  calls: benchCalls,
  kinds: benchKinds,
  pages: benchPages,
  footprint: benchFootprint,
  overload: benchOverload,
} as const;

type Name = keyof typeof BENCHES;

const asked = process.argv.slice(2);
const names = asked.length === 0 ? Object.keys(BENCHES) : asked;
interruptOnSignal();
console.log(machine());
for (const name of names) {
  if (!isBench(name)) throw new Error(`There is no benchmark ${JSON.stringify(name)}; there are ${Object.keys(BENCHES).join(", ")}.`);
  try {
    await BENCHES[name]();
  } catch (error) {
    console.error(interrupted.aborted ? "Interrupted." : error);
    process.exit(1);
  }
}
process.exit();

/** What every figure depends on. PostgreSQL and the embedded endpoint flush to the same disk. */
function machine(): string {
  const directory = benchDirectory();
  const flush = flushMs(directory);
  removeDirectory(directory);
  const model = cpus()[0]?.model.trim() ?? "unknown";
  return `${availableParallelism()} cores (${model}), Node ${process.version}; one flush of this disk takes ${flush.toFixed(2)} ms`;
}

function isBench(name: string): name is Name {
  return Object.hasOwn(BENCHES, name);
}
