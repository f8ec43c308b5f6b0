import assert from "node:assert/strict";
import { variablesOf } from "../../../../local/stepfunctions/expressions/variables.ts";

describe("variablesOf", () => {
  it("finds the variable a path begins with", () => {
    assert.deepEqual(variablesOf("$x.y[0]", "JSONPath"), ["x"]);
    for (const text of ["$", "$.x", "$$.State.Name", "text", "$["]) assert.deepEqual(variablesOf(text, "JSONPath"), [], text);
  });

  it("finds each variable in an intrinsic function once", () => {
    const text = "States.Format('{} {} $no', $value1, States.MathAdd($name, States.MathAdd($value1, $.x)))";

    assert.deepEqual(variablesOf(text, "JSONPath"), ["name", "value1"]);
    assert.deepEqual(variablesOf("States.Nope($x)", "JSONPath"), []);
  });

  it("finds the variables of a JSONata expression that it does not bind itself", () => {
    const text = "{% ($a := 1; $a + $b.c & '$no' & $map($list, function($i) { $i * $factor })) %}";

    assert.deepEqual(variablesOf(text, "JSONata"), ["b", "factor", "list"]);
    assert.deepEqual(variablesOf("{% $states.input.x + $sum($states.result) %}", "JSONata"), []);
    assert.deepEqual(variablesOf("$x", "JSONata"), []);
    assert.deepEqual(variablesOf("{% $x + %}", "JSONata"), []);
  });
});
