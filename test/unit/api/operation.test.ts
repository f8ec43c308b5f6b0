import assert from "node:assert/strict";
import { z } from "zod";
import { type Operation, type OperationOptions, operation, problemsOf, type RawCall } from "../../../api/operation.ts";
import { Problem } from "../../../api/problem.ts";
import { ENVELOPE, MARK } from "../../support/envelope.ts";

const body = z.strictObject({
  name: z.string().trim(),
  parts: z.array(z.strictObject({ size: z.int() })).optional(),
  note: z
    .string()
    .refine((text) => text !== "no", { error: "must not be no", params: { rule: "yes" } })
    .optional(),
});

function make(options: Partial<OperationOptions<z.ZodType, z.ZodType, z.ZodType>> = {}): Operation {
  return operation({
    name: "test",
    method: "POST",
    at: "/things/{id}",
    summary: "A test.",
    access: "anyone",
    path: z.strictObject({ id: z.string().max(3) }),
    query: z.strictObject({ limit: z.string().transform(Number).default(7) }),
    body,
    answers: {},
    handle: async (call) => ({ status: 200, body: call }),
    ...options,
  });
}

const raw = (more: Partial<RawCall> = {}): RawCall => ({ ...ENVELOPE, path: { id: "x" }, query: {}, body: { name: "n" }, ...more });

function errorsOf(act: () => unknown) {
  try {
    act();
  } catch (error) {
    if (error instanceof Problem) return [error.status, error.options.errors?.map(({ field, rule }) => `${field} ${rule}`)];
    throw error;
  }
  return assert.fail("It was not refused.");
}

describe("An operation", () => {
  it("hands on what its schemas make of a call", async () => {
    // Act
    const { body: call } = await make()
      .prepare(raw({ body: { name: " n " } }))
      .run(MARK);

    // Assess
    assert.deepEqual(call, { ...ENVELOPE, path: { id: "x" }, query: { limit: 7 }, body: { name: "n" }, mark: MARK });
  });

  it("hands on nothing of what it has no schema for", async () => {
    const { body: call } = await make({ path: undefined, query: undefined, body: undefined }).prepare(raw()).run(MARK);

    assert.deepEqual(call, { ...ENVELOPE, path: undefined, query: undefined, body: undefined, mark: MARK });
  });

  it("names everything that is wrong at once: parameters by name, what is in a body by pointer", () => {
    const call = raw({
      path: { id: "long" },
      query: { limit: ["1", "2"], page: "3" },
      body: { parts: [{ size: 1 }, { size: "2", "a/b~": 1 }], note: "no" },
    });

    assert.deepEqual(
      errorsOf(() => make().prepare(call)),
      [400, ["id max", "limit type", "page unknown", "/name required", "/parts/1/size type", "/parts/1/a~1b~0 unknown", "/note yes"]],
    );
  });

  for (const value of [null, 7, "text", [], [[]]]) {
    it(`refuses a body that is no object: ${JSON.stringify(value)}`, () => {
      assert.deepEqual(
        errorsOf(() => make().prepare(raw({ body: value }))),
        [400, ["/ type"]],
      );
    });
  }

  it("tells what is missing from what is wrong", () => {
    const [missing, wrong] = [raw({ body: undefined }), raw({ body: { name: null } })].map((call) => errorsOf(() => make().prepare(call)));

    assert.deepEqual(
      [missing, wrong],
      [
        [400, ["/ required"]],
        [400, ["/name type"]],
      ],
    );
  });

  it("is not fooled by a prototype that is sent", () => {
    const poisoned: unknown = JSON.parse('{"name":"n","__proto__":{"isAdmin":true}}');

    const refused = errorsOf(() => make().prepare(raw({ body: poisoned })));

    assert.deepEqual(refused, [400, ["/__proto__ unknown"]]);
  });

  it("has the same content for the same call, however its members are ordered or its texts written", () => {
    const contentOf = (value: unknown, ifVersion?: number) =>
      make()
        .prepare(raw({ body: value, ifVersion }))
        .content();
    const content = contentOf({ name: "n", note: "x" });

    assert.equal(contentOf({ note: "x", name: "  n" }), content);
    for (const other of [contentOf({ name: "n" }), contentOf({ name: "m", note: "x" }), contentOf({ name: "n", note: "x" }, 3)])
      assert.notEqual(other, content);
  });

  it("has one subject for each path", () => {
    const subjectOf = (id: string) =>
      make()
        .prepare(raw({ path: { id } }))
        .subject();

    assert.equal(subjectOf("a"), subjectOf("a"));
    assert.notEqual(subjectOf("a"), subjectOf("b"));
  });

  describe("may refuse", () => {
    const none = { path: undefined, query: undefined, body: undefined };

    it("always because of what it depends on, of mistakes here, and of what is accepted", () => {
      assert.deepEqual(problemsOf(make({ ...none, method: "GET", access: "public" })), [406, 429, 500, 503]);
    });

    it("for its caller, its parameters, its body and its key where it has them", () => {
      assert.deepEqual(problemsOf(make({ ...none, method: "GET" })), [401, 406, 429, 500, 503]);
      assert.deepEqual(problemsOf(make({ ...none, method: "GET", query: z.strictObject({}) })), [400, 401, 406, 429, 500, 503]);
      assert.deepEqual(problemsOf(make({ ...none })), [400, 401, 406, 409, 422, 429, 500, 503]);
      assert.deepEqual(problemsOf(make()), [400, 401, 406, 409, 413, 415, 422, 429, 500, 503]);
    });

    it("as it says itself, named once", () => {
      assert.deepEqual(problemsOf(make({ ...none, problems: [412, 404, 409] })), [400, 401, 404, 406, 409, 412, 422, 429, 500, 503]);
    });
  });
});
