import assert from "node:assert/strict";
import { AwsError } from "../../../local/errors.ts";
import { readTagKeys } from "../../../local/iam/input.ts";

describe("readTagKeys", () => {
  it("refuses a key that the form nested deeper", () => {
    assert.throws(
      () => readTagKeys({ TagKeys: [Object.create(null)] }),
      (error) => error instanceof AwsError && error.code === "ValidationError",
    );
  });
});
