import assert from "node:assert/strict";
import { Heads } from "../../../domain/heads.ts";

describe("Heads", () => {
  it("remembers the latest version seen, in whatever order answers come", () => {
    const heads = new Heads();

    heads.see("a", "ON_HOLD", 3);
    heads.see("a", "IN_PROGRESS", 2);

    assert.equal(heads.get("a")?.status, "ON_HOLD");
  });

  it("forgets whoever was seen longest ago when there are too many", () => {
    const heads = new Heads(2);

    for (const id of ["a", "b", "a", "c"]) heads.see(id, "PENDING", 1);

    assert.deepEqual(
      ["a", "b", "c"].map((id) => heads.get(id)?.version),
      [1, undefined, 1],
    );
  });

  it("forgets what it is told to", () => {
    const heads = new Heads();
    heads.see("a", "PENDING", 1);

    heads.forget("a");

    assert.equal(heads.get("a"), undefined);
  });
});
