import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readRunFile, removeRunFile, writeRunFile } from "../../../start/run-file.ts";

/** No process has a number as high. */
const NOBODY = 4_194_304;

describe("the note of what is running", () => {
  let directory = "";

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "run-file-"));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  const system = (pid: number) => ({ pid, api: { pid, url: "http://localhost:1" }, worker: { pid } });

  it("is read while its process lives, and gone when it is removed", () => {
    writeRunFile(directory, { ...system(process.pid), endpoint: undefined, endpointUrl: undefined });

    assert.deepEqual(readRunFile(directory), system(process.pid));
    removeRunFile(directory);
    assert.equal(readRunFile(directory), undefined);
  });

  it("is not taken for a running system where a killed one left it, also when its number is another's by now", () => {
    const notes = [system(NOBODY), { ...system(NOBODY), pid: process.pid }];
    for (const note of notes) {
      writeFileSync(join(directory, "running.json"), JSON.stringify(note));
      assert.equal(readRunFile(directory), undefined);
    }
  });

  it("is not taken for anything where it is damaged", () => {
    for (const text of ['{"pid":"1"}', "{", ""]) {
      writeFileSync(join(directory, "running.json"), text);
      assert.equal(readRunFile(directory), undefined, text);
    }
  });
});
