import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readEnvironment, textOf } from "../../../config/environment.ts";

describe("readEnvironment", () => {
  const directory = mkdtempSync(join(tmpdir(), "environment-"));
  after(() => rmSync(directory, { recursive: true, force: true }));

  it("puts the environment over the file", () => {
    const file = join(directory, ".env");
    writeFileSync(file, '# a comment\nADMIN_TOKEN="with spaces"\nAPI_PORT=1\n');

    const environment = readEnvironment(file, { API_PORT: "2" });

    assert.deepEqual(environment, { ADMIN_TOKEN: "with spaces", API_PORT: "2" });
  });

  it("needs no file, and says so when there is one that cannot be read", () => {
    assert.deepEqual(readEnvironment(join(directory, "none"), {}), {});
    assert.throws(() => readEnvironment(directory, {}), { name: "ConfigError", message: /cannot be read/ });
  });
});

describe("textOf", () => {
  it("takes a variable that is set to nothing for one that is not set", () => {
    assert.equal(textOf({ NAME: "  " }, "NAME"), undefined);
    assert.equal(textOf({ NAME: " a " }, "NAME"), "a");
  });
});
