import assert from "node:assert/strict";
import { Programs } from "../../../../local/stepfunctions/machines/programs.ts";

function counted(textOf: (id: number) => string): { programs: Programs; reads: number[] } {
  const reads: number[] = [];
  const programs = new Programs((id) => {
    reads.push(id);
    return textOf(id);
  });
  return { programs, reads };
}

const text = (padding = 0) => `${'{"StartAt":"S","States":{"S":{"Type":"Succeed"}}}'}${" ".repeat(padding)}`;

describe("Programs", () => {
  it("reads each definition once while it is in use", () => {
    const { programs, reads } = counted(() => text());
    for (const id of [1, 2, 1, 2]) programs.get(id);
    assert.deepEqual(reads, [1, 2]);
  });

  it("keeps those used last where there are too many", () => {
    // Prepare
    const { programs, reads } = counted(() => text());
    // Act: the first is used all the time, the second only once.
    for (let id = 2; id <= 1100; id++) {
      programs.get(id);
      programs.get(1);
    }
    reads.length = 0;
    programs.get(1);
    programs.get(2);
    // Assess
    assert.deepEqual(reads, [2]);
  });

  it("keeps a bounded amount of text, but always the one in use", () => {
    // Prepare
    const { programs, reads } = counted(() => text(1_000_000));
    // Act
    for (let id = 1; id <= 40; id++) programs.get(id);
    reads.length = 0;
    for (const id of [40, 1]) programs.get(id);
    // Assess
    assert.deepEqual(reads, [1]);
  });

  it("forgets those from an id on", () => {
    const { programs, reads } = counted(() => text());
    for (const id of [1, 2, 3]) programs.get(id);
    programs.forgetFrom(2);
    reads.length = 0;
    for (const id of [1, 2, 3]) programs.get(id);
    assert.deepEqual(reads, [2, 3]);
  });

  it("says which stored definition it cannot read", () => {
    const { programs } = counted(() => "{}");
    assert.throws(() => programs.get(7), /stored definition 7 cannot be read/);
  });
});
