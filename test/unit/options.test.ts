import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDataDirectory, StartError } from "../../local/datadir.ts";
import { readOptions } from "../../local/options.ts";

describe("the endpoint's options", () => {
  it("come from the command line, then from the environment, then from the defaults", () => {
    // Act
    const options = readOptions(["--port", "1"], { PORT: "2", MILEPOST_DATA: "d" });
    // Assess
    assert.deepEqual(options, { port: 1, directory: "d", retentionDays: 30 });
  });

  it("refuse an empty directory, which would be the one the command is run in", () => {
    // Act, Assess
    assert.throws(() => readOptions(["--data", ""], {}), StartError);
    assert.throws(() => readOptions([], { MILEPOST_DATA: " " }), StartError);
  });
});

describe("the data directory", () => {
  it("says in a sentence that the note of its owner cannot be written", () => {
    // Prepare
    const directory = mkdtempSync(join(tmpdir(), "datadir-"));
    mkdirSync(join(directory, "endpoint.json"));
    const data = openDataDirectory(directory, []);
    // Act, Assess
    assert.throws(() => data.claim(1), { constructor: StartError, message: /endpoint\.json cannot be written: EISDIR/ });
    data.store.close();
    rmSync(directory, { recursive: true });
  });
});
