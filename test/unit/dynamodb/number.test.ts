import assert from "node:assert/strict";
import fc from "fast-check";
import { addNumbers, canonicalNumber, compareNumbers, encodeNumber, subtractNumbers } from "../../../local/dynamodb/number.ts";
import { AwsError } from "../../../local/errors.ts";

/** A number within DynamoDB's bounds, in any of the spellings a caller may use. */
const spelled = fc
  .tuple(fc.boolean(), fc.bigInt({ min: 0n, max: 10n ** 38n - 1n }), fc.integer({ min: -80, max: 80 }))
  .map(([negative, digits, exponent]) => `${negative ? "-" : ""}${digits}E${exponent}`);

/** The exact value as a whole number of 10^-130, computed in another way than the code under test does. */
function exact(text: string): bigint {
  const [mantissa = "0", exponent = "0"] = text.split(/e/i);
  const [whole = "", fraction = ""] = mantissa.replace("-", "").split(".");
  const magnitude = BigInt(`${whole}${fraction}`) * 10n ** BigInt(130 + Number(exponent) - fraction.length);
  return mantissa.startsWith("-") ? -magnitude : magnitude;
}

function sign(value: bigint | number): number {
  return value < 0 ? -1 : value > 0 ? 1 : 0;
}

describe("DynamoDB numbers", () => {
  for (const [given, expected] of [
    ["0", "0"],
    ["-0.000", "0"],
    ["0E99999", "0"],
    ["007", "7"],
    ["+1.50", "1.5"],
    [".5", "0.5"],
    ["5.", "5"],
    ["1e3", "1000"],
    ["12.34E-3", "0.01234"],
    ["-100", "-100"],
    ["1E-130", `0.${"0".repeat(129)}1`],
    ["9.9E125", `99${"0".repeat(124)}`],
    ["12345678901234567890123456789012345678", "12345678901234567890123456789012345678"],
    ["123456789012345678901234567890123456780", "123456789012345678901234567890123456780"],
  ]) {
    it(`spells ${given} as ${expected}`, () => {
      assert.equal(canonicalNumber(given ?? ""), expected);
    });
  }

  for (const [given, message] of [
    ["", "The parameter cannot be converted to a numeric value"],
    ["b", "The parameter cannot be converted to a numeric value: b"],
    [".", "The parameter cannot be converted to a numeric value: ."],
    ["1e", "The parameter cannot be converted to a numeric value: 1e"],
    [" 1", "The parameter cannot be converted to a numeric value:  1"],
    ["NaN", "The parameter cannot be converted to a numeric value: NaN"],
    ["1e126", "Number overflow. Attempting to store a number with magnitude larger than supported range"],
    ["-1e126", "Number overflow. Attempting to store a number with magnitude larger than supported range"],
    ["1e-131", "Number underflow. Attempting to store a number with magnitude smaller than supported range"],
    ["123456789012345678901234567890123456789", "Attempting to store more than 38 significant digits in a Number"],
    ["-1.23456789012345678901234567890123456789", "Attempting to store more than 38 significant digits in a Number"],
  ]) {
    it(`refuses "${given}"`, () => {
      assert.throws(() => canonicalNumber(given ?? ""), new AwsError("ValidationException", message ?? ""));
    });
  }

  it("keeps the exact value, whatever the spelling", () => {
    fc.assert(fc.property(spelled, (text) => exact(canonicalNumber(text)) === exact(text)));
  });

  it("gives equal numbers one spelling and one encoding", () => {
    fc.assert(
      fc.property(spelled, fc.nat(6), (text, zeros) => {
        const other = text.replace("E", `.${"0".repeat(zeros)}E`);
        return canonicalNumber(other) === canonicalNumber(text) && encodeNumber(other).equals(encodeNumber(text));
      }),
    );
  });

  it("encodes numbers to bytes that sort as the numbers do", () => {
    fc.assert(
      fc.property(spelled, spelled, (left, right) => {
        return sign(Buffer.compare(encodeNumber(left), encodeNumber(right))) === sign(exact(left) - exact(right));
      }),
      { numRuns: 1000 },
    );
  });

  it("encodes close numbers of all sizes and signs in order", () => {
    const ascending = ["-1E125", "-100", "-99.5", "-99", "-1.23", "-1.2", "-1", "-0.1", "-1E-130", "0", "1E-130", "0.1", "1", "1.2"];
    ascending.push("1.23", "9", "9.99", "10", "10.01", "99", "100", "1E125");
    for (const [index, number] of ascending.entries()) {
      const next = ascending[index + 1];
      if (next !== undefined) assert.ok(Buffer.compare(encodeNumber(number), encodeNumber(next)) < 0, `${number} < ${next}`);
    }
  });

  it("compares numbers as their values", () => {
    fc.assert(
      fc.property(spelled, spelled, (left, right) => {
        const [a, b] = [canonicalNumber(left), canonicalNumber(right)];
        return sign(compareNumbers(a, b)) === sign(exact(left) - exact(right));
      }),
    );
  });

  it("adds and subtracts exactly where 38 digits suffice", () => {
    const short = fc.tuple(fc.bigInt({ min: -(10n ** 17n), max: 10n ** 17n }), fc.integer({ min: -8, max: 8 }));
    fc.assert(
      fc.property(short, short, ([a, i], [b, j]) => {
        const [left, right] = [`${a}E${i}`, `${b}E${j}`];
        assert.equal(exact(addNumbers(left, right)), exact(left) + exact(right));
        assert.equal(exact(subtractNumbers(left, right)), exact(left) - exact(right));
      }),
    );
  });

  it("does not lose the digits that a JavaScript number would", () => {
    assert.equal(addNumbers("0.1", "0.2"), "0.3");
    assert.equal(addNumbers("9007199254740993", "1"), "9007199254740994");
    assert.equal(subtractNumbers("1", "1"), "0");
  });

  it("refuses a sum of more than 38 digits", () => {
    assert.throws(() => addNumbers("1E40", "1"), /more than 38 significant digits/);
  });
});
