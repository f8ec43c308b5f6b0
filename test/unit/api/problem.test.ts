import assert from "node:assert/strict";
import { invalid, Problem, unavailable } from "../../../api/problem.ts";

describe("a problem", () => {
  it("is described as RFC 9457 has it, for the call it belongs to", () => {
    assert.deepEqual(new Problem(404, "There is none.").describe("/requests/x", "the-call"), {
      type: "about:blank",
      title: "Not Found",
      status: 404,
      detail: "There is none.",
      instance: "/requests/x",
      requestId: "the-call",
    });
  });

  it("has its own members beside the common ones", () => {
    const { legal, errors } = new Problem(409, "No.", { extra: { legal: ["A"] } }).describe("/", "id");
    assert.deepEqual([legal, errors], [["A"], undefined]);
  });

  it("keeps to itself what is no part of its body", () => {
    const described = new Problem(503, "Later.", { headers: { "retry-after": "1" }, isPassing: true }).describe("/", "id");
    assert.deepEqual(Object.keys(described), ["type", "title", "status", "detail", "instance", "requestId"]);
  });

  it("has a title for each status that is ever answered", () => {
    for (const status of [400, 401, 404, 405, 406, 408, 409, 412, 413, 415, 422, 429, 431, 500, 503] as const)
      assert.equal(typeof new Problem(status, "").describe("/", "id").title, "string", String(status));
  });

  it("of a call that is wrong names every field, also in its sentence", () => {
    // Prepare
    const errors = [
      { field: "/title", rule: "max", message: "must have at most 200 characters" },
      { field: "limit", rule: "range", message: "must be a whole number from 1 to 100" },
    ];

    // Act
    const problem = invalid(errors);

    // Assess
    assert.equal(problem.status, 400);
    assert.equal(problem.message, "/title: must have at most 200 characters; limit: must be a whole number from 1 to 100");
    assert.deepEqual(problem.describe("/", "id").errors, errors);
  });

  it("of a dependency says when to come again, and is not kept for a key", () => {
    assert.deepEqual(unavailable("Later.", 5).options, { headers: { "retry-after": "5" }, isPassing: true });
    assert.deepEqual(unavailable("Later.").options.headers, { "retry-after": "1" });
  });
});
