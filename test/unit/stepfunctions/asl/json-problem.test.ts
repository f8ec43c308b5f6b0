import assert from "node:assert/strict";
import fc from "fast-check";
import { describeJsonProblem } from "../../../../local/stepfunctions/asl/json-problem.ts";

const TOKENS = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')";

describe("describeJsonProblem", () => {
  const cases: [text: string, message: string, column: number][] = [
    ["not a definition", `Unrecognized token 'not': was expecting ${TOKENS}`, 4],
    ["{'a':1}", "Unexpected character (''' (code 39)): was expecting double-quote to start field name", 3],
    ['{"a":1,}', "Unexpected character ('}' (code 125)): was expecting double-quote to start field name", 9],
    ['{"a" 1}', "Unexpected character ('1' (code 49)): was expecting a colon to separate field name and value", 7],
    ["[1 2]", "Unexpected character ('2' (code 50)): was expecting comma to separate Array entries", 5],
    ['{"a":1 "b":2}', "Unexpected character ('\"' (code 34)): was expecting comma to separate Object entries", 9],
    ['{"a":}', `Unexpected character ('}' (code 125)): expected a valid value ${TOKENS}`, 7],
    ['{"a":tru}', `Unrecognized token 'tru': was expecting ${TOKENS}`, 9],
    ['"abc', "Unexpected end-of-input: was expecting closing quote for a string value", 5],
    ["01", "Invalid numeric value: Leading zeroes not allowed", 2],
    ["1.", "Unexpected character ('.' (code 46)): Decimal point not followed by a digit", 3],
    ['"\\x"', "Unrecognized character escape 'x' (code 120)", 4],
    ["", "No content to map due to end-of-input", 1],
    ["1 x", `Unrecognized token 'x': was expecting ${TOKENS}`, 4],
  ];
  for (const [text, message, column] of cases) {
    it(`says of ${text === "" ? "an empty text" : text} what AWS says`, () => {
      // Act
      const problem = describeJsonProblem(text);
      // Assess
      assert.equal(problem.message, message);
      assert.equal(problem.source, `[Source: (String)"${text}"; line: 1, column: ${column}]`);
    });
  }

  it("names the container that is not closed, and where it began", () => {
    assert.equal(
      describeJsonProblem('{\n"a": [1').message,
      'Unexpected end-of-input: expected close marker for Array (start marker at [Source: (String)"{\n"a": [1"; line: 2, column: 6])',
    );
  });

  it("quotes the first 500 characters of a long text", () => {
    const text = `x${" ".repeat(600)}`;
    assert.equal(describeJsonProblem(text).source, `[Source: (String)"${text.slice(0, 500)}"[truncated 101 chars]; line: 1, column: 2]`);
  });

  it("finds a problem in every text that is not JSON, and ends", () => {
    const almost = fc.tuple(fc.json(), fc.nat(), fc.constantFrom("", "}", "]", ",", '"', ":", "x", "\\", "\n")).map(([text, at, put]) => {
      const place = at % (text.length + 1);
      return text.slice(0, place) + put + text.slice(place + 1);
    });
    fc.assert(
      fc.property(fc.oneof(fc.string(), almost), (text) => {
        fc.pre(!isJson(text));
        assert.ok(describeJsonProblem(text).message.length > 0);
      }),
    );
  });

  it("reads texts deeper than calls can nest", () => {
    assert.match(describeJsonProblem("[".repeat(200_000)).message, /^Unexpected end-of-input: expected close marker for Array/);
  });
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
