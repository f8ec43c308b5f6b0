import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { dependentsFirst, removeAll } from "../../../pulumi/apply/removal.ts";
import { State, type StoredResource } from "../../../pulumi/apply/state.ts";
import { FakeType, NO_CALLS } from "./support/fake-type.ts";

const thing = (name: string, ...dependencies: string[]): StoredResource => ({
  urn: name,
  type: "aws:fake/thing:Thing",
  name,
  identity: { name },
  dependencies,
});

describe("Removal", () => {
  let directory: string;
  let type: FakeType;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "milepost-removal-"));
    type = new FakeType();
  });

  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  const remove = async (resources: readonly StoredResource[], isPreview = false) => {
    const state = State.open(directory);
    for (const resource of resources) state.put(resource);
    await removeAll(resources, { types: [type], calls: NO_CALLS, state, isPreview, onStep: () => undefined });
  };
  const left = () => State.open(directory).resources.map(({ name }) => name);

  it("takes whatever needs another before that one, in any order of the state", () => {
    const graph = fc
      .integer({ min: 1, max: 12 })
      .chain((count) =>
        fc.tuple(...Array.from({ length: count }, (_, index) => fc.subarray(Array.from({ length: index }, (_, one) => String(one))))),
      );
    fc.assert(
      fc.property(
        graph.chain((graph) =>
          fc.shuffledSubarray(
            graph.map((needs, index) => thing(String(index), ...needs)),
            { minLength: graph.length },
          ),
        ),
        (resources) => {
          const order = dependentsFirst(resources).map(({ urn }) => urn);
          assert.equal(order.length, resources.length);
          for (const { urn, dependencies } of resources)
            for (const needed of dependencies) assert.ok(order.indexOf(urn) < order.indexOf(needed));
        },
      ),
    );
  });

  it("forgets each resource as it goes", async () => {
    await remove([thing("queue"), thing("machine", "queue")]);
    assert.deepEqual(type.done, ["remove machine", "remove queue"]);
    assert.deepEqual(left(), []);
  });

  it("stops at the first that cannot go, names it, and keeps what is left for the next run", async () => {
    type.failing = "queue";
    await assert.rejects(remove([thing("dlq"), thing("queue", "dlq"), thing("machine", "queue")]), /Thing queue: It is not to be/);
    assert.deepEqual(left(), ["dlq", "queue"]);
  });

  it("removes nothing in a preview", async () => {
    await remove([thing("queue")], true);
    assert.deepEqual([type.done, left()], [[], ["queue"]]);
  });
});
