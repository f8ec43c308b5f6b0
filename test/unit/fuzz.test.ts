import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";

const ROOT = join(import.meta.dirname, "..", "..");

describe("test/fuzz/schemathesis.sh", function () {
  this.timeout(60_000);
  let directory: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "fuzz-"));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it("fails with what the service said where it does not start, tries nothing, and counts nothing as passing", () => {
    // Prepare: what would try the API only leaves a mark.
    const [called, mark] = [join(directory, "called"), join(directory, "mark")];
    writeFileSync(called, `#!/bin/sh\ntouch '${mark}'\n`, { mode: 0o755 });
    const env = {
      PATH: [dirname(process.execPath), process.env.PATH].join(delimiter),
      TMPDIR: directory,
      MILEPOST_SCHEMATHESIS: called,
      MILEPOST_KINDS: "none-of-ours",
    };

    // Act
    const { status, stdout } = spawnSync("bash", ["test/fuzz/schemathesis.sh"], { cwd: ROOT, env, encoding: "utf8", timeout: 50_000 });

    // Assess
    assert.equal(status, 1);
    assert.match(stdout, /the service did not start/);
    assert.match(stdout, /MILEPOST_KINDS must be/);
    assert.doesNotMatch(stdout, /passing|failing/);
    assert.ok(!existsSync(mark));
  });
});
