import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { ADMIN, startApi, type TestApi } from "./support/api.ts";
import { newGround, type WorkerGround } from "./support/worker.ts";

const PAGE = join(import.meta.dirname, "..", "..", "docs", "api.md");

describe("The examples of the API's documentation", function () {
  this.timeout(60_000);
  let ground: WorkerGround;
  let api: TestApi;
  let directory: string;

  before(async () => {
    ground = await newGround();
    api = await startApi(ground);
    directory = mkdtempSync(join(tmpdir(), "milepost-examples-"));
    mkdirSync(join(directory, ".milepost", "secrets"), { recursive: true });
    writeFileSync(join(directory, ".milepost", "secrets", "admin-token"), `${ADMIN.authorization.replace("Bearer ", "")}\n`);
  });
  after(async () => {
    await api?.stop();
    await ground?.drop();
    rmSync(directory, { recursive: true, force: true });
  });

  it("are answered as they say, run one after the other in a shell", async () => {
    // Prepare: the address stands for the API of this test, and each answer is a line.
    const script = readFileSync(PAGE, "utf8").split("```sh\n")[1]?.split("```")[0] ?? assert.fail("There are no examples.");
    const expected = script.split("\n").filter((line) => line.startsWith("# {"));
    const { host } = new URL(api.url);
    const curl = `curl() { command curl --connect-to localhost:8080:${host} --max-time 10 -w '\\n' "$@"; }`;

    // Act
    const { stdout } = await promisify(execFile)("sh", ["-eu", "-c", `${curl}\n${script}`], { cwd: directory, timeout: 40_000 });

    // Assess
    const answers = stdout.trim().split("\n");
    for (const [index, line] of expected.entries()) assert.match(answers[index] ?? "", patternOf(line.slice(2)));
    const lists = answers.slice(expected.length).map((answer) => Object.keys(JSON.parse(answer))[0]);
    assert.deepEqual(lists, ["requests", "history", "failures"]);
  });
});

/** What a line of the documentation stands for, with … for whatever it leaves out. */
function patternOf(line: string): RegExp {
  const parts = line.split("…").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`);
}
