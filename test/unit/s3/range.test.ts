import assert from "node:assert/strict";
import { AwsError } from "../../../local/errors.ts";
import { parseRange } from "../../../local/s3/range.ts";

describe("parseRange", () => {
  for (const [header, start, length] of [
    ["bytes=0-3", 0, 4],
    ["bytes=0-0", 0, 1],
    ["bytes=4-", 4, 6],
    ["bytes=9-", 9, 1],
    ["bytes=-3", 7, 3],
    ["bytes=-10", 0, 10],
    ["bytes=-11", 0, 10],
    ["bytes=2-99", 2, 8],
  ] as const) {
    it(`takes ${header} of ten bytes as ${length} from ${start} on`, () => {
      assert.deepEqual(parseRange(header, 10), { start, length });
    });
  }

  for (const header of [undefined, "bytes=3-2", "bytes=-", "bytes=0-1,4-5", "bytes=a-b", "bytes=--1", "bytes=0--1", "lines=0-1", "0-1"]) {
    it(`takes ${header ?? "no header"} as the whole`, () => {
      assert.equal(parseRange(header, 10), undefined);
    });
  }

  for (const [header, size] of [
    ["bytes=10-", 10],
    ["bytes=10-20", 10],
    ["bytes=-0", 10],
    ["bytes=0-", 0],
    ["bytes=-5", 0],
  ] as const) {
    it(`refuses ${header} of ${size} bytes`, () => {
      assert.throws(
        () => parseRange(header, size),
        (error) => {
          assert.ok(error instanceof AwsError);
          assert.equal(error.status, 416);
          assert.equal(error.code, "InvalidRange");
          assert.deepEqual(error.members, { RangeRequested: header, ActualObjectSize: String(size) });
          return true;
        },
      );
    });
  }
});
