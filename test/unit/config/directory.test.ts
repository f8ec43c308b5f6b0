import assert from "node:assert/strict";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeDirectory } from "../../../config/directory.ts";

describe("makeDirectory", () => {
  let ground: string;

  beforeEach(() => {
    ground = mkdtempSync(join(tmpdir(), "directory-"));
  });

  afterEach(() => rmSync(ground, { recursive: true }));

  it("makes a directory and those above it, for this user alone", () => {
    const path = join(ground, "a", "b");
    makeDirectory(path);
    for (const made of [join(ground, "a"), path]) assert.equal(statSync(made).mode & 0o777, 0o700);
  });

  it("leaves one that is there as it is", () => {
    const before = statSync(ground).mode;
    makeDirectory(ground);
    assert.equal(statSync(ground).mode, before);
  });

  it("refuses the place of a file, and a place below one", () => {
    const file = join(ground, "file");
    writeFileSync(file, "");
    assert.throws(() => makeDirectory(file), { code: "EEXIST" });
    assert.throws(() => makeDirectory(join(file, "below")), { code: "EEXIST" });
  });

  it("comes to an end where the directory above can hold no others", function () {
    if (process.platform !== "linux") this.skip();
    assert.throws(() => makeDirectory("/proc/nothing/below"), { code: "ENOENT" });
  });
});
