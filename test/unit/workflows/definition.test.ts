import assert from "node:assert/strict";
import { readTimings } from "../../../config/timings.ts";
import { definitionOf } from "../../../workflows/definition.ts";

const VALUES = { ...readTimings({}), requestsQueueUrl: "http://127.0.0.1:4566/000000000000/requests-queue" };

describe("definitionOf", () => {
  it("puts in what only a stack knows, numbers as numbers", () => {
    const text = definitionOf("requests", VALUES);

    const definition: unknown = JSON.parse(text);
    assert.ok(typeof definition === "object" && definition !== null && "TimeoutSeconds" in definition);
    assert.equal(definition.TimeoutSeconds, VALUES.executionTimeoutSeconds);
    assert.ok(text.includes(VALUES.requestsQueueUrl) && !text.includes("${"));
  });

  it("names a placeholder that has no value", () => {
    assert.throws(() => definitionOf("requests", { ...readTimings({}) }), /placeholder \$\{requestsQueueUrl\} has no value/);
  });
});
