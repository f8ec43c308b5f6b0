import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import type { Json } from "../../../../local/json.ts";
import { replaceChance } from "../../../../local/stepfunctions/expressions/chance.ts";
import { evaluateIntrinsic } from "../../../../local/stepfunctions/expressions/intrinsics.ts";
import { StatesError } from "../../../../local/stepfunctions/expressions/scope.ts";

function run(text: string, input: Json = {}): Json {
  return evaluateIntrinsic(text, { input, context: { Execution: { Input: input } }, variables: { v: 4 } });
}

function cause(text: string, input: Json = {}): string {
  try {
    run(text, input);
  } catch (problem) {
    if (problem instanceof StatesError) {
      assert.equal(problem.error, "States.Runtime");
      return problem.cause;
    }
    throw problem;
  }
  return assert.fail(`${text} should have failed`);
}

/** AWS refuses these with "Invalid arguments in States.X" behind the text of the whole expression. */
function refuses(name: string, ...calls: string[]): void {
  for (const call of calls) assert.equal(cause(call), `The function '${call}' had the following error: Invalid arguments in ${name}`);
}

describe("States.Format", () => {
  it("puts values in the places of {} as Java prints them", () => {
    assert.equal(run("States.Format('{} {} {}', $.a, $.b, $.c)", { a: "x", b: 1.5, c: true }), "x 1.5 true");
    assert.equal(run("States.Format('{}', $.n)", { n: null }), "null");
    assert.equal(run("States.Format('{}', $)", { a: 1, b: [2, "three", {}], c: null }), "{a=1, b=[2, three, {}], c=null}");
    assert.equal(run("States.Format($.t, 1)", { t: "n={}" }), "n=1");
    assert.equal(run("States.Format('none')"), "none");
  });

  it("keeps escaped braces, quotes and backslashes", () => {
    assert.equal(run("States.Format('\\{{}\\} it\\'s \\\\ {}', 1, '{}')"), "{1} it's \\ {}");
  });

  it("refuses templates and arguments that do not fit", () => {
    assert.match(cause("States.Format('{} {}', 1)"), /Invalid arguments in States\.Format: number of arguments do not match/);
    assert.match(cause("States.Format('{}', 1, 2)"), /number of arguments do not match the occurrences of \{\}\.$/);
    assert.match(cause("States.Format('{', 1)"), /Invalid template in States\.Format: matching '}' not found for '{'\.$/);
    assert.match(cause("States.Format('}')"), /matching '{' not found for '}'\.$/);
    refuses("States.Format", "States.Format(1, 2)", "States.Format()");
  });
});

describe("States.StringToJson and States.JsonToString", () => {
  it("turn JSON to text and back, without quotes of their own", () => {
    assert.equal(run("States.JsonToString($.o)", { o: { a: [1, "x", null] } }), '{"a":[1,"x",null]}');
    assert.equal(run("States.JsonToString($.s)", { s: 'say "hi"' }), '"say \\"hi\\""');
    assert.deepEqual(run("States.StringToJson($.s)", { s: ' {"a":1} ' }), { a: 1 });
    assert.equal(run("States.StringToJson('\"x\"')"), "x");
    assert.equal(run("States.StringToJson('  ')"), null);
    assert.equal(run("States.StringToJson($.s)", { s: null }), null);
  });

  it("refuse what is no JSON or no text", () => {
    refuses("States.StringToJson", "States.StringToJson('\\{bad')", "States.StringToJson(1)", "States.StringToJson()");
    refuses("States.JsonToString", "States.JsonToString()", "States.JsonToString(1, 2)");
  });
});

describe("The array functions", () => {
  it("States.Array makes a list", () => {
    assert.deepEqual(run("States.Array()"), []);
    assert.deepEqual(run("States.Array('a', 1, $.x, $v, null)", { x: [2] }), ["a", 1, [2], 4, null]);
  });

  it("States.ArrayPartition cuts a list in parts, with the fraction of their size cut off", () => {
    assert.deepEqual(run("States.ArrayPartition($, 2)", [1, 2, 3]), [[1, 2], [3]]);
    assert.deepEqual(run("States.ArrayPartition($, 2.9)", [1, 2, 3]), [[1, 2], [3]]);
    assert.deepEqual(run("States.ArrayPartition($, 9)", []), []);
    refuses("States.ArrayPartition", "States.ArrayPartition(States.Array(1), 0)", "States.ArrayPartition(States.Array(1), 0.6)");
    refuses("States.ArrayPartition", "States.ArrayPartition(1, 1)", "States.ArrayPartition(States.Array(1), 'a')");
  });

  it("States.ArrayContains compares whole values", () => {
    assert.equal(run("States.ArrayContains($, 2)", [1, 2]), true);
    assert.equal(run("States.ArrayContains($.l, $.x)", { l: [{ a: 1, b: [] }], x: { b: [], a: 1 } }), true);
    assert.equal(run("States.ArrayContains($, '1')", [1]), false);
    refuses("States.ArrayContains", "States.ArrayContains('a', 'a')");
  });

  it("States.ArrayRange counts either way, up to 1000 items", () => {
    assert.deepEqual(run("States.ArrayRange(1, 9, 2)"), [1, 3, 5, 7, 9]);
    assert.deepEqual(run("States.ArrayRange(5, 1, -2)"), [5, 3, 1]);
    assert.deepEqual(run("States.ArrayRange(5.4, -0.6, -2.4)"), [5, 3, 1]);
    assert.deepEqual(run("States.ArrayRange(5, 1, 1)"), []);
    assert.equal((run("States.ArrayRange(1, 1000, 1)") as Json[]).length, 1_000);
    refuses("States.ArrayRange", "States.ArrayRange(1, 1001, 1)", "States.ArrayRange(1, 9, 0.49)", "States.ArrayRange(1, 5)");
  });

  it("States.ArrayGetItem takes an index within the list", () => {
    assert.equal(run("States.ArrayGetItem($, 1)", [10, 20]), 20);
    assert.equal(run("States.ArrayGetItem($, 1.9)", [10, 20]), 20);
    assert.equal(run("States.ArrayGetItem(States.Array(), 999)"), null);
    refuses("States.ArrayGetItem", "States.ArrayGetItem(States.Array(1), 1)", "States.ArrayGetItem(States.Array(1), -1)");
    refuses("States.ArrayGetItem", "States.ArrayGetItem('a', 0)", "States.ArrayGetItem(States.Array(1), '0')");
  });

  it("States.ArrayLength and States.ArrayUnique", () => {
    assert.equal(run("States.ArrayLength($)", [1, [2, 3]]), 2);
    assert.deepEqual(run("States.ArrayUnique($)", [1, "1", 1, null, null, { a: 1, b: 2 }, { b: 2, a: 1 }]), [1, "1", null, { a: 1, b: 2 }]);
    refuses("States.ArrayLength", "States.ArrayLength('abc')", "States.ArrayLength()");
    refuses("States.ArrayUnique", "States.ArrayUnique('abc')");
  });
});

describe("States.Base64Encode, States.Base64Decode and States.Hash", () => {
  it("work on UTF-8, up to 10,000 characters", () => {
    assert.equal(run("States.Base64Encode('häß✓')"), Buffer.from("häß✓").toString("base64"));
    assert.equal(run("States.Base64Decode(States.Base64Encode('こんにちは'))"), "こんにちは");
    assert.equal(run("States.Base64Decode('abc')"), Buffer.from("abc", "base64").toString());
    assert.equal(run("States.Hash('ñ', 'MD5')"), createHash("md5").update("ñ").digest("hex"));
    assert.equal((run("States.Base64Encode($)", "a".repeat(10_000)) as string).length, 13_336);
    for (const call of ["States.Base64Encode($)", "States.Base64Decode($)", "States.Hash($, 'MD5')"]) {
      assert.match(cause(call, "a".repeat(10_001)), /Invalid arguments in States\.\w+$/);
    }
  });

  it("States.Hash knows five algorithms, by their exact names, and takes any value", () => {
    for (const name of ["MD5", "SHA-1", "SHA-256", "SHA-384", "SHA-512"]) {
      const expected = createHash(name.replace("SHA-", "sha")).update("hello").digest("hex");
      assert.equal(run(`States.Hash('hello', '${name}')`), expected);
    }
    assert.equal(run("States.Hash(123, 'MD5')"), createHash("md5").update("123").digest("hex"));
    refuses("States.Hash", "States.Hash('a', 'sha-256')", "States.Hash('a', 'SHA256')", "States.Hash('a')", "States.Hash('a', 1)");
  });
});

describe("States.JsonMerge", () => {
  it("merges the members of two objects, never what is inside them", () => {
    const input = { a: { n: { x: 1 }, keep: 1 }, b: { n: { y: 2 } } };
    assert.deepEqual(run("States.JsonMerge($.a, $.b, false)", input), { n: { y: 2 }, keep: 1 });
    assert.match(cause("States.JsonMerge($.a, $.b, true)", input), /Invalid arguments in States\.JsonMerge$/);
    refuses("States.JsonMerge", "States.JsonMerge(1, 2, false)", "States.JsonMerge(States.Array(), $, false)", "States.JsonMerge($, $)");
  });

  it("keeps __proto__ plain data", () => {
    const merged = run("States.JsonMerge($.a, $.b, false)", JSON.parse('{"a":{"x":1},"b":{"__proto__":{"y":2}}}'));

    assert.equal(JSON.stringify(merged), '{"x":1,"__proto__":{"y":2}}');
  });
});

describe("States.MathAdd and States.MathRandom", () => {
  it("add whole numbers of 32 bits, rounding halves up", () => {
    assert.equal(run("States.MathAdd(111, -1)"), 110);
    assert.equal(run("States.MathAdd(1.6, 2.5)"), 5);
    assert.equal(run("States.MathAdd(-1.5, 0)"), -1);
    assert.equal(run("States.MathAdd(2147483646, 1)"), 2_147_483_647);
    refuses("States.MathAdd", "States.MathAdd(2147483647, 1)", "States.MathAdd(3000000000, 1)", "States.MathAdd('1', 1)");
    refuses("States.MathAdd", "States.MathAdd(1)", "States.MathAdd(true, 1)", "States.MathAdd(1, 2, 3)");
  });

  it("draw from the first bound up to, but without, the second", () => {
    for (const [random, expected] of [
      [0, 1],
      [0.999, 3],
    ]) {
      const undo = replaceChance({ random: () => random ?? 0 });
      assert.equal(run("States.MathRandom(1.9, 4)"), expected);
      undo();
    }
    refuses("States.MathRandom", "States.MathRandom(1, 1)", "States.MathRandom(5, 1)", "States.MathRandom(1, 2, 'x')");
  });

  it("draw the same number for the same seed", () => {
    assert.equal(run("States.MathRandom(1, 1000, 42)"), run("States.MathRandom(1, 1000, 42)"));
  });
});

describe("States.StringSplit and States.UUID", () => {
  it("split at every one of the characters, without empty parts", () => {
    assert.deepEqual(run("States.StringSplit('This.is+a,test=string', '.+,=')"), ["This", "is", "a", "test", "string"]);
    assert.deepEqual(run("States.StringSplit(',a,,b,', ',')"), ["a", "b"]);
    assert.deepEqual(run("States.StringSplit('', ',')"), []);
    assert.deepEqual(run("States.StringSplit('abc', '')"), ["abc"]);
    refuses("States.StringSplit", "States.StringSplit(1, ',')", "States.StringSplit('a', null)", "States.StringSplit('a')");
  });

  it("give an identifier of version 4, whatever the arguments", () => {
    assert.match(String(run("States.UUID()")), /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    const undo = replaceChance({ uuid: () => "fixed" });
    assert.equal(run("States.UUID('x')"), "fixed");
    undo();
  });
});

describe("An argument that is not there", () => {
  it("fails the whole expression, naming the path and the state's input", () => {
    assert.equal(
      cause("States.Format('{}', States.Format('{}', $.nope))", { other: 1 }),
      `The function 'States.Format('{}', States.Format('{}', $.nope))' had the following error: The JsonPath argument for the field '$.nope' could not be found in the input '{"other":1}'`,
    );
    assert.match(cause("States.Format('{}', $.items[5])", { items: [1] }), /field '\$\.items\[5\]' could not be found/);
    assert.match(
      cause("States.Format('{}', $$.Nope.Deep)", { a: 1 }),
      /field '\$\.Nope\.Deep' could not be found in the input '\{"a":1\}'$/,
    );
    assert.match(cause("States.Format('{}', $.a[0])", { a: 1 }), /Filter: \[0\] can only be applied to arrays\. Current context is: 1$/);
  });
});
