import assert from "node:assert/strict";
import fc from "fast-check";
import type { Json, JsonObject } from "../../../../local/json.ts";
import { replaceChance } from "../../../../local/stepfunctions/expressions/chance.ts";
import {
  checkJsonata,
  evaluateJsonata,
  fillJsonataTemplate,
  isJsonata,
  unexpectedResult,
} from "../../../../local/stepfunctions/expressions/jsonata.ts";
import { StatesError, type StatesVariable } from "../../../../local/stepfunctions/expressions/scope.ts";

const STATES: StatesVariable = {
  input: { name: "Ann", n: null, items: [3, 1, 2], proto: JSON.parse('{"__proto__":{"x":1}}') as Json },
  context: { Execution: { Name: "run" } },
  result: { code: 200 },
};

function evaluate(source: string, variables: JsonObject = {}): Json {
  return evaluateJsonata(`{% ${source} %}`, STATES, variables, "Output/v");
}

function failure(run: () => unknown): StatesError {
  try {
    run();
  } catch (problem) {
    if (problem instanceof StatesError) return problem;
    throw problem;
  }
  return assert.fail("it should have failed");
}

/** What AWS's cause says behind the expression and its field. */
function causeOf(source: string): string {
  const problem = failure(() => evaluate(source));
  const start = `The JSONata expression '${source}' specified for the field 'Output/v' `;
  assert.equal(problem.error, "States.QueryEvaluationError");
  assert.equal(problem.location, "Output/v");
  assert.ok(problem.cause.startsWith(start), problem.cause);
  return problem.cause.slice(start.length);
}

describe("isJsonata", () => {
  it("wants the whole text to be an expression", () => {
    for (const text of ["{% 1 %}", "{%1%}", "{%%}"]) assert.equal(isJsonata(text), true, text);
    for (const text of ["", "{% 1", "1 %}", " {% 1 %}", "a {% 1 %} b", "{%}"]) assert.equal(isJsonata(text), false, text);
  });
});

describe("evaluateJsonata", () => {
  it("reads $states and variables", () => {
    assert.equal(evaluate("'Hi ' & $states.input.name"), "Hi Ann");
    assert.equal(evaluate("$states.context.Execution.Name"), "run");
    assert.equal(evaluate("$states.result.code + $bonus.x", { bonus: { x: 5 } }), 205);
    assert.equal(evaluate("$states.input.n"), null);
    assert.deepEqual(evaluate("$sort($states.input.items)"), [1, 2, 3]);
    assert.deepEqual(evaluate("$map($states.input.items, function($i) { $i * 2 })"), [6, 2, 4]);
  });

  it("does not let a variable take the place of $states", () => {
    assert.equal(evaluate("$states.input.name", { states: { input: { name: "no" } } }), "Ann");
  });

  it("writes numbers that JSON cannot hold by their names, as AWS does", () => {
    assert.deepEqual(evaluate("[1/0, -1/0, {'n': 0/0}]"), ["Infinity", "-Infinity", { n: "NaN" }]);
  });

  it("gives values of its own, and takes nothing that is not data", () => {
    const items = evaluate("$states.input.items") as Json[];
    items.push(4);

    assert.deepEqual(evaluate("$states.input.items"), [3, 1, 2]);
    assert.equal(causeOf("$states.input.constructor"), "returned nothing (undefined).");
    assert.equal(JSON.stringify(evaluate("$states.input.proto")), '{"__proto__":{"x":1}}');
  });

  it("takes any data through unchanged", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const input = JSON.parse(JSON.stringify(value)) as Json;
        const states = { input, context: {} };
        fc.pre(!(Array.isArray(input) && input.length === 0));
        const found = evaluateJsonata("{% {'v': $states.input} %}", states, {}, "Output") as JsonObject;
        assert.equal(JSON.stringify(found.v), JSON.stringify(input));
      }),
    );
  });

  it("fails where there is no value, or none that is data", () => {
    assert.equal(causeOf("$doesNotExist"), "returned nothing (undefined).");
    assert.equal(causeOf("$states.input.missing.deep"), "returned nothing (undefined).");
    assert.equal(causeOf("$states.errorOutput"), "returned nothing (undefined).");
    assert.equal(causeOf("$fn := function($x){$x}"), "returned an unsupported result type.");
    assert.equal(causeOf("{'f': $sum}"), "returned an unsupported result type.");
  });

  it("fails with the code and message of the language", () => {
    assert.equal(causeOf("$randomSeeded(1)"), "threw an error during evaluation. T1006: Attempted to invoke a non-function");
    assert.equal(causeOf("$eval('1')"), "threw an error during evaluation. T1006: Attempted to invoke a non-function");
    assert.equal(
      causeOf("$sum('a')"),
      'threw an error during evaluation. T0412: Argument 1 of function "sum" must be an array of "numbers"',
    );
    assert.equal(causeOf("$error('no luck')"), "threw an error during evaluation. D3137: no luck");
    assert.equal(causeOf("1 +"), "threw an error during evaluation. S0207: Unexpected end of expression");
  });

  it("takes the time and chance it is given", () => {
    const undo = replaceChance({ now: () => 1_500_000_000_123, random: () => 0.25, uuid: () => "fixed" });

    assert.equal(evaluate("$now()"), "2017-07-14T02:40:00.123Z");
    assert.equal(evaluate("$millis()"), 1_500_000_000_123);
    assert.equal(evaluate("$random()"), 0.25);
    assert.equal(evaluate("$uuid()"), "fixed");
    undo();
  });
});

describe("unexpectedResult", () => {
  it("names the type expected, the type found and the value, in AWS's words", () => {
    const cause = (value: Json) => unexpectedResult("{% $x %}", value, "array", "Items").cause;

    assert.equal(
      cause({ foo: "bar" }),
      `The JSONata expression '$x' specified for the field 'Items' returned an unexpected result type. Expected 'array', but was 'object' for value: {"foo":"bar"}`,
    );
    assert.match(cause(null), /but was 'null' for value: null$/);
    assert.match(cause("string"), /but was 'string' for value: "string"$/);
  });
});

describe("fillJsonataTemplate", () => {
  it("replaces texts that are expressions at any depth and leaves all others alone", () => {
    const template: Json = {
      a: "{% $states.input.name %}",
      b: ["{% 1 + 1 %}", "plain", "Hello {% 1 %}", { c: "{% $v %}" }],
      "d.$": "$.x",
      n: null,
    };

    const filled = fillJsonataTemplate(template, STATES, { v: [1] }, "Output");

    assert.deepEqual(filled, { a: "Ann", b: [2, "plain", "Hello {% 1 %}", { c: [1] }], "d.$": "$.x", n: null });
    assert.equal(fillJsonataTemplate("{% false %}", STATES, {}, "Output"), false);
  });

  it("names the place of an expression that fails", () => {
    const place = (template: Json) => failure(() => fillJsonataTemplate(template, STATES, {}, "Output")).location;

    assert.equal(place("{% $no %}"), "Output");
    assert.equal(place({ a: { b: [1, ["{% $no %}"]] } }), "Output/a/b[1][0]");
  });
});

describe("checkJsonata", () => {
  it("answers any text with a problem or none, and never fails", () => {
    const piece = fc.constantFrom(
      "$x",
      "$",
      "(",
      ")",
      "[",
      "]",
      "{",
      "}",
      ":=",
      ":",
      "a",
      ".",
      "1",
      "'",
      "function",
      "~>",
      "?",
      "/",
      "%",
      "^(",
      "@$",
      "#$",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 10 }), (pieces) => {
        const problem = checkJsonata(`{% ${pieces.join("")} %}`);
        assert.ok(problem === undefined || problem.message.length > 0);
      }),
      { numRuns: 1_000 },
    );
  });

  it("takes expressions that read $states, variables and what lies under them", () => {
    for (const source of [
      "$states.input.items[value > 3]",
      "$x.y.z",
      "$sum($states.input.a.b)",
      "{'k': 1}",
      "$map($v, function($i){ $i.n })",
    ]) {
      assert.equal(checkJsonata(`{% ${source} %}`), undefined, source);
    }
  });

  it("refuses what cannot be parsed with the parser's message", () => {
    assert.deepEqual(checkJsonata("{% a[1,2) %}"), { code: "INVALID_JSONATA_EXPRESSION", message: 'Expected "]", got ","' });
  });

  it("refuses what reads a context that workflows do not have", () => {
    const message = (source: string) => checkJsonata(`{% ${source} %}`)?.message;

    assert.equal(message("phone"), "Reference to 'phone' at the top level is not supported.");
    assert.equal(message("$map($v, function($i){ b })"), "Reference to 'b' at the top level is not supported.");
    assert.equal(message("{'a': 1, 'b': c}"), "Reference to 'c' at the top level is not supported.");
    assert.equal(message("$ & 'x'"), "Reference to '$' at the top level is not supported.");
    assert.equal(message("$$.a"), "Reference to '$$' is not supported.");
  });
});
