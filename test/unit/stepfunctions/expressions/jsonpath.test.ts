import assert from "node:assert/strict";
import fc from "fast-check";
import type { Json, JsonObject } from "../../../../local/json.ts";
import { checkPath, checkReferencePath, findPath, readPath } from "../../../../local/stepfunctions/expressions/jsonpath.ts";
import { type Scope, StatesError } from "../../../../local/stepfunctions/expressions/scope.ts";

const SHOP: Json = {
  books: [
    { title: "A", price: 8, tags: ["x", "y"] },
    { title: "B", price: 12, isbn: "1" },
    { title: "C", price: 23, isbn: "2" },
  ],
  bicycle: { color: "red", price: 20 },
  "odd name": { "it's": 1, 'a\\"b': 2 },
  none: null,
};

function scopeOf(input: Json, more: Partial<Scope> = {}): Scope {
  return { input, context: {}, variables: {}, ...more };
}

function read(path: string, input: Json = SHOP): Json {
  return readPath(path, scopeOf(input), "value.$");
}

function failure(run: () => unknown): { error: string; cause: string } {
  try {
    run();
  } catch (problem) {
    if (problem instanceof StatesError) return { error: problem.error, cause: problem.cause };
    throw problem;
  }
  return assert.fail("it should have failed");
}

describe("readPath", () => {
  it("gives the one value a definite path names", () => {
    assert.deepEqual(read("$"), SHOP);
    assert.equal(read("$.bicycle.color"), "red");
    assert.equal(read("$['bicycle'][\"color\"]"), "red");
    assert.equal(read("$.books[0].title"), "A");
    assert.equal(read("$.books[-1].title"), "C");
    assert.equal(read("$.books[0].tags[1]"), "y");
    assert.equal(read("$.none"), null);
  });

  it("takes any name in brackets, with a backslash only before the quote itself", () => {
    assert.equal(read("$['odd name']['it\\'s']"), 1);
    assert.equal(read("$['odd name']['a\\\"b']"), 2);
    assert.equal(read("$.delivery-partner", { "delivery-partner": 1 }), 1);
    assert.equal(read("$.__proto__", JSON.parse('{"__proto__":5}')), 5);
  });

  it("gives a list wherever a path may name several values, however many there are", () => {
    assert.deepEqual(read("$.books[*].title"), ["A", "B", "C"]);
    assert.deepEqual(read("$.books[0,2].title"), ["A", "C"]);
    assert.deepEqual(read("$.books[0:1].title"), ["A"]);
    assert.deepEqual(read("$..price"), [8, 12, 23, 20]);
    assert.deepEqual(read("$.bicycle.*"), ["red", 20]);
    assert.deepEqual(read("$.books[?(@.price > 100)]"), []);
    assert.deepEqual(read("$..[0].title"), ["A"]);
  });

  it("slices as the library behind AWS does", () => {
    const numbers = [0, 1, 2, 3, 4];
    assert.deepEqual(read("$[1:3]", numbers), [1, 2]);
    assert.deepEqual(read("$[3:]", numbers), [3, 4]);
    assert.deepEqual(read("$[:2]", numbers), [0, 1]);
    assert.deepEqual(read("$[-2:]", numbers), [3, 4]);
    assert.deepEqual(read("$[:-3]", numbers), [0, 1]);
    assert.deepEqual(read("$[-3:-1]", numbers), [2, 3]);
    assert.deepEqual(read("$[1:-1]", numbers), []);
    assert.deepEqual(read("$[0:4:2]", numbers), [0, 1, 2, 3]);
  });

  it("gives an empty list where a path that may name several finds nothing on the way", () => {
    for (const path of ["$[*]", "$.items[*]", "$.items[1:]", "$.item.items[:1]", "$.items[1:5].itemValue", "$.items[*].itemValue"]) {
      assert.deepEqual(read(path, {}), [], path);
    }
  });

  it("picks several members of an object into one", () => {
    assert.deepEqual(read("$.bicycle['color','price']"), { color: "red", price: 20 });
    assert.deepEqual(read("$.bicycle['color','weight']"), { color: "red" });
    assert.deepEqual(read("$.books[1:]['title','isbn']"), [
      { title: "B", isbn: "1" },
      { title: "C", isbn: "2" },
    ]);
    assert.deepEqual(read("$['a','b'].x", { a: { x: 1 }, b: { x: 2 } }), [1, 2]);
  });

  it("computes with the functions a path may end in", () => {
    assert.equal(read("$.books.length()"), 3);
    assert.equal(read("$..price.sum()"), 63);
    assert.equal(read("$.books[*].length()"), 3);
    assert.deepEqual(read("$.n.max()", { n: [1, 5, 3] }), 5);
    assert.deepEqual(read("$.n.min()", { n: [4, 5, 3] }), 3);
    assert.deepEqual(read("$.n.avg()", { n: [1, 2, 6] }), 3);
    assert.deepEqual(read("$.bicycle.keys()"), ["color", "price"]);
  });

  it("reads the context object and variables", () => {
    const scope = scopeOf({ a: 1 }, { context: { State: { Name: "S" } }, variables: { x: { y: [7] } } });

    assert.equal(readPath("$$.State.Name", scope, "f.$"), "S");
    assert.deepEqual(readPath("$$", scope, "InputPath"), { State: { Name: "S" } });
    assert.equal(readPath("$x.y[0]", scope, "f.$"), 7);
    assert.deepEqual(readPath("$x", scope, "f.$"), { y: [7] });
  });

  it("reads a place past the end of a list as null, as AWS does in templates", () => {
    assert.equal(read("$.books[5]"), null);
    assert.equal(read("$.books[-9]"), null);
  });

  it("gives copies, so that a change of the result does not reach the input", () => {
    const input = { list: [{ a: 1 }] };

    const value = read("$.list", input) as JsonObject[];
    Object.assign(value[0] ?? {}, { a: 2 });

    assert.deepEqual(input, { list: [{ a: 1 }] });
  });

  it("fails in AWS's words for the member of a template, ErrorPath and CausePath", () => {
    assert.deepEqual(
      failure(() => readPath("$.x", scopeOf({ a: 1 }), "value.$")),
      {
        error: "States.Runtime",
        cause: `The JSONPath '$.x' specified for the field 'value.$' could not be found in the input '{"a":1}'`,
      },
    );
    assert.deepEqual(
      failure(() => readPath("$$.Execution.Nope", scopeOf({}, { context: { Execution: {} } }), "ErrorPath")),
      {
        error: "States.Runtime",
        cause: `The JSONPath '$$.Execution.Nope' specified for the field 'ErrorPath' could not be found in the input '{"Execution":{}}'`,
      },
    );
  });

  it("fails in the words of AWS's path library for InputPath and its like", () => {
    const cause = (path: string, input: Json) => failure(() => readPath(path, scopeOf(input), "InputPath")).cause;

    assert.equal(cause("$.no", {}), "Invalid path '$.no' : No results for path: $['no']");
    assert.equal(cause("$.no.such.path", {}), "Invalid path '$.no.such.path' : Missing property in path $['no']");
    assert.equal(
      cause("$.a.b", { a: "text" }),
      "Invalid path '$.a.b' : Expected to find an object with property ['b'] in path $['a'] but found 'com.fasterxml.jackson.databind.node.TextNode'. This is not a json object according to the JsonProvider: 'com.jayway.jsonpath.spi.json.JacksonJsonNodeJsonProvider'.",
    );
    assert.equal(cause("$.a[0]", { a: 1 }), "Invalid path '$.a[0]' : Filter: [0] can only be applied to arrays. Current context is: 1");
  });

  it("fails in AWS's words for SecondsPath, TimestampPath and ItemsPath", () => {
    const fail = (path: string, field: string) => failure(() => readPath(path, scopeOf({ a: 1 }), field));

    assert.equal(fail("$.wait", "SecondsPath").cause, "The SecondsPath parameter does not reference an input value: $.wait");
    assert.equal(fail("$.wait", "TimestampPath").cause, "The TimestampPath parameter does not reference an input value: $.wait");
    assert.deepEqual(fail("$.items", "ItemsPath"), {
      error: "States.ReferencePathConflict",
      cause: `Unable to apply step "items" to input {"a":1}`,
    });
  });

  it("reads back any value put at any place", () => {
    const names = fc.array(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(names, fc.jsonValue(), (steps, value) => {
        const plain = JSON.parse(JSON.stringify(value)) as Json;
        const input = steps.reduceRight<Json>((inner, name) => JSON.parse(`{${JSON.stringify(name)}:${JSON.stringify(inner)}}`), plain);
        fc.pre(steps.every((name) => !name.includes("\\")));
        const path = `$${steps.map((name) => `['${name.replaceAll("'", "\\'")}']`).join("")}`;
        assert.deepEqual(JSON.parse(JSON.stringify(read(path, input))), plain);
      }),
    );
  });
});

describe("Any text", () => {
  const piece = fc.constantFrom(
    "$",
    "@",
    ".",
    "..",
    "[",
    "]",
    "'",
    '"',
    "*",
    "?(",
    ")",
    "0",
    "-1",
    ":",
    ",",
    "a",
    "b c",
    "==",
    "&&",
    "/",
    "\\",
  );
  const text = fc.array(piece, { maxLength: 12 }).map((pieces) => `$${pieces.join("")}`);

  it("is a path that can be followed, or is refused with a reason", () => {
    fc.assert(
      fc.property(text, (path) => {
        if (checkPath(path) !== undefined) return;
        const found = findPath(path, scopeOf(SHOP));
        assert.equal(checkReferencePath(path) === undefined || found === undefined || JSON.stringify(found) !== undefined, true);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe("findPath", () => {
  it("tells what is there from what is not", () => {
    const scope = scopeOf({ a: null, list: [1] });

    assert.equal(findPath("$.a", scope), null);
    assert.equal(findPath("$.b", scope), undefined);
    assert.equal(findPath("$.a.b", scope), undefined);
    assert.equal(findPath("$.list[1]", scope), undefined);
    assert.equal(findPath("$nope", scope), undefined);
    assert.equal(findPath("$.constructor", scope), undefined);
  });
});

describe("checkPath", () => {
  it("takes every form of path AWS takes", () => {
    const paths = ["$", "$$", "$$.Execution.Id", "$x", "$x.y", "$.a[0,1]", "$.a[1:]", "$..a", "$.a.*", "$.[?(@.a)]", "$.a.length()"];
    for (const path of paths) assert.equal(checkPath(path), undefined, path);
  });

  it("says why a text is no path", () => {
    for (const path of [
      "",
      "a.b",
      "@.a",
      "$.a[?(@.b == $$.c)]",
      "$.a[?(@.b == $c)]",
      "$.",
      "$.a.",
      "$.a[",
      "$.a[]",
      "$.a[x]",
      "$.a b",
      "$.a.nope()",
      "$['a",
      "$[:]",
      "$.a[?(@.b ==)]",
    ]) {
      assert.equal(typeof checkPath(path), "string", path);
    }
  });
});

describe("checkReferencePath", () => {
  it("takes only what names one place", () => {
    for (const path of ["$", "$.a", "$.a[0].b", "$['a']['b']", "$x.y"]) assert.equal(checkReferencePath(path), undefined, path);
    for (const path of ["$.a[*]", "$..a", "$.a[0,1]", "$.a[0:1]", "$.a[?(@.b)]", "$.a.length()", "$.a["]) {
      assert.equal(typeof checkReferencePath(path), "string", path);
    }
  });
});
