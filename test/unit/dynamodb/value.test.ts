import assert from "node:assert/strict";
import { sameValue } from "../../../local/dynamodb/compare.ts";
import { itemSize } from "../../../local/dynamodb/size.ts";
import { parseItem, parseValue } from "../../../local/dynamodb/value.ts";
import { AwsError } from "../../../local/errors.ts";
import type { Json } from "../../../local/json.ts";

function refusal(json: Json): AwsError {
  try {
    parseValue(json);
  } catch (error) {
    assert.ok(error instanceof AwsError);
    return error;
  }
  return assert.fail("not refused");
}

function nested(levels: number): Json {
  return levels === 0 ? { S: "x" } : { M: { a: nested(levels - 1) } };
}

describe("DynamoDB values", () => {
  it("takes every type, with numbers in their one spelling", () => {
    const given = { S: "" };
    assert.deepEqual(parseValue(given), { S: "" });
    assert.deepEqual(parseValue({ N: "01.0" }), { N: "1" });
    assert.deepEqual(parseValue({ B: "AQI=" }), { B: "AQI=" });
    assert.deepEqual(parseValue({ BOOL: false }), { BOOL: false });
    assert.deepEqual(parseValue({ NULL: true }), { NULL: true });
    assert.deepEqual(parseValue({ SS: ["a", ""] }), { SS: ["a", ""] });
    assert.deepEqual(parseValue({ NS: ["1", "2.0"] }), { NS: ["1", "2"] });
    assert.deepEqual(parseValue({ BS: ["AQ=="] }), { BS: ["AQ=="] });
    assert.deepEqual(parseValue({ L: [{ S: "a" }, { M: { b: { N: "1" } } }] }), { L: [{ S: "a" }, { M: { b: { N: "1" } } }] });
  });

  const refusals: [string, Json, string, string][] = [
    ["no type", {}, "ValidationException", "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes"],
    [
      "an unknown type",
      { X: "1" },
      "ValidationException",
      "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes",
    ],
    [
      "two types",
      { S: "a", N: "1" },
      "ValidationException",
      "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes",
    ],
    [
      "NULL false",
      { NULL: false },
      "ValidationException",
      "One or more parameter values were invalid: Null attribute value types must have the value of true",
    ],
    [
      "an empty string set",
      { SS: [] },
      "ValidationException",
      "One or more parameter values were invalid: An string set  may not be empty",
    ],
    [
      "an empty number set",
      { NS: [] },
      "ValidationException",
      "One or more parameter values were invalid: An number set  may not be empty",
    ],
    [
      "an empty binary set",
      { BS: [] },
      "ValidationException",
      "One or more parameter values were invalid: Binary sets should not be empty",
    ],
    [
      "a string twice in a set",
      { SS: ["a", "b", "a"] },
      "ValidationException",
      "One or more parameter values were invalid: Input collection [a, b, a] contains duplicates.",
    ],
    ["a number twice in a set, spelled differently", { NS: ["1", "1.0"] }, "ValidationException", "Input collection contains duplicates"],
    [
      "bytes twice in a set",
      { BS: ["AQ==", "AQ=="] },
      "ValidationException",
      "One or more parameter values were invalid: Input collection [AQ==, AQ==]of type BS contains duplicates.",
    ],
    ["a number for a string", { S: 1 }, "SerializationException", "NUMBER_VALUE cannot be converted to String"],
    ["a boolean for a number", { N: true }, "SerializationException", "TRUE_VALUE cannot be converted to String"],
    [
      "text that is no base64",
      { B: "a" },
      "SerializationException",
      "Base64 encoded length is expected a multiple of 4 bytes but found: 1",
    ],
    ["base64 with stray bits", { B: "AB==" }, "SerializationException", "Invalid last non-pad Base64 character dectected"],
    ["a string for a list", { L: "a" }, "SerializationException", "Unexpected field type"],
    ["a value that is no structure", "a", "SerializationException", "Unexpected value type in payload"],
  ];
  for (const [what, json, code, message] of refusals) {
    it(`refuses ${what}`, () => {
      const { code: actualCode, message: actualMessage } = refusal(json);
      assert.deepEqual({ code: actualCode, message: actualMessage }, { code, message });
    });
  }

  it("takes 32 levels of lists and maps and refuses more", () => {
    assert.doesNotThrow(() => parseValue(nested(32)));
    assert.match(refusal(nested(33)).message, /^Nesting Levels have exceeded supported limits/);
  });

  it("keeps an attribute named as a member of every JavaScript object", () => {
    const item = parseItem(JSON.parse('{"__proto__":{"S":"a"},"constructor":{"S":"b"}}'));
    assert.equal(JSON.stringify(item), '{"__proto__":{"S":"a"},"constructor":{"S":"b"}}');
  });

  it("tells sets equal in any order, and lists only in theirs", () => {
    assert.ok(sameValue({ SS: ["a", "b"] }, { SS: ["b", "a"] }));
    assert.ok(!sameValue({ L: [{ S: "a" }, { S: "b" }] }, { L: [{ S: "b" }, { S: "a" }] }));
    assert.ok(sameValue({ M: { a: { N: "1" }, b: { NULL: true } } }, { M: { b: { NULL: true }, a: { N: "1" } } }));
    assert.ok(!sameValue({ M: { a: { N: "1" } } }, { M: { a: { S: "1" } } }));
  });

  it("counts the bytes of names and values", () => {
    assert.equal(itemSize({ id: { S: "é" } }), 4);
    assert.equal(itemSize({ n: { N: "123" } }), 4);
    assert.equal(itemSize({ n: { N: "-100" } }), 4);
    assert.equal(itemSize({ b: { B: "AQID" }, t: { BOOL: true } }), 6);
    assert.equal(itemSize({ l: { L: [{ S: "ab" }] } }), 7);
    assert.equal(itemSize({ m: { M: { a: { S: "b" } } } }), 7);
  });
});
