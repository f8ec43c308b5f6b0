import assert from "node:assert/strict";
import fc from "fast-check";
import { applyUpdate } from "../../../local/dynamodb/expressions/apply.ts";
import { project } from "../../../local/dynamodb/expressions/paths.ts";
import { Placeholders } from "../../../local/dynamodb/expressions/placeholders.ts";
import { projectionOf, updateOf } from "../../../local/dynamodb/expressions/request.ts";
import type { AttributeValue, Item } from "../../../local/dynamodb/value.ts";
import { AwsError } from "../../../local/errors.ts";
import type { JsonObject } from "../../../local/json.ts";

const VALUES: JsonObject = {
  ":n": { N: "1" },
  ":big": { N: "5" },
  ":s": { S: "x" },
  ":l": { L: [{ S: "new" }] },
  ":ss": { SS: ["b", "c"] },
  ":ns": { NS: ["1", "3.0"] },
  ":m": { M: { a: { N: "1" } } },
};

function numbers(...members: number[]): AttributeValue {
  return { L: members.map((member) => ({ N: String(member) })) };
}

function input(expression: string, names: JsonObject = {}): JsonObject {
  const used = Object.entries(VALUES).filter(([key]) => new RegExp(`${key}(?![a-z])`).test(expression));
  const built: JsonObject = { UpdateExpression: expression };
  if (used.length > 0) built.ExpressionAttributeValues = Object.fromEntries(used);
  if (Object.keys(names).length > 0) built.ExpressionAttributeNames = names;
  return built;
}

function updated(item: Item, expression: string, names?: JsonObject): Item {
  const request = input(expression, names);
  return applyUpdate(updateOf(request, new Placeholders(request)), item);
}

function refusal(expression: string, item: Item = {}, names?: JsonObject): string {
  try {
    updated(item, expression, names);
  } catch (error) {
    assert.ok(error instanceof AwsError, String(error));
    assert.equal(error.code, "ValidationException");
    return error.message.replace("Invalid UpdateExpression: ", "");
  }
  return assert.fail(`${expression} was not refused`);
}

describe("an update expression", () => {
  const results: [string, Item, Item][] = [
    ["SET a = :n", {}, { a: { N: "1" } }],
    ["SET a = :s, b = :n", { a: { N: "1" } }, { a: { S: "x" }, b: { N: "1" } }],
    ["set a = b", { b: { S: "y" } }, { a: { S: "y" }, b: { S: "y" } }],
    ["SET a = b, b = a", { a: { N: "1" }, b: { N: "2" } }, { a: { N: "2" }, b: { N: "1" } }],
    ["SET a = a + :big", { a: { N: "37" } }, { a: { N: "42" } }],
    ["SET a = :big - a", { a: { N: "0.5" } }, { a: { N: "4.5" } }],
    ["SET a = (a + :big)", { a: { N: "1" } }, { a: { N: "6" } }],
    ["SET a = if_not_exists(a, :n) + :big", {}, { a: { N: "6" } }],
    ["SET a = if_not_exists(a, :n)", { a: { S: "kept" } }, { a: { S: "kept" } }],
    ["SET a = list_append(a, :l)", { a: numbers(1) }, { a: { L: [{ N: "1" }, { S: "new" }] } }],
    ["SET a = list_append(:l, a)", { a: numbers(1) }, { a: { L: [{ S: "new" }, { N: "1" }] } }],
    ["SET a = list_append(if_not_exists(a, :l), :l)", {}, { a: { L: [{ S: "new" }, { S: "new" }] } }],
    ["SET m.b = :n", { m: { M: { a: { S: "kept" } } } }, { m: { M: { a: { S: "kept" }, b: { N: "1" } } } }],
    ["SET a[1] = :s", { a: numbers(1, 2, 3) }, { a: { L: [{ N: "1" }, { S: "x" }, { N: "3" }] } }],
    ["SET a[7] = :s", { a: numbers(1) }, { a: { L: [{ N: "1" }, { S: "x" }] } }],
    ["SET a[9] = :s, a[5] = :n", { a: numbers(0) }, { a: { L: [{ N: "0" }, { N: "1" }, { S: "x" }] } }],
    ["SET a[0].b = :n", { a: { L: [{ M: {} }] } }, { a: { L: [{ M: { b: { N: "1" } } }] } }],
    ["REMOVE a, missed", { a: { N: "1" }, b: { N: "2" } }, { b: { N: "2" } }],
    ["REMOVE m.a", { m: { M: { a: { N: "1" }, b: { N: "2" } } } }, { m: { M: { b: { N: "2" } } } }],
    ["REMOVE a[0], a[2]", { a: numbers(1, 2, 3, 4) }, { a: numbers(2, 4) }],
    ["REMOVE a[2], a[0], a[1]", { a: numbers(1, 2, 3, 4) }, { a: numbers(4) }],
    ["REMOVE a[10], a[2]", { a: numbers(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10) }, { a: numbers(0, 1, 3, 4, 5, 6, 7, 8, 9) }],
    ["REMOVE a[0], a[1].b", { a: { L: [{ N: "1" }, { M: { b: { N: "2" } } }] } }, { a: { L: [{ M: {} }] } }],
    ["REMOVE a[5]", { a: numbers(1) }, { a: numbers(1) }],
    ["SET a[2] = :s REMOVE a[0]", { a: numbers(1, 2, 3) }, { a: { L: [{ N: "2" }, { S: "x" }] } }],
    ["SET a[5] = :s REMOVE a[1]", { a: numbers(1) }, { a: { L: [{ N: "1" }, { S: "x" }] } }],
    ["ADD a :big", {}, { a: { N: "5" } }],
    ["ADD a :big", { a: { N: "-5" } }, { a: { N: "0" } }],
    ["ADD a :ss", { a: { SS: ["a", "b"] } }, { a: { SS: ["a", "b", "c"] } }],
    ["ADD a :ns", { a: { NS: ["2", "3"] } }, { a: { NS: ["2", "3", "1"] } }],
    ["ADD m.c :n", { m: { M: {} } }, { m: { M: { c: { N: "1" } } } }],
    ["DELETE a :ss", { a: { SS: ["a", "b"] } }, { a: { SS: ["a"] } }],
    ["DELETE a :ss", { a: { SS: ["c", "b"] }, z: { N: "1" } }, { z: { N: "1" } }],
    ["DELETE a :ss", {}, {}],
    [
      "REMOVE a ADD n :n SET b = :s DELETE t :ss",
      { a: { N: "1" }, t: { SS: ["b", "z"] } },
      { t: { SS: ["z"] }, b: { S: "x" }, n: { N: "1" } },
    ],
  ];
  for (const [expression, before, after] of results) {
    it(`${expression} makes ${JSON.stringify(before)} into ${JSON.stringify(after)}`, () => {
      // Prepare
      const original = structuredClone(before);
      // Act
      const result = updated(before, expression);
      // Assess
      assert.deepEqual(result, after);
      assert.deepEqual(before, original, "the item as it was is not touched");
    });
  }

  it("takes names by placeholders, and these as they are", () => {
    assert.deepEqual(updated({}, "SET #a = :n, #b = :s", { "#a": "a.b[0]", "#b": "status" }), { "a.b[0]": { N: "1" }, status: { S: "x" } });
  });

  const mistakes: [string, string][] = [
    ["", "The expression can not be empty;"],
    ["whatever", 'Syntax error; token: "whatever", near: "whatever"'],
    ["SET", 'Syntax error; token: "<EOF>", near: "SET"'],
    ["SET a", 'Syntax error; token: "<EOF>", near: "a"'],
    ["SET a = VALUE_1 1", 'Syntax error; token: "1", near: "VALUE_1 1"'],
    ["SET a = b / c", 'Syntax error; token: "/", near: "b /"'],
    ["SET a = b + c + d", 'Syntax error; token: "+", near: "c + d"'],
    ["SET a = set", 'Syntax error; token: "set", near: "= set"'],
    ["SET :n = b", 'Syntax error; token: ":n", near: "SET :n ="'],
    ["ADD a b", 'Syntax error; token: "b", near: "a b"'],
    ["REMOVE a = b", 'Syntax error; token: "=", near: "a = b"'],
    ["SET a = :n,", 'Syntax error; token: "<EOF>", near: ","'],
    ["SET a = if_not_exist(a, :n)", "Invalid function name; function: if_not_exist"],
    ["REMOVE Absolute", "Attribute name is a reserved keyword; reserved keyword: Absolute"],
    ["SET a = :n SET b = :n", 'The "SET" section can only be used once in an update expression;'],
    ["SET #a = :n", "An expression attribute name used in the document path is not defined; attribute name: #a"],
    ["SET a = :nope", "An expression attribute value used in expression is not defined; attribute value: :nope"],
    [
      "SET a = :n, a.b = :n",
      "Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [a], path two: [a, b]",
    ],
    [
      "SET a = :n REMOVE a",
      "Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [a], path two: [a]",
    ],
    [
      "REMOVE a.c SET a[1] = d",
      "Two document paths conflict with each other; must remove or rewrite one of these paths; path one: [a, c], path two: [a, [1]]",
    ],
    ["ADD a :s", "Incorrect operand type for operator or function; operator: ADD, operand type: STRING"],
    ["ADD a :m", "Incorrect operand type for operator or function; operator: ADD, operand type: MAP"],
    ["DELETE a :n", "Incorrect operand type for operator or function; operator: DELETE, operand type: NUMBER"],
    ["SET a = a + :s", "Incorrect operand type for operator or function; operator or function: +, operand type: S"],
    ["SET a = :l - a", "Incorrect operand type for operator or function; operator or function: -, operand type: L"],
    ["SET a = list_append(a, :n)", "Incorrect operand type for operator or function; operator or function: list_append, operand type: N"],
    [
      "SET a = list_append(a)",
      "Incorrect number of operands for operator or function; operator or function: list_append, number of operands: 1",
    ],
    ["SET a = if_not_exists(:n, a)", "Operator or function requires a document path; operator or function: if_not_exists"],
  ];
  for (const [expression, message] of mistakes) {
    it(`is refused: ${expression || "(nothing)"}`, () => assert.equal(refusal(expression), message));
  }

  const unfit: [string, Item, string][] = [
    ["SET a = b", {}, "The provided expression refers to an attribute that does not exist in the item"],
    ["SET a = a + :n", {}, "The provided expression refers to an attribute that does not exist in the item"],
    ["SET a = a + :n", { a: { S: "1" } }, "An operand in the update expression has an incorrect data type"],
    ["SET a = list_append(a, :l)", { a: { S: "1" } }, "An operand in the update expression has an incorrect data type"],
    ["ADD a :n", { a: { S: "1" } }, "An operand in the update expression has an incorrect data type"],
    ["ADD a :ss", { a: { NS: ["1"] } }, "An operand in the update expression has an incorrect data type"],
    ["DELETE a :ss", { a: { L: [] } }, "An operand in the update expression has an incorrect data type"],
    ["SET m.a.b = :n", { m: { M: {} } }, "The document path provided in the update expression is invalid for update"],
    ["SET m.a = :n", {}, "The document path provided in the update expression is invalid for update"],
    ["SET m[0] = :n", { m: { M: {} } }, "The document path provided in the update expression is invalid for update"],
    ["REMOVE m.a.b", { m: { M: {} } }, "The document path provided in the update expression is invalid for update"],
  ];
  for (const [expression, item, message] of unfit) {
    it(`does not fit ${JSON.stringify(item)}: ${expression}`, () => assert.equal(refusal(expression, item), message));
  }

  it("removes any members of a list as if each were counted in the list as it was", () => {
    const gone = fc.uniqueArray(fc.nat(20), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(fc.nat(18), gone, (length, indexes) => {
        // Prepare
        const members = Array.from({ length }, (_, index) => index);
        // Act
        const result = updated({ a: numbers(...members) }, `REMOVE ${indexes.map((index) => `a[${index}]`).join(", ")}`);
        // Assess
        assert.deepEqual(result, { a: numbers(...members.filter((index) => !indexes.includes(index))) });
      }),
    );
  });

  it("is parsed or refused as AWS does, whatever its text: nothing else is thrown", () => {
    const word = fc.constantFrom("SET", "REMOVE", "ADD", "DELETE", "a", "b", ":n", ":ss", "#x", ":nope", "if_not_exists", "list_append");
    const sign = fc.constantFrom("=", "+", "-", "(", ")", "[", "]", "0", ".", ",", "status", "'", "☃");
    fc.assert(
      fc.property(fc.array(fc.oneof(word, sign), { maxLength: 16 }), fc.string(), (words, noise) => {
        for (const expression of [`SET ${words.join(" ")}`, `${words.join("")}${noise}`]) {
          try {
            updated({ a: numbers(1, 2) }, expression);
          } catch (error) {
            assert.ok(error instanceof AwsError && error.code === "ValidationException", `${expression}: ${String(error)}`);
          }
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe("a projection", () => {
  const item: Item = {
    a: { N: "1" },
    l: numbers(0, 1, 2, 3),
    m: { M: { x: { S: "1" }, y: { L: [{ M: { z: { S: "2" }, w: { S: "3" } } }] } } },
  };

  function projected(expression: string): Item {
    const request = { ProjectionExpression: expression };
    return project(item, projectionOf(request, new Placeholders(request)) ?? []);
  }

  it("shows the parts that lie on its paths, list members in their order", () => {
    assert.deepEqual(projected("a, unknown_one"), { a: { N: "1" } });
    assert.deepEqual(projected("l[2], l[0], l[9]"), { l: numbers(0, 2) });
    assert.deepEqual(projected("m.y[0].z, m.x"), { m: { M: { y: { L: [{ M: { z: { S: "2" } } }] }, x: { S: "1" } } } });
    assert.deepEqual(projected("m.none_such, a.b"), {});
  });

  it("is refused where paths overlap or its text is wrong", () => {
    const overlap =
      "Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [m], path two: [m, x]";
    for (const [expression, message] of [
      ["m, m.x", overlap],
      ["a b", 'Syntax error; token: "b", near: "a b"'],
      ["a,", 'Syntax error; token: "<EOF>", near: ","'],
      ["", "The expression can not be empty;"],
      ["a-b", 'Syntax error; token: "-", near: "a-b"'],
    ]) {
      assert.throws(() => projected(expression ?? ""), {
        code: "ValidationException",
        message: `Invalid ProjectionExpression: ${message}`,
      });
    }
  });
});
