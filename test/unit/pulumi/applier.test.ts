import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Applier, type Registration } from "../../../pulumi/apply/applier.ts";
import { State } from "../../../pulumi/apply/state.ts";
import type { Step } from "../../../pulumi/apply/steps.ts";
import { type Properties, UNKNOWN } from "../../../pulumi/apply/values.ts";
import { FakeType, NO_CALLS } from "./support/fake-type.ts";

const PROVIDER = "urn:pulumi:test::milepost::pulumi:providers:aws::aws";

describe("The applier", () => {
  let directory: string;
  let type: FakeType;
  let steps: Step[];

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "milepost-applier-"));
    type = new FakeType();
    steps = [];
  });

  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  const applier = (isPreview = false) =>
    new Applier({ types: [type], calls: NO_CALLS, state: State.open(directory), isPreview, onStep: (step) => steps.push(step) });

  const thing = (inputs: Properties, name = String(inputs.name)): Registration => ({
    urn: `urn:pulumi:test::milepost::aws:fake/thing:Thing::${name}`,
    type: "aws:fake/thing:Thing",
    name,
    isCustom: true,
    inputs,
    options: [],
    provider: `${PROVIDER}::in-process`,
    dependencies: [],
  });

  const operations = () => steps.map(({ operation }) => operation);
  const stored = () => State.open(directory).resources.map(({ name }) => name);

  it("makes what is not there, and tells its id and what AWS gave it", async () => {
    const { id, outputs } = await applier().register(thing({ name: "one", colour: "red" }));
    assert.deepEqual([id, outputs.arn, outputs.colour], ["id-one", "arn:one", "red"]);
    assert.deepEqual(operations(), ["create"]);
    assert.deepEqual(stored(), ["one"]);
  });

  it("leaves what is as it should be", async () => {
    await applier().register(thing({ name: "one" }));
    steps = [];
    await applier().register(thing({ name: "one" }));
    assert.deepEqual(operations(), ["same"]);
    assert.deepEqual(type.done, ["create one"]);
  });

  it("changes in place what the program has otherwise", async () => {
    await applier().register(thing({ name: "one", colour: "red" }));
    await applier().register(thing({ name: "one", colour: "blue" }));
    assert.deepEqual(steps.at(-1)?.changes, [{ path: "colour", from: "red", to: "blue" }]);
    assert.deepEqual(type.done.at(-1), "update colour of one");
  });

  it("puts right what was changed behind the stack's back", async () => {
    await applier().register(thing({ name: "one", colour: "red" }));
    type.there.set("one", { name: "one", size: 1, colour: "green", tags: {} });
    await applier().register(thing({ name: "one", colour: "red" }));
    assert.equal(type.there.get("one")?.colour, "red");
  });

  it("makes anew what was lost behind the stack's back", async () => {
    await applier().register(thing({ name: "one" }));
    type.there.clear();
    await applier().register(thing({ name: "one" }));
    assert.deepEqual(operations(), ["create", "create"]);
  });

  it("takes over what is there under its name", async () => {
    type.there.set("one", { name: "one", size: 1, colour: null, tags: {} });
    await applier().register(thing({ name: "one" }));
    assert.deepEqual(operations(), ["same"]);
    assert.deepEqual(stored(), ["one"]);
  });

  it("has a resource in the state before it is made, so that an interruption leaves nothing unknown", async () => {
    type.failing = "one";
    await assert.rejects(applier().register(thing({ name: "one" })), /not to be/);
    assert.deepEqual(stored(), ["one"]);
  });

  it("refuses to change what cannot be changed in place", async () => {
    await applier().register(thing({ name: "one", size: 1 }));
    await assert.rejects(applier().register(thing({ name: "one", size: 2 })), /size cannot be changed in place/);
    assert.equal(type.there.get("one")?.size, 1);
  });

  it("refuses to give a resource of the program another name, which would leave the old one behind", async () => {
    await applier().register(thing({ name: "one" }, "logical"));
    await assert.rejects(applier().register(thing({ name: "two" }, "logical")), /name cannot be changed in place/);
    assert.deepEqual([...type.there.keys()], ["one"]);
  });

  it("refuses two resources of the program that are one on the endpoint", async () => {
    const both = applier();
    await both.register(thing({ name: "one" }, "first"));
    await assert.rejects(both.register(thing({ name: "one" }, "second")), /is the same as .*::first/);
  });

  it("refuses inputs it cannot set, instead of leaving them out", async () => {
    await assert.rejects(applier().register(thing({ name: "one", weight: 3 })), /cannot set weight/);
  });

  it("refuses options it does not have", async () => {
    await assert.rejects(applier().register({ ...thing({ name: "one" }), options: ["protect"] }), /has no protect/);
    assert.deepEqual(type.done, []);
  });

  it("refuses types it does not know", async () => {
    await assert.rejects(applier().register({ ...thing({ name: "one" }), type: "aws:other/thing:Thing" }), /does not know this type/);
  });

  it("gives tagged resources the provider's tags, and their own before those", async () => {
    // Prepare
    const inputs = { defaultTags: JSON.stringify({ tags: { project: "milepost", stack: "test" } }) };
    const tagging = applier();
    await tagging.register({ ...thing(inputs), urn: PROVIDER, type: "pulumi:providers:aws", name: "aws" });
    // Act
    await tagging.register(thing({ name: "one", tags: { stack: "own" } }));
    // Assess
    assert.deepEqual(type.there.get("one")?.tags, { project: "milepost", stack: "own" });
  });

  it("groups without asking anybody", async () => {
    const group = { ...thing({ name: "group" }), isCustom: false, type: "pulumi:pulumi:Stack" };
    assert.deepEqual(await applier().register(group), { id: "", outputs: { name: "group" } });
    assert.deepEqual(steps, []);
  });

  describe("in a preview", () => {
    it("says what would be made, and makes nothing", async () => {
      const { id } = await applier(true).register(thing({ name: "one" }));
      assert.equal(id, "");
      assert.deepEqual(operations(), ["create"]);
      assert.deepEqual([type.done, stored()], [[], []]);
    });

    it("says what would be changed, and changes nothing", async () => {
      await applier().register(thing({ name: "one", colour: "red" }));
      await applier(true).register(thing({ name: "one", colour: "blue" }));
      assert.deepEqual(operations(), ["create", "update"]);
      assert.equal(type.there.get("one")?.colour, "red");
    });

    it("takes what hangs on something not made yet for not made either", async () => {
      await applier(true).register(thing({ name: UNKNOWN }, "one"));
      assert.deepEqual(operations(), ["create"]);
    });
  });
});
