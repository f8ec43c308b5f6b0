import assert from "node:assert/strict";
import { asVariables, OUTPUTS, readOutputs } from "../../../config/outputs.ts";

const exported = Object.fromEntries(OUTPUTS.map((output) => [output, `the ${output}`]));

describe("readOutputs", () => {
  it("takes what the stack has exported", () => {
    assert.deepEqual(readOutputs({}, exported), exported);
  });

  it("takes a variable over it, so that a process can be sent elsewhere", () => {
    assert.equal(readOutputs({ REQUESTS_TABLE: "Other" }, exported).requests_table, "Other");
  });

  it("hands all of it on as variables", () => {
    const variables = asVariables(readOutputs({}, exported));

    assert.deepEqual(readOutputs(variables), exported);
  });

  it("names what nothing says, and the ways on", () => {
    const { requests_table: _, ...rest } = exported;

    assert.throws(() => readOutputs({}, rest), {
      name: "ConfigError",
      message:
        'No stack says where its resources are (REQUESTS_TABLE): run "npm run up" (locally) or "pulumi up" first, or set these variables.',
    });
  });
});
