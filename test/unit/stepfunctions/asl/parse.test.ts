import assert from "node:assert/strict";
import fc from "fast-check";
import { isObject, type Json } from "../../../../local/json.ts";
import { parseDefinition } from "../../../../local/stepfunctions/asl/parse.ts";
import { errorsOf, INNER, machineOf, programOf, refuses, schema } from "./support.ts";

const PASS = { Type: "Pass", End: true };

describe("A definition as a whole", () => {
  it("must be JSON, and says where it is not", () => {
    assert.deepEqual(errorsOf("not a definition"), [
      "INVALID_JSON_DESCRIPTION: Unrecognized token 'not': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')" +
        '\n at [Source: (String)"not a definition"; line: 1, column: 4] at [Source: (String)"not a definition"; line: 1, column: 4]',
    ]);
  });

  it("must be an object", () => {
    assert.deepEqual(errorsOf('""'), ["SCHEMA_VALIDATION_FAILED: Definition must be a valid JSON object at -"]);
    assert.deepEqual(errorsOf(" "), ["SCHEMA_VALIDATION_FAILED: Definition must be a valid JSON object at -"]);
  });

  it("must have States and StartAt", () => {
    assert.deepEqual(errorsOf({}), [schema("These fields are required: [States, StartAt]", "/")]);
    assert.deepEqual(errorsOf({ States: { S: PASS } }), [schema("These fields are required: [StartAt]", "/")]);
  });

  it("takes the last of fields that are given twice", () => {
    assert.deepEqual(errorsOf('{"StartAt":"X","StartAt":"S","States":{"S":{"Type":"Fail"},"S":{"Type":"Succeed"}}}'), []);
  });

  it("may be no deeper than can be read", () => {
    const deep = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;
    assert.deepEqual(errorsOf(`{"StartAt":"S","States":{"S":{"Type":"Pass","Result":${deep},"End":true}}}`), [
      "TOO_DEEPLY_NESTED: The definition is nested more than 1000 levels deep at -",
    ]);
  });

  refuses([
    ["has no other fields than the States Language's", PASS, [schema("Field 'Retry' is not supported", "/")], { Retry: [] }],
    ["has States that are not empty", PASS, [schema("Value cannot be empty", "/States")], { States: {} }],
    [
      "has States that are an object",
      PASS,
      [schema("Expected value of type Object", "/States"), schema("Value cannot be empty", "/States")],
      { States: [] },
    ],
    ["has a StartAt that is a text", PASS, [schema("Expected value of type [STRING]", "/StartAt")], { StartAt: 1 }],
    ["has a Comment that is a text", PASS, [schema("Expected value of type [STRING]", "/Comment")], { Comment: {} }],
    ["has the Version 1.0", PASS, [schema("Value should be one of the following: [1.0]", "/Version")], { Version: "2.0" }],
    ["has a TimeoutSeconds that is not below 0", PASS, [schema("Minimum value is 0", "/TimeoutSeconds")], { TimeoutSeconds: -1 }],
    [
      "has a TimeoutSeconds that is not above 99999999",
      PASS,
      [schema("Maximum value is 99999999", "/TimeoutSeconds")],
      { TimeoutSeconds: 100_000_000 },
    ],
    [
      "has a TimeoutSeconds that is an integer",
      PASS,
      [schema("Expected value of type Integer", "/TimeoutSeconds")],
      { TimeoutSeconds: 1.5 },
    ],
    [
      "has a QueryLanguage that is known",
      PASS,
      [schema("Value should be one of the following: [JSONPath, JSONata]", "/QueryLanguage")],
      { QueryLanguage: "jsonata" },
    ],
  ]);

  it("gives a program with its settings", () => {
    // Act
    const program = programOf({ ...machineOf(PASS), Comment: "c", TimeoutSeconds: 7, Version: "1.0" });
    // Assess
    assert.equal(program.comment, "c");
    assert.equal(program.timeoutSeconds, 7);
    assert.equal(program.startAt, "S");
    assert.deepEqual([...program.states.keys()], ["S"]);
  });

  it("has no timeout where none is given", () => {
    assert.equal(programOf(machineOf(PASS)).timeoutSeconds, undefined);
  });

  it("tells all mistakes at once", () => {
    assert.deepEqual(errorsOf({ StartAt: "A", States: { A: { Type: "Nap" }, B: { Type: "Pass" } } }), [
      schema(
        "The field 'Type' should have one of these values: [Task, Wait, Pass, Succeed, Fail, Choice, Parallel, Map]",
        "/States/A/Type",
      ),
      schema("This object should have only one of the following fields: [Next, End]", "/States/B"),
    ]);
  });

  it("is read within a few milliseconds", () => {
    // Prepare: a definition as long as usual ones are, read often enough that the mean says something.
    const states = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`S${i}`, { Type: "Pass", Next: `S${i + 1}` }]));
    const text = JSON.stringify({ StartAt: "S0", States: { ...states, S40: { Type: "Parallel", Branches: [INNER], End: true } } });
    // Act
    const before = performance.now();
    for (let i = 0; i < 50; i++) parseDefinition(text);
    // Assess
    assert.ok((performance.now() - before) / 50 < 20);
  });
});

describe("Parsing never throws", () => {
  it("for any JSON", () => {
    fc.assert(fc.property(fc.json(), (text) => void parseDefinition(text)));
  });

  it("for any text", () => {
    fc.assert(fc.property(fc.string(), (text) => void parseDefinition(text)));
  });

  it("for a definition with any value put in any place", () => {
    const places = placesOf(EVERYTHING);
    fc.assert(
      fc.property(fc.constantFrom(...places), fc.jsonValue({ maxDepth: 3 }), (place, value) => {
        // Prepare
        const definition = replaced(EVERYTHING, place, JSON.parse(JSON.stringify(value)));
        // Act
        const parsed = parseDefinition(JSON.stringify(definition));
        // Assess
        assert.ok("program" in parsed || parsed.diagnostics.length > 0);
      }),
      { numRuns: 500 },
    );
  });
});

/** One of everything, to be broken at any place. */
const EVERYTHING: Json = {
  StartAt: "Choose",
  States: {
    Choose: {
      Type: "Choice",
      Choices: [{ And: [{ Variable: "$.a", IsPresent: true }, { Not: { Variable: "$.a", StringEqualsPath: "$.b" } }], Next: "Send" }],
      Default: "Each",
    },
    Send: {
      Type: "Task",
      Resource: "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
      Parameters: { QueueUrl: "q", MessageBody: { "token.$": "$$.Task.Token", "text.$": "States.Format('{}', $.a)" } },
      TimeoutSeconds: 60,
      HeartbeatSeconds: 30,
      Retry: [
        { ErrorEquals: ["States.ALL"], IntervalSeconds: 1, MaxAttempts: 2, BackoffRate: 1.5, MaxDelaySeconds: 5, JitterStrategy: "FULL" },
      ],
      Catch: [{ ErrorEquals: ["States.ALL"], Next: "Failed", ResultPath: "$.error", Assign: { "problem.$": "$" } }],
      Next: "Each",
    },
    Each: {
      Type: "Map",
      ItemsPath: "$.items",
      ItemSelector: { "item.$": "$$.Map.Item.Value" },
      MaxConcurrency: 2,
      ItemProcessor: { ProcessorConfig: { Mode: "INLINE" }, StartAt: "Nap", States: { Nap: { Type: "Wait", Seconds: 1, End: true } } },
      Next: "Both",
    },
    Both: { Type: "Parallel", Branches: [{ StartAt: "One", States: { One: { Type: "Succeed" } } }], Next: "Compute" },
    Compute: { Type: "Pass", QueryLanguage: "JSONata", Output: { sum: "{% $sum($states.input) %}" }, Assign: { x: "{% 1 %}" }, End: true },
    Failed: { Type: "Fail", ErrorPath: "$.error.Error", Cause: "it failed" },
  },
};

type Place = (string | number)[];

function placesOf(value: Json, at: Place = []): Place[] {
  if (Array.isArray(value)) return [at, ...value.flatMap((entry, index) => placesOf(entry, [...at, index]))];
  if (!isObject(value)) return [at];
  return [at, ...Object.entries(value).flatMap(([name, child]) => placesOf(child, [...at, name]))];
}

function replaced(value: Json, [step, ...rest]: Place, replacement: Json): Json {
  if (step === undefined) return replacement;
  if (Array.isArray(value)) return value.map((entry, index) => (index === step ? replaced(entry, rest, replacement) : entry));
  if (!isObject(value)) return value;
  return { ...value, [step]: replaced(value[step] ?? null, rest, replacement) };
}
