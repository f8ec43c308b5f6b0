import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmdirSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { underTrouble } from "./support/run.ts";

const TIMES = 3;

describe("an endpoint whose disk fills under load", function () {
  this.timeout(180_000);
  let disk: string;

  before("a small disk", function () {
    disk = mkdtempSync(join(tmpdir(), "milepost-disk-"));
    const mount = spawnSync("mount", ["-t", "tmpfs", "-o", "size=64m", "tmpfs", disk], { encoding: "utf8" });
    if (mount.status === 0) return;
    rmdirSync(disk);
    console.log(`    full disk: not run, a small disk cannot be mounted here (${mount.error?.message ?? mount.stderr.trim()})`);
    this.skip();
  });

  after("the end of the small disk", () => {
    if (spawnSync("umount", [disk]).status === 0) rmdirSync(disk);
  });

  it("refuses clearly, keeps what it acknowledged, and goes on when there is room again", async () => {
    // Prepare
    const filler = join(disk, "filler");
    const progress: number[] = [];

    // Act
    const ledger = await underTrouble(
      `${TIMES} × full disk`,
      async ({ endpoint, ledger }) => {
        for (let time = 1; time <= TIMES; time++) {
          await sleep(1_000);
          fill(filler);
          const refusedBefore = ledger.refused;
          for (let tenths = 0; tenths < 100 && ledger.refused < refusedBefore + 20; tenths++) await sleep(100);
          assert.ok(ledger.refused > refusedBefore, "A full disk refused no call.");
          assert.ok(endpoint.isRunning(), "The endpoint ended on a full disk.");
          rmSync(filler);
          progress.push(ledger.changes.size);
        }
        await sleep(1_000);
        progress.push(ledger.changes.size);
      },
      { directory: join(disk, "data") },
    );

    // Assess
    for (const [index, count] of progress.entries()) {
      assert.ok(index === 0 || count > (progress[index - 1] ?? 0), `Nothing went on after the ${index}. full disk.`);
    }
    assert.ok(ledger.refused > 0);
  });
});

/** Takes all the room there is, to the last byte. */
function fill(path: string): void {
  const file = openSync(path, "w");
  try {
    for (const block of [Buffer.alloc(1 << 20), Buffer.alloc(1)]) writeUntilFull(file, block);
  } finally {
    closeSync(file);
  }
}

function writeUntilFull(file: number, block: Buffer): void {
  for (;;) {
    try {
      if (writeSync(file, block) === 0) return;
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "ENOSPC") return;
      throw error;
    }
  }
}
