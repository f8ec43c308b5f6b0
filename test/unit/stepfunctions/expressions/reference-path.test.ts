import assert from "node:assert/strict";
import fc from "fast-check";
import type { Json, JsonObject } from "../../../../local/json.ts";
import { readPath, writeReferencePath } from "../../../../local/stepfunctions/expressions/jsonpath.ts";
import { StatesError } from "../../../../local/stepfunctions/expressions/scope.ts";

describe("writeReferencePath", () => {
  it("replaces all at $", () => {
    assert.equal(writeReferencePath({ a: 1 }, "$", false), false);
    assert.equal(writeReferencePath("text", "$", null), null);
  });

  it("adds, replaces and makes objects on the way", () => {
    assert.deepEqual(writeReferencePath({ a: 1 }, "$.b", 2), { a: 1, b: 2 });
    assert.deepEqual(writeReferencePath({ a: 1 }, "$.a", false), { a: false });
    assert.deepEqual(writeReferencePath({ a: 1 }, "$.x.y['z w']", 2), { a: 1, x: { y: { "z w": 2 } } });
    assert.deepEqual(writeReferencePath({ l: [{ a: 1 }, 2] }, "$.l[0].b", 3), { l: [{ a: 1, b: 3 }, 2] });
    assert.deepEqual(writeReferencePath({ l: [1, 2] }, "$.l[-1]", 3), { l: [1, 3] });
  });

  it("keeps __proto__ plain data", () => {
    const written = writeReferencePath({}, "$.__proto__", { polluted: true }) as JsonObject;

    assert.equal(JSON.stringify(written), '{"__proto__":{"polluted":true}}');
    assert.equal(Object.getPrototypeOf(written), Object.prototype);
  });

  it("fails in AWS's words where the input cannot take the result", () => {
    const fail = (input: Json, path: string) => {
      try {
        writeReferencePath(input, path, 1);
      } catch (problem) {
        if (problem instanceof StatesError) return `${problem.error}: ${problem.cause}`;
      }
      return assert.fail("it should have failed");
    };

    assert.equal(fail("text", "$.a"), 'States.ReferencePathConflict: Unable to apply step "a" to input "text"');
    assert.equal(fail([1], "$.a"), 'States.ReferencePathConflict: Unable to apply step "a" to input [1]');
    assert.equal(fail({ a: null }, "$.a.b"), 'States.ReferencePathConflict: Unable to apply step "b" to input null');
    assert.equal(fail({ l: [] }, "$.l[0]"), 'States.ReferencePathConflict: Unable to apply step "0" to input []');
  });

  it("leaves what it was given alone, and later changes of it stay outside", () => {
    const input = { a: { b: 1 } };
    const value = { c: 1 };

    const written = writeReferencePath(input, "$.a.d", value);
    value.c = 2;

    assert.deepEqual(input, { a: { b: 1 } });
    assert.deepEqual(written, { a: { b: 1, d: { c: 1 } } });
  });

  it("writes what can be read at the same path", () => {
    const name = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_-]{0,8}$/);
    const input = fc.dictionary(name, fc.dictionary(name, fc.dictionary(name, fc.constant({}))));
    fc.assert(
      fc.property(input, fc.array(name, { minLength: 1, maxLength: 4 }), fc.jsonValue(), (root, steps, value) => {
        const plain = JSON.parse(JSON.stringify(value)) as Json;
        const before = JSON.stringify(root);
        const path = `$.${steps.join(".")}`;

        const written = writeReferencePath(JSON.parse(before) as Json, path, plain);

        const found = readPath(path, { input: written, context: {}, variables: {} }, "f.$");
        assert.deepEqual(JSON.stringify(found), JSON.stringify(plain));
        assert.equal(JSON.stringify(root), before);
      }),
    );
  });
});
