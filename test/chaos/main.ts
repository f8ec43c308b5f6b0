/** `npm run chaos -- --minutes 10 --seed 7`: the whole system under faults for as long as one likes, again with the same faults. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { parseArgs } from "node:util";

const ROOT = join(import.meta.dirname, "..", "..");
const { values } = parseArgs({ options: { minutes: { type: "string", default: "2" }, seed: { type: "string" } } });
const minutes = Number(values.minutes);
if (!(minutes > 0 && minutes <= 24 * 60)) {
  console.error(`--minutes must be a number above 0 and at most ${24 * 60}, not ${JSON.stringify(values.minutes)}.`);
  process.exit(1);
}
const { status } = spawnSync(process.execPath, ["node_modules/mocha/bin/mocha.js", "test/chaos/whole-system.test.ts"], {
  cwd: ROOT,
  stdio: "inherit",
  env: {
    ...process.env,
    MILEPOST_CHAOS_SECONDS: String(Math.round(minutes * 60)),
    ...(values.seed === undefined ? {} : { MILEPOST_CHAOS_SEED: values.seed }),
  },
});
process.exit(status ?? 1);
