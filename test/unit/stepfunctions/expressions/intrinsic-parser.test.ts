import assert from "node:assert/strict";
import fc from "fast-check";
import { intrinsicFunctions } from "../../../../local/stepfunctions/expressions/intrinsic-functions.ts";
import { type Argument, type Call, parseIntrinsic } from "../../../../local/stepfunctions/expressions/intrinsic-parser.ts";
import { checkIntrinsic } from "../../../../local/stepfunctions/expressions/intrinsics.ts";
import { parsePath } from "../../../../local/stepfunctions/expressions/jsonpath-parser.ts";

/** Writes a parsed call as text again, the reverse of the parser. */
function print(argument: Argument): string {
  switch (argument.kind) {
    case "call":
      return `${argument.name}(${argument.arguments.map(print).join(", ")})`;
    case "path":
      return argument.path.text;
    case "literal":
      return String(argument.value);
    case "text":
      return `'${argument.template.replaceAll("'", "\\'")}'`;
  }
}

const text = fc.string().map((value): Argument => {
  return { kind: "text", value, template: value.replaceAll(/[\\{}]/g, (char) => `\\${char}`) };
});
const path = fc.constantFrom("$", "$.a", "$$.b[0]", "$x.y", "$['a, (b']", "$.c[?(@.d == ')')]");
const literal = fc.oneof(fc.integer(), fc.boolean(), fc.constant(null));
const { call } = fc.letrec<{ call: Call; argument: Argument }>((tie) => ({
  argument: fc.oneof(
    { maxDepth: 3 },
    text,
    path.map((value): Argument => ({ kind: "path", path: parsePath(value) })),
    literal.map((value): Argument => ({ kind: "literal", value })),
    tie("call"),
  ),
  call: fc.record(
    {
      kind: fc.constant("call" as const),
      name: fc.constantFrom(...intrinsicFunctions.keys()),
      arguments: fc.array(tie("argument"), { maxLength: 4 }),
    },
    { noNullPrototype: true },
  ),
}));

describe("parseIntrinsic", () => {
  it("reads back every call that can be written", () => {
    fc.assert(fc.property(call, (written) => assert.deepEqual(parseIntrinsic(print(written)), written)));
  });

  it("takes literals, paths and calls as arguments, with any spacing", () => {
    const parsed = parseIntrinsic(" States.Array( 'it\\'s',-1.5e2 ,true,null, $.a , States.UUID( ) ) ");

    assert.deepEqual(
      parsed.arguments.map((argument) => argument.kind),
      ["text", "literal", "literal", "literal", "path", "call"],
    );
    assert.deepEqual(parsed.arguments[0], { kind: "text", value: "it's", template: "it's" });
  });
});

describe("checkIntrinsic", () => {
  it("takes every function", () => {
    assert.equal(intrinsicFunctions.size, 18);
    for (const name of intrinsicFunctions.keys()) assert.equal(checkIntrinsic(`${name}($.a)`), undefined, name);
  });

  it("takes a line break within a text but not an unknown escape", () => {
    assert.equal(checkIntrinsic("States.StringSplit('a\nb', '\n')"), undefined);
    assert.match(checkIntrinsic("States.Format('He said, \\\"{}\\\"', 'x')") ?? "", /not an escape/);
    assert.match(checkIntrinsic("States.StringSplit('a\\nb', ',')") ?? "", /not an escape/);
  });

  it("says why a text is no intrinsic function", () => {
    const texts = ["", "States.Nope()", "States.Format", "States.Format('a'", "States.Format('a)", "States.Array(1,)", "States.Array(x)"];
    for (const wrong of [...texts, "States.UUID() x", "Format('a')", "States.Array($.)"]) {
      assert.equal(typeof checkIntrinsic(wrong), "string", wrong);
    }
  });

  it("answers any text with a reason or none, and never fails", () => {
    const piece = fc.constantFrom("States.", "Array", "UUID", "(", ")", ",", "'", "\\", "$", ".a", "[0]", "1", "-", "null", " ", "{}");
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const problem = checkIntrinsic(pieces.join(""));
        assert.ok(problem === undefined || problem.length > 0);
      }),
      { numRuns: 2_000 },
    );
  });

  it("takes calls nested ten deep, not eleven", () => {
    const nested = (depth: number): string => (depth === 0 ? "1" : `States.Array(${nested(depth - 1)})`);

    assert.equal(checkIntrinsic(nested(10)), undefined);
    assert.match(checkIntrinsic(nested(11)) ?? "", /nested/);
  });
});
