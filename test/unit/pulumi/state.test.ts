import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { State, type StoredResource } from "../../../pulumi/apply/state.ts";

const resource = (name: string): StoredResource => ({
  urn: `urn:${name}`,
  type: "aws:fake/thing:Thing",
  name,
  identity: { name },
  dependencies: [],
});

describe("A stack's state", () => {
  let directory: string;

  beforeEach(() => {
    directory = join(mkdtempSync(join(tmpdir(), "milepost-state-")), "stack");
  });

  afterEach(() => rmSync(join(directory, ".."), { recursive: true, force: true }));

  it("is empty where nothing was made", () => {
    assert.deepEqual(State.open(directory).resources, []);
  });

  it("is on disk as soon as something is put into it or taken out", () => {
    const state = State.open(directory);
    state.put(resource("one"));
    state.put(resource("two"));
    state.remove("urn:one");
    assert.deepEqual(State.open(directory).resources, [resource("two")]);
  });

  it("leaves nothing beside it, and is for its owner alone", () => {
    State.open(directory).put(resource("one"));
    assert.deepEqual(readdirSync(directory), ["state.json"]);
    assert.equal(statSync(join(directory, "state.json")).mode & 0o777, 0o600);
  });

  it("is whole though a write was cut off", () => {
    State.open(directory).put(resource("one"));
    writeFileSync(join(directory, "state.json.new"), '{"version":1,"resou');
    const state = State.open(directory);
    state.put(resource("two"));
    assert.deepEqual(State.open(directory).resources, [resource("one"), resource("two")]);
  });

  for (const [what, text] of [
    ["is no JSON", "{"],
    ["is of a version it does not know", '{"version":2,"resources":[]}'],
    ["holds a resource that is none", '{"version":1,"resources":[{"urn":1}]}'],
  ]) {
    it(`says which file ${what}, and the way on`, () => {
      State.open(directory).put(resource("one"));
      writeFileSync(join(directory, "state.json"), text ?? "");
      assert.throws(() => State.open(directory), /state\.json cannot be read \(.+\): move it away/);
    });
  }
});
