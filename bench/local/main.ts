import { benchFinished } from "./finished.ts";
import { benchFlow } from "./flow.ts";
import { benchParked } from "./parked.ts";

/** `npm run bench:local` runs all; `npm run bench:local -- flow` the named ones. */
const BENCHES = {
  flow: benchFlow,
  parked: benchParked,
  finished: benchFinished,
} as const;

const asked = process.argv.slice(2);
const names = asked.length === 0 ? Object.keys(BENCHES) : asked;
for (const name of names) {
  if (!isBench(name)) throw new Error(`There is no benchmark ${JSON.stringify(name)}; there are ${Object.keys(BENCHES).join(", ")}.`);
  await BENCHES[name]();
}
// Agents' sockets of the clients would keep the process for a while.
process.exit();

function isBench(name: string): name is keyof typeof BENCHES {
  return Object.hasOwn(BENCHES, name);
}
