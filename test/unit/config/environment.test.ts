import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readEnvironment, someOf, textOf } from "../../../config/environment.ts";

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

describe("someOf", () => {
  const COLOURS = ["red", "green", "blue"] as const;

  it("is all of the choices where nothing is said, else those named, in the choices' order", () => {
    assert.deepEqual(someOf({}, "COLOURS", COLOURS), COLOURS);
    assert.deepEqual(someOf({ COLOURS: "blue, red" }, "COLOURS", COLOURS), ["red", "blue"]);
  });

  it("refuses what is no choice, and names the variable", () => {
    for (const COLOUR of ["pink", "red,", "red;blue"])
      assert.throws(() => someOf({ COLOUR }, "COLOUR", COLOURS), {
        name: "ConfigError",
        message: /^COLOUR must be some of red, green, blue/,
      });
  });
});
