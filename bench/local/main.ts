import { rmSync } from "node:fs";
import { benchDirectory } from "./contenders.ts";
import { benchFlow } from "./flow.ts";
import { flushMs } from "./measures.ts";

/** `npm run bench:local` runs all; `npm run bench:local -- flow` the named ones. */
const BENCHES = {
  flow: benchFlow,
} as const;

const directory = benchDirectory();
const flush = flushMs(directory);
rmSync(directory, { recursive: true });

const asked = process.argv.slice(2);
const names = asked.length === 0 ? Object.keys(BENCHES) : asked;
for (const name of names) {
  if (!isBench(name)) throw new Error(`There is no benchmark ${JSON.stringify(name)}; there are ${Object.keys(BENCHES).join(", ")}.`);
  await BENCHES[name](flush);
}
// Agents' sockets of the clients would keep the process for a while.
process.exit();

function isBench(name: string): name is keyof typeof BENCHES {
  return Object.hasOwn(BENCHES, name);
}
