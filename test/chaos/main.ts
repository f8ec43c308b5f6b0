/**
 * `npm run chaos -- --minutes 10 --seed 7 --order-clients 32 --only orders --faults kills`: the whole system under faults for as
 * long as one likes, again with the same faults, with so many clients that place orders, with no others, and with processes that
 * die and no other faults.
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { parseArgs } from "node:util";

const ROOT = join(import.meta.dirname, "..", "..");
const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "2" },
    seed: { type: "string" },
    "order-clients": { type: "string" },
    only: { type: "string" },
    faults: { type: "string", default: "all" },
  },
});
const { seed, only, faults, "order-clients": orderClients } = values;
const minutes = Number(values.minutes);
if (orderClients !== undefined && !/^[1-9][0-9]{0,2}$/.test(orderClients)) {
  console.error(`--order-clients must be a whole number from 1 to 999, not ${JSON.stringify(orderClients)}.`);
  process.exit(1);
}
if (only !== undefined && only !== "orders") {
  console.error(`--only must be orders, not ${JSON.stringify(only)}.`);
  process.exit(1);
}
if (faults !== "all" && faults !== "kills") {
  console.error(`--faults must be all or kills, not ${JSON.stringify(faults)}.`);
  process.exit(1);
}
if (seed !== undefined && !/^[0-9]{1,10}$/.test(seed)) {
  console.error(`--seed must be a whole number, as the report of a run names it, not ${JSON.stringify(seed)}.`);
  process.exit(1);
}
if (!(minutes > 0 && minutes <= 24 * 60)) {
  console.error(`--minutes must be a number above 0 and at most ${24 * 60}, not ${JSON.stringify(values.minutes)}.`);
  process.exit(1);
}
const { status } = spawnSync(process.execPath, ["node_modules/mocha/bin/mocha.js", "test/chaos/whole-system.test.ts"], {
  cwd: ROOT,
  stdio: "inherit",
  env: {
    ...process.env,
    MILEPOST_CHAOS_FAULTS: faults,
    MILEPOST_CHAOS_SECONDS: String(Math.round(minutes * 60)),
    ...(only !== undefined && { MILEPOST_CHAOS_ONLY: only }),
    ...(seed !== undefined && { MILEPOST_CHAOS_SEED: seed }),
    ...(orderClients !== undefined && { MILEPOST_CHAOS_ORDER_CLIENTS: orderClients }),
  },
});
process.exit(status ?? 1);
