import assert from "node:assert/strict";
import type { Json } from "../../../../local/json.ts";
import { evaluateJsonata } from "../../../../local/stepfunctions/expressions/jsonata.ts";
import { StatesError } from "../../../../local/stepfunctions/expressions/scope.ts";

function evaluate(source: string): Json {
  return evaluateJsonata(source, { input: {}, context: {} }, {}, "Output");
}

function refuses(source: string, ending: string): void {
  assert.throws(
    () => evaluate(source),
    (problem: unknown) => problem instanceof StatesError && problem.cause.endsWith(ending),
    source,
  );
}

const NOTHING = "returned nothing (undefined).";

describe("The functions AWS adds to JSONata", () => {
  it("$partition cuts a list in parts", () => {
    assert.deepEqual(evaluate("$partition([1,2,3,4,5], 2)"), [[1, 2], [3, 4], [5]]);
    assert.deepEqual(evaluate("$partition([1,2,3,4,5], 2.9)"), [[1, 2], [3, 4], [5]]);
    assert.deepEqual(evaluate("$partition([1,2,3])"), [[1, 2, 3]]);
    refuses("$partition([], 2)", NOTHING);
    refuses("$partition([1], 0)", NOTHING);
    refuses("$partition([1], -1)", "D3137: Second argument must be zero or greater");
    refuses("$partition(null, 2)", 'T0412: Argument 1 of function "partition" must be an array of undefined');
    refuses("$partition([1], 2, 'x')", 'T0410: Argument 3 of function "partition" does not match function signature');
  });

  it("$range counts either way; a single number stands alone", () => {
    assert.deepEqual(evaluate("$range(0, 10, 2)"), [0, 2, 4, 6, 8, 10]);
    assert.deepEqual(evaluate("$range(10, 0, -5)"), [10, 5, 0]);
    assert.deepEqual(evaluate("$range(-1.7, 2, 1)"), [-1, 0, 1, 2]);
    assert.equal(evaluate("$range(3, 3, 1)"), 3);
    assert.equal(evaluate("$range(1, 9, 9)"), 1);
    refuses("$range(5, 1, 1)", NOTHING);
    refuses("$range(1, 5, 0)", NOTHING);
    refuses("$range(1, 5)", NOTHING);
    refuses("$range(1)", 'T0410: Argument 2 of function "range" does not match function signature');
  });

  it("$hash knows five algorithms by their exact names", () => {
    assert.equal(evaluate("$hash('Hello', 'MD5')"), "8b1a9953c4611296a827abf8c47804d7");
    assert.equal(evaluate("$hash('ñ', 'MD5')"), "94e9342ecbb1458b6043ecd3bfcbc192");
    refuses("$hash('Hello')", NOTHING);
    refuses("$hash('a', 'md5')", "D3137: Hash algorithm 'md5' must be one of SHA-1, SHA-384, SHA-256, SHA-512, MD5");
    refuses("$hash(42, 'MD5')", 'T0410: Argument 1 of function "hash" does not match function signature');
  });

  it("$random draws the numbers AWS draws for the same seed", () => {
    assert.equal(evaluate("$random(42)"), 0.7275636800328681);
    assert.equal(evaluate("$random(0.9)"), 0.730967787376657);
    assert.equal(evaluate("$random(7)"), 0.7306990420600421);
    assert.equal(evaluate("$random() < 1"), true);
    refuses("$random(1, 2)", 'T0410: Argument 2 of function "random" does not match function signature');
  });

  it("$uuid gives identifiers of version 4", () => {
    assert.match(String(evaluate("$uuid()")), /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    assert.equal(evaluate("$uuid() = $uuid()"), false);
    refuses("$uuid('x')", 'T0410: Argument 1 of function "uuid" does not match function signature');
  });

  it("$parse reads JSON, in the place of $eval", () => {
    assert.equal(evaluate('$parse(\'{"a":{"b":1}}\').a.b'), 1);
    assert.deepEqual(evaluate("$map(['[1]', '{\"a\":2}'], $parse)"), [[1], { a: 2 }]);
    assert.equal(evaluate("$exists($parse('null'))"), true);
    refuses("$parse()", NOTHING);
    refuses("$parse('')", "D3137: Invalid JSON");
    refuses("$parse(null)", 'T0410: Argument 1 of function "parse" does not match function signature');
  });
});
