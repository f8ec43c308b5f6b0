import assert from "node:assert/strict";
import type { Json } from "../../../../local/json.ts";
import { evaluateJsonata } from "../../../../local/stepfunctions/expressions/jsonata.ts";
import { StatesError } from "../../../../local/stepfunctions/expressions/scope.ts";

function evaluate(source: string): Json {
  return evaluateJsonata(source, { input: {}, context: {} }, {}, "Output");
}

function causeOf(source: string): string {
  try {
    evaluate(source);
  } catch (problem) {
    if (problem instanceof StatesError) return problem.cause.replace(/^.* specified for the field 'Output' /s, "");
    throw problem;
  }
  return assert.fail("it should have failed");
}

const MEMORY = "threw an error during evaluation: Expression evaluation memory limit exceeded: Check for excessive memory usage";
const TIMEOUT = "threw an error during evaluation: Expression evaluation timeout: Check for infinite loop";
const RECURSION = "($f := function($n) { $n <= 0 ? 0 : 1 + $f($n - 1) }; ";

describe("The JSONata sandbox", () => {
  it("cuts off an expression that does not end, and works on", () => {
    assert.equal(causeOf("($f := function($n) { $f($n + 1) }; $f(1))"), TIMEOUT);
    assert.equal(evaluate("1 + 1"), 2);
  });

  it("cuts off a pattern that tries too many ways", () => {
    assert.equal(causeOf(`$match("${"a".repeat(40)}!", /^(a+)+$/)`), TIMEOUT);
    assert.deepEqual(evaluate("$map([1, 2], function($i) { $i })"), [1, 2]);
  });

  it("nests as deep as AWS does, and no deeper", () => {
    const sum = (terms: number) => Array.from({ length: terms }, () => "1").join("+");

    assert.equal(evaluate(sum(100)), 100);
    assert.equal(evaluate(`${RECURSION} $f(31))`), 31);
    for (const tooDeep of [sum(101), `${RECURSION} $f(32))`]) {
      assert.equal(
        causeOf(tooDeep),
        "threw an error during evaluation: Stack overflow error: Check for non-terminating recursive function. Consider rewriting as tail-recursive",
      );
    }
  });

  it("holds values as large as AWS does, and none larger", () => {
    assert.equal(evaluate("$count([1..873782])"), 873_782);
    assert.equal(evaluate("$count($range(1, 360145, 1))"), 360_145);
    const tooLarge = ["$count([1..873783])", "$count($range(1, 360146, 1))", "$range(1, 1e12, 1)", "$pad('x', 100000000)"];
    const doubled = (times: number) => `$reduce([1..${times}], function($text, $i) { $text & $text }, 'x')`;
    const doubling = doubled(40);
    const many = `($text := ${doubled(22)}; $map([1..1000], function($i) { $text & 'x' }))`;
    for (const source of [...tooLarge, many, doubling]) assert.equal(causeOf(source), MEMORY, source);
  });

  it("pads as the library does", () => {
    assert.equal(evaluate("$pad('foo', 5)"), "foo  ");
    assert.equal(evaluate("$pad('foo', -8, '#-')"), "#-#-#foo");
    assert.equal(evaluate("$pad('foobar', 3)"), "foobar");
  });
});
