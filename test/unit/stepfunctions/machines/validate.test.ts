import assert from "node:assert/strict";
import type { JsonObject } from "../../../../local/json.ts";
import { definition, type Ground, makeGround, refused } from "./support.ts";

let ground: Ground;
before(() => {
  ground = makeGround();
});
after(() => ground.close());

const validate = (text: string, more: JsonObject = {}) => ground.call("ValidateStateMachineDefinition", { definition: text, ...more });

describe("ValidateStateMachineDefinition", () => {
  it("finds nothing in a definition without mistakes", async () => {
    assert.deepEqual(await validate(definition()), { result: "OK", diagnostics: [], truncated: false });
  });

  it("lists mistakes with their places", async () => {
    assert.deepEqual(await validate('{"States":{"S":{"Type":"Succeed"}}}'), {
      result: "FAIL",
      diagnostics: [
        { severity: "ERROR", code: "SCHEMA_VALIDATION_FAILED", message: "These fields are required: [StartAt]", location: "/" },
      ],
      truncated: false,
    });
  });

  it("leaves out the place where a mistake has none", async () => {
    assert.deepEqual((await validate('""')).diagnostics, [
      { severity: "ERROR", code: "SCHEMA_VALIDATION_FAILED", message: "Definition must be a valid JSON object" },
    ]);
  });

  it("shows warnings where asked, which forbid nothing", async () => {
    const text = JSON.stringify({ StartAt: "S", States: { S: { Type: "Pass", Result: "$.a", End: true } } });
    assert.deepEqual((await validate(text)).diagnostics, []);
    const { result, diagnostics } = await validate(text, { severity: "WARNING" });
    assert.ok(Array.isArray(diagnostics));
    assert.deepEqual([result, diagnostics.length], ["OK", 1]);
  });

  it("lists at most as many as asked, and says when there are more", async () => {
    const states = Object.fromEntries(Array.from({ length: 150 }, (_, i) => [`S${i}`, { Type: "Nap" }]));
    const text = JSON.stringify({ StartAt: "S0", States: states });
    for (const [maxResults, length] of [
      [0, 100],
      [1, 1],
      [100, 100],
    ]) {
      const { diagnostics, truncated } = await validate(text, { maxResults: maxResults ?? null });
      assert.ok(Array.isArray(diagnostics));
      assert.deepEqual([diagnostics.length, truncated], [length, true]);
    }
    await refused(validate(text, { maxResults: 101 }), "ValidationException", /less than or equal to 100$/);
  });

  it("knows what the type EXPRESS forbids, though no such machine can be made", async () => {
    const task = (resource: string, parameters: JsonObject) =>
      JSON.stringify({ StartAt: "S", States: { S: { Type: "Task", Resource: resource, Parameters: parameters, End: true } } });
    const location = "/States/S/Resource";
    const cases: [string, JsonObject, string][] = [
      [
        "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
        { QueueUrl: "q", MessageBody: "m" },
        "Express state machine does not support '.waitForTaskToken' service integration ",
      ],
      [
        "arn:aws:states:::states:startExecution.sync:2",
        { StateMachineArn: "a" },
        "Express state machine does not support '.sync' service integration",
      ],
    ];
    for (const [resource, parameters, message] of cases) {
      const { diagnostics } = await validate(task(resource, parameters), { type: "EXPRESS" });
      assert.deepEqual(diagnostics, [{ severity: "ERROR", code: "SCHEMA_VALIDATION_FAILED", message, location }]);
    }
    assert.equal((await validate(definition(), { type: "EXPRESS" })).result, "OK");
  });
});
