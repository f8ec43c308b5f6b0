import assert from "node:assert/strict";
import type { Json, JsonObject } from "../../../../local/json.ts";
import { errorsOf, INNER } from "./support.ts";

function missing(name: string, at: string): string {
  return `MISSING_TRANSITION_TARGET: Missing 'Next' target: ${name} at ${at}`;
}

function unreachable(name: string, at: string): string {
  return `MISSING_TRANSITION_TARGET: State "${name}" is not reachable. at ${at}`;
}

const END: JsonObject = { Type: "Succeed" };

function machine(startAt: string, states: Record<string, Json>): JsonObject {
  return { StartAt: startAt, States: states };
}

describe("Where states lead", () => {
  const cases: [string, JsonObject, string[]][] = [
    [
      "StartAt must exist, and nothing is reachable otherwise",
      machine("X", { A: END }),
      [missing("X", "/StartAt"), unreachable("A", "/States/A")],
    ],
    [
      "Next must exist",
      machine("A", { A: { Type: "Pass", Next: "X" }, B: END }),
      [missing("X", "/States/A/Next"), unreachable("B", "/States/B")],
    ],
    [
      "a Choice's targets must exist",
      machine("A", { A: { Type: "Choice", Choices: [{ Variable: "$.a", IsNull: true, Next: "X" }], Default: "Y" }, B: END }),
      [missing("X", "/States/A/Choices[0]/Next"), missing("Y", "/States/A/Default"), unreachable("B", "/States/B")],
    ],
    [
      "a Catch's target must exist",
      machine("A", { A: { Type: "Parallel", Branches: [INNER], Catch: [{ ErrorEquals: ["States.ALL"], Next: "X" }], End: true } }),
      [missing("X", "/States/A/Catch[0]/Next")],
    ],
    [
      "a branch cannot lead out of itself",
      machine("A", {
        A: { Type: "Parallel", Branches: [{ StartAt: "B", States: { B: { Type: "Pass", Next: "C" } } }], Next: "C" },
        C: END,
      }),
      [missing("C", "/States/A/Branches[0]/States/B/Next")],
    ],
    [
      "an item processor's states must be reachable",
      machine("A", { A: { Type: "Map", Iterator: { StartAt: "B", States: { B: END, C: END } }, End: true } }),
      [unreachable("C", "/States/A/Iterator/States/C")],
    ],
    ["every state must be reachable", machine("A", { A: END, B: END }), [unreachable("B", "/States/B")]],
    [
      "a machine must be able to end, and is told nothing else about its graph then",
      machine("A", { A: { Type: "Pass", Next: "B" }, B: { Type: "Pass", Next: "A" }, C: { Type: "Pass", Next: "A" } }),
      ["MISSING_END_STATE: Workflow has no terminal state at -"],
    ],
    [
      "a missing target and a missing end are both told",
      machine("A", { A: { Type: "Pass", Next: "X" } }),
      [missing("X", "/States/A/Next"), "MISSING_END_STATE: Workflow has no terminal state at -"],
    ],
    [
      "a branch needs no end of its own",
      machine("A", { A: { Type: "Parallel", Branches: [{ StartAt: "B", States: { B: { Type: "Pass", Next: "B" } } }], End: true } }),
      [],
    ],
    [
      "states reached by Choice, Default, Catch and Next are reachable",
      machine("A", {
        A: { Type: "Choice", Choices: [{ Variable: "$.a", IsNull: true, Next: "B" }], Default: "C" },
        B: { Type: "Parallel", Branches: [INNER], Catch: [{ ErrorEquals: ["States.ALL"], Next: "D" }], Next: "C" },
        C: END,
        D: { Type: "Fail" },
      }),
      [],
    ],
  ];
  for (const [title, definition, expected] of cases) {
    it(title, () => {
      // Act
      const errors = errorsOf(definition);
      // Assess
      assert.deepEqual(errors, expected);
    });
  }
});

describe("State names", () => {
  it("are unique across the machine, however deep", () => {
    const definition = machine("In", { In: { Type: "Parallel", Branches: [INNER], End: true } });
    assert.deepEqual(errorsOf(definition), ["DUPLICATE_STATE_NAME: Duplicate State name: In at /States/In/Branches[0]/States/In"]);
  });

  it("have at most 80 characters, counted as people do", () => {
    // Prepare
    const longest = "😀".repeat(80);
    const tooLong = `${longest}x`;
    // Act and assess
    assert.deepEqual(errorsOf(machine(longest, { [longest]: END })), []);
    assert.deepEqual(errorsOf(machine(tooLong, { [tooLong]: END })), [
      `INVALID_STATE_NAME: State name '${tooLong}' exceeds the 80-character limit allowed by the service at /States/${tooLong}`,
    ]);
  });

  it("may be names that every object has", () => {
    assert.deepEqual(
      errorsOf('{"StartAt":"__proto__","States":{"__proto__":{"Type":"Pass","Next":"constructor"},"constructor":{"Type":"Succeed"}}}'),
      [],
    );
  });
});
