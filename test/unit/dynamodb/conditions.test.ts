import assert from "node:assert/strict";
import fc from "fast-check";
import { matches } from "../../../local/dynamodb/expressions/matches.ts";
import { Placeholders } from "../../../local/dynamodb/expressions/placeholders.ts";
import { conditionOf } from "../../../local/dynamodb/expressions/request.ts";
import type { Item } from "../../../local/dynamodb/value.ts";
import { AwsError } from "../../../local/errors.ts";
import type { JsonObject } from "../../../local/json.ts";

const ITEM: Item = {
  title: { S: "hello" },
  same: { S: "hello" },
  amount: { N: "10" },
  flag: { BOOL: true },
  bytes: { B: "AQID" },
  nothing: { NULL: true },
  words: { SS: ["a", "b"] },
  numbers: { NS: ["1", "2"] },
  blobs: { BS: ["AQ=="] },
  listing: { L: [{ S: "x" }, { M: { deep: { N: "5" } } }] },
  tree: { M: { branch: { M: { leaf: { S: "green" } } } } },
};

const NAMES = { "#t": "title", "#s": "status", "#d": "a.b" };
const VALUES: JsonObject = {
  ":hello": { S: "hello" },
  ":he": { S: "he" },
  ":zebra": { S: "zebra" },
  ":five": { N: "5" },
  ":ten": { N: "1e1" },
  ":twenty": { N: "20" },
  ":true": { BOOL: true },
  ":bytes": { B: "AQI=" },
  ":a": { S: "a" },
  ":one": { N: "1.0" },
  ":blob": { B: "AQ==" },
  ":ba": { SS: ["b", "a"] },
  ":N": { S: "N" },
  ":bad": { S: "X" },
  ":list": { L: [] },
};

/** Only the placeholders that the expression mentions are given, since AWS refuses the others. */
function request(expression: string): JsonObject {
  const used = (all: JsonObject) => Object.entries(all).filter(([key]) => new RegExp(`${key}(?![a-zA-Z0-9_])`).test(expression));
  const input: JsonObject = { ConditionExpression: expression };
  if (used(NAMES).length > 0) input.ExpressionAttributeNames = Object.fromEntries(used(NAMES));
  if (used(VALUES).length > 0) input.ExpressionAttributeValues = Object.fromEntries(used(VALUES));
  return input;
}

function holds(expression: string, item: Item = ITEM): boolean {
  const input = request(expression);
  const placeholders = new Placeholders(input);
  const condition = conditionOf(input, "ConditionExpression", placeholders);
  placeholders.checkAllUsed();
  assert.ok(condition !== undefined);
  return matches(condition, item);
}

function refusal(expression: string): string {
  try {
    holds(expression);
  } catch (error) {
    assert.ok(error instanceof AwsError, String(error));
    assert.equal(error.code, "ValidationException");
    return error.message.replace("Invalid ConditionExpression: ", "");
  }
  return assert.fail(`${expression} was not refused`);
}

describe("a condition", () => {
  const truths: [string, boolean][] = [
    ["#t = :hello", true],
    ["title = same", true],
    ["title <> :hello", false],
    ["absent <> :hello", true],
    ["absent = :hello", false],
    ["title = :five", false],
    ["amount = :ten", true],
    ["amount < :twenty", true],
    ["amount <= :ten", true],
    ["amount > :five", true],
    ["amount >= :twenty", false],
    [":five < amount", true],
    ["title < :zebra", true],
    ["title > :five", false],
    ["absent < :five", false],
    ["words = :ba", true],
    ["flag = :true", true],
    ["amount BETWEEN :five AND :twenty", true],
    ["amount between :ten and :ten", true],
    ["amount BETWEEN :twenty AND :twenty", false],
    ["absent BETWEEN :five AND :ten", false],
    ["amount IN (:five, :ten)", true],
    ["amount IN (:five)", false],
    ["attribute_exists(title)", true],
    ["attribute_exists(tree.branch.leaf)", true],
    ["attribute_exists(listing[1].deep)", true],
    ["attribute_exists(listing[2])", false],
    ["attribute_exists(title.branch)", false],
    ["attribute_exists(#d)", false],
    ["attribute_not_exists(absent)", true],
    ["attribute_not_exists(nothing)", false],
    ["attribute_type(amount, :N)", true],
    ["attribute_type(title, :N)", false],
    ["begins_with(title, :he)", true],
    ["begins_with(title, :zebra)", false],
    ["begins_with(bytes, :bytes)", true],
    ["begins_with(amount, :he)", false],
    ["contains(title, :he)", true],
    ["contains(words, :a)", true],
    ["contains(words, :he)", false],
    ["contains(numbers, :one)", true],
    ["contains(blobs, :blob)", true],
    ["contains(bytes, :blob)", true],
    ["contains(listing, :a)", false],
    ["contains(title, :five)", false],
    ["size(title) = :five", true],
    ["size(words) < :five", true],
    ["size(bytes) < :five", true],
    ["size(listing) < size(title)", true],
    ["size(tree) = :one", true],
    ["size(amount) < :twenty", false],
    ["size(absent) < :five", false],
    ["NOT amount = :five", true],
    ["NOT absent = :five", true],
    ["NOT amount = :ten OR title = :hello", true],
    ["NOT (amount = :ten OR title = :hello)", false],
    ["amount = :five AND title = :hello OR flag = :true", true],
    ["amount = :five AND (title = :hello OR flag = :true)", false],
    ["flag = :true OR title = :zebra AND amount = :five", true],
    ["(amount) = :ten", true],
    ["tree . branch . leaf = :a", false],
  ];
  for (const [expression, expected] of truths) {
    it(`${expected ? "holds" : "does not hold"}: ${expression}`, () => assert.equal(holds(expression), expected));
  }

  it("looks at an item that is not there as at one without attributes", () => {
    assert.equal(holds("attribute_not_exists(title)", {}), true);
  });

  const mistakes: [string, string][] = [
    ["", "The expression can not be empty;"],
    ["  ", "The expression can not be empty;"],
    ["title", 'Syntax error; token: "<EOF>", near: "title"'],
    ["title =", 'Syntax error; token: "<EOF>", near: "="'],
    ["title = = :a", 'Syntax error; token: "=", near: "= = :a"'],
    ["title == :a", 'Syntax error; token: "=", near: "== :a"'],
    ["(title = :a", 'Syntax error; token: "<EOF>", near: ":a"'],
    ["title = :a)", 'Syntax error; token: ")", near: ":a)"'],
    ["title = {", 'Syntax error; token: "{", near: "= {"'],
    ["title = 5", 'Syntax error; token: "5", near: "= 5"'],
    ["_text = :a", 'Syntax error; token: "_", near: "_"'],
    ["title = :a title", 'Syntax error; token: "title", near: ":a title"'],
    ["amount BETWEEN :five :ten", 'Syntax error; token: ":ten", near: ":five :ten"'],
    ["amount IN :five", 'Syntax error; token: ":five", near: "IN :five"'],
    ["listing[a] = :a", 'Syntax error; token: "a", near: "[a]"'],
    ["title AND flag = :true", 'Syntax error; token: "AND", near: "title AND flag"'],
    ["((title = :hello))", "The expression has redundant parentheses;"],
    ["exists(title)", "Invalid function name; function: exists"],
    ["size(title)", "The function is not allowed to be used this way in an expression; function: size"],
    ["contains(title, :a) = :true", "The function is not allowed to be used this way in an expression; function: contains"],
    ["status = :a", "Attribute name is a reserved keyword; reserved keyword: status"],
    ["tree.Status = :a", "Attribute name is a reserved keyword; reserved keyword: Status"],
    ["#nope = :a", "An expression attribute name used in the document path is not defined; attribute name: #nope"],
    ["title = :nope", "An expression attribute value used in expression is not defined; attribute value: :nope"],
    [
      "attribute_exists(title, same)",
      "Incorrect number of operands for operator or function; operator or function: attribute_exists, number of operands: 2",
    ],
    [
      "begins_with(title)",
      "Incorrect number of operands for operator or function; operator or function: begins_with, number of operands: 1",
    ],
    ["attribute_exists(:a)", "Operator or function requires a document path; operator or function: attribute_exists"],
    ["begins_with(title, :five)", "Incorrect operand type for operator or function; operator or function: begins_with, operand type: N"],
    [
      "attribute_type(title, :five)",
      "Incorrect operand type for operator or function; operator or function: attribute_type, operand type: N",
    ],
    [
      "attribute_type(title, same)",
      "Incorrect operand type for operator or function; operator or function: attribute_type, operand type: {NS,SS,L,BS,N,M,B,BOOL,NULL,S}",
    ],
    ["attribute_type(title, :bad)", "Invalid attribute type name found; type: X, valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}"],
    ["size(:five) = :five", "Incorrect operand type for operator or function; operator or function: size, operand type: N"],
    ["listing < :list", "Incorrect operand type for operator or function; operator: <, operand type: L"],
    [
      "title = title",
      "The first operand must be distinct from the remaining operands for this operator or function; operator: =, first operand: [title]",
    ],
    [
      "amount BETWEEN :twenty AND :five",
      "The BETWEEN operator requires upper bound to be greater than or equal to lower bound; lower bound operand: AttributeValue: {N:20}, upper bound operand: AttributeValue: {N:5}",
    ],
    [
      "amount BETWEEN :five AND :a",
      "The BETWEEN operator requires same data type for lower and upper bounds; lower bound operand: AttributeValue: {N:5}, upper bound operand: AttributeValue: {S:a}",
    ],
  ];
  for (const [expression, message] of mistakes) {
    it(`is refused: ${expression || "(nothing)"}`, () => assert.equal(refusal(expression), message));
  }

  it("is refused with placeholders that no expression uses", () => {
    const names = { ConditionExpression: "a = b", ExpressionAttributeNames: { "#x": "x", "#y": "y" } };
    const values = { ConditionExpression: "a = b", ExpressionAttributeValues: { ":x": { S: "x" } } };
    for (const [input, message] of [
      [names, "Value provided in ExpressionAttributeNames unused in expressions: keys: {#x, #y}"],
      [values, "Value provided in ExpressionAttributeValues unused in expressions: keys: {:x}"],
    ] as const) {
      const placeholders = new Placeholders(input);
      conditionOf(input, "ConditionExpression", placeholders);
      assert.throws(() => placeholders.checkAllUsed(), { code: "ValidationException", message });
    }
  });

  it("is refused for placeholders of a wrong form or value", () => {
    for (const [input, message] of [
      [{ ExpressionAttributeNames: {} }, "ExpressionAttributeNames must not be empty"],
      [{ ExpressionAttributeNames: { a: "a" } }, 'ExpressionAttributeNames contains invalid key: Syntax error; key: "a"'],
      [{ ExpressionAttributeValues: { a: { S: "a" } } }, 'ExpressionAttributeValues contains invalid key: Syntax error; key: "a"'],
      [
        { ExpressionAttributeValues: { ":a": { N: "b" } } },
        "ExpressionAttributeValues contains invalid value: The parameter cannot be converted to a numeric value: b for key :a",
      ],
    ] as const) {
      assert.throws(() => new Placeholders(input), { code: "ValidationException", message });
    }
  });

  it("is refused when it is longer than 4 KB or nested too deeply", () => {
    assert.match(
      refusal(`title = :a OR ${"amount = :five OR ".repeat(300)}title = :a`),
      /^Expression size has exceeded the maximum allowed size/,
    );
    assert.match(refusal(`${"(".repeat(2000)}title`), /nested/);
    assert.match(refusal(`${"NOT ".repeat(1000)}title = :a`), /nested/);
  });

  it("is parsed or refused as AWS does, whatever its title: nothing else is thrown", () => {
    const word = fc.constantFrom(
      "title",
      "amount",
      "listing",
      "#t",
      "#nope",
      ":five",
      ":nope",
      "AND",
      "OR",
      "NOT",
      "BETWEEN",
      "IN",
      "(",
      ")",
      ",",
    );
    const sign = fc.constantFrom(
      "=",
      "<>",
      "<",
      ">=",
      "[",
      "]",
      "0",
      ".",
      "size",
      "contains",
      "begins_with",
      "attribute_exists",
      "status",
      "{",
      "é",
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(word, sign), { maxLength: 14 }), fc.string(), (words, noise) => {
        for (const expression of [words.join(" "), `${words.join("")}${noise}`]) {
          try {
            holds(expression);
          } catch (error) {
            assert.ok(error instanceof AwsError && error.code === "ValidationException", `${expression}: ${String(error)}`);
          }
        }
      }),
      { numRuns: 2000 },
    );
  });
});
