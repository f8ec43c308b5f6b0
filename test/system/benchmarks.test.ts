import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../support/documented.ts";

const COMMAND_MS_MAX = 180_000;

/** As small as they run at all: what they print is looked at, and what they measure is not. */
const SMALL = {
  MILEPOST_BENCH_ROUNDS: "1",
  MILEPOST_BENCH_RECORDS: "1",
  MILEPOST_BENCH_LONG: "20",
  MILEPOST_BENCH_SECONDS: "0.3",
};
const SEED = "361";
/** Every process is killed several times in it, and at least once while its clients call, however slowly all of it starts. */
const CHAOS_SECONDS = 30;
/** Whoever runs the tests may have set these for themselves; here they would bring along other endpoints and other faults. */
const NOT_PASSED_ON = /^(?:AWS_|MINISTACK$|LOCALSTACK$|MILEPOST_)/;

/**
 * What measures for minutes, in a second or two. `load` and `latency` are not among it: where there is PostgreSQL they would
 * install DBOS, which no test may.
 */
describe("The commands that measure, make trouble or write a page", function () {
  this.timeout(2 * COMMAND_MS_MAX);
  let chaos: Promise<Outcome>;

  before("chaos, which mostly waits, beside the others", () => {
    chaos = run("chaos", "--minutes", String(CHAOS_SECONDS / 60), "--seed", SEED);
  });
  after("chaos, where nobody waited for it", () => chaos);

  it("npm run bench counts the calls of a change, and changes one record again and again", async () => {
    // Act
    const printed = printedWell(await run("bench", "calls", "long-record"));

    // Assess
    assert.match(printed, /^\d+ cores \(.*\), Node v[\d.]+; one flush of this disk takes \d+\.\d+ ms$/m);
    assertTable(printed, ["operation", "one at a time", "32 clients"], ["StartExecution", "UpdateItem", "all", "TaskStateEntered"]);
    assert.match(printed, /^\| TaskStateEntered +\| 1\.00 /m);
    assertTable(printed, ["changes", "p50 ms", "p99 ms", "p50 against the first"], ["1–2", "19–20"]);
    assert.match(printed, /^The largest item was \d+\.\d KB\.$/m);
  });

  it("npm run bench:local measures the embedded endpoint, and says who was not there", async () => {
    // Act
    const printed = printedWell(await run("bench:local", "flow"));

    // Assess
    assertTable(printed, ["endpoint", "changes/s, 32 at once"], ["only answers", "embedded endpoint"]);
    assert.match(printed, /^embedded \/ only answers: \d+\.\d\d × the rate$/m);
    assert.match(printed, /^ministack: not run \(.+\)\nLocalStack: not run \(.+\)$/m);
  });

  it("npm run chaos makes trouble for as long as it is told to, with the faults of the seed", async () => {
    // Act
    const printed = printedWell(await chaos);

    // Assess
    assert.match(
      printed,
      new RegExp(`^ +${CHAOS_SECONDS} s, seed ${SEED}: [1-9]\\d* × kill -9, \\d+ × SIGSTOP, \\d+ × refused; settled after [\\d.]+ s$`, "m"),
    );
    for (const kind of ["requests", "products", "orders", "tasks"])
      assert.match(printed, new RegExp(`^ +${kind}: attempted [1-9]\\d*, acknowledged [1-9]\\d*, lost 0,`, "m"));
    assert.match(printed, /^ +1 passing/m);
  });

  it("npm run licences writes the page that is there", async () => {
    // Prepare
    const page = join(ROOT, "docs", "licences.md");
    const before = readFileSync(page, "utf8");

    // Act
    const printed = printedWell(await run("licences"));

    // Assess
    assert.match(printed, new RegExp(`^Written: ${page}$`, "m"));
    assert.equal(readFileSync(page, "utf8"), before);
  });
});

/** A table with such a head, whose rows begin with these names among others. */
function assertTable(printed: string, head: readonly string[], names: readonly string[]): void {
  const rows = printed.split("\n").filter((line) => line.startsWith("| "));
  const cells = rows.map((line) => line.split("|").map((cell) => cell.trim()));
  assert.ok(
    cells.some((row) => head.every((title, column) => row[column + 1] === title)),
    printed,
  );
  for (const name of names)
    assert.ok(
      cells.some((row) => row[1] === name),
      `${name} is missing:\n${printed}`,
    );
}

interface Outcome {
  readonly command: string;
  readonly status: number | null;
  readonly printed: string;
  readonly said: string;
}

function printedWell({ command, status, printed, said }: Outcome): string {
  assert.equal(status, 0, `${command} ended with ${status}\nprinted ${printed}\nsaid ${said}`);
  return printed;
}

/** What becomes of such a command, as somebody types it who has set the sizes; it is ended when it is late. */
async function run(script: string, ...args: readonly string[]): Promise<Outcome> {
  const own = Object.fromEntries(Object.entries(process.env).filter(([name]) => !NOT_PASSED_ON.test(name)));
  const child = spawn("npm", ["run", script, "--", ...args], {
    cwd: ROOT,
    env: { ...own, ...SMALL, NO_COLOR: "1" },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  let printed = "";
  let said = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (printed += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (said += text));
  // npm passes no signal on to what its shell runs, so the whole group is ended.
  const late = setTimeout(() => process.kill(-(child.pid ?? Number.NaN), "SIGKILL"), COMMAND_MS_MAX);
  const status = await new Promise<number | null>((resolve) => child.once("close", resolve));
  clearTimeout(late);
  return { command: ["npm run", script, ...args].join(" "), status, printed, said };
}
