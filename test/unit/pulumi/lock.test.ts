import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { lock } from "../../../pulumi/apply/lock.ts";

const LOCK_MODULE = join(import.meta.dirname, "../../../pulumi/apply/lock.ts");

describe("A stack's lock", () => {
  let directory: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "milepost-lock-"));
  });

  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  /** A process that takes the lock and keeps it. */
  async function holder() {
    const script = `import { lock } from ${JSON.stringify(LOCK_MODULE)}; lock(${JSON.stringify(directory)}); console.log("held"); setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", script], { stdio: ["ignore", "pipe", "inherit"], timeout: 9_000 });
    await once(child.stdout, "data");
    return child;
  }

  it("is one process's at a time, and names the one that has it", async () => {
    const child = await holder();
    try {
      assert.throws(() => lock(directory), new RegExp(`under way \\(process ${child.pid}\\)`));
    } finally {
      child.kill("SIGKILL");
      await once(child, "exit");
    }
  });

  it("is free again once its holder was killed", async () => {
    const child = await holder();
    child.kill("SIGKILL");
    await once(child, "exit");
    lock(directory)();
  });

  it("is free again once it was given back", () => {
    lock(directory)();
    lock(directory)();
  });
});
