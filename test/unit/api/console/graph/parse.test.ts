import assert from "node:assert/strict";
import fc from "fast-check";
import { type Graph, type Node, parseGraph, statesIn } from "../../../../../api/console/graph/parse.ts";
import { KINDS, workflow } from "./support.ts";

const graphOf = (definition: object) => parseGraph(JSON.stringify(definition)) ?? assert.fail("The definition was not read.");
const nameOf = (node: Node | undefined) => (node?.kind === "state" ? node.name : (node?.kind ?? "nothing"));

/** `From →Next`, with the label behind it. */
function waysOf({ nodes, edges }: Graph): string[] {
  return edges.map(
    ({ from, to, kind, label }) => `${nameOf(nodes[from])} ${kind} ${nameOf(nodes[to])}${label === undefined ? "" : `: ${label}`}`,
  );
}

describe("A definition as a graph", () => {
  it("leads from the start over every way to the end, with what each is taken for", () => {
    // Act
    const graph = parseGraph(workflow("tasks")) ?? assert.fail();
    // Assess
    assert.deepEqual(waysOf(graph), [
      "start next Process",
      "Process catch MarkFailed: any error",
      "MarkFailed next Marked",
      "MarkFailed catch NotMarked: any error",
      "Marked choice Completed: to = completed",
      "Marked choice Failed: default",
      "Process next end",
      "Completed next end",
      "Failed next end",
      "NotMarked next end",
    ]);
  });

  it("has every state of our own machines", () => {
    for (const kind of KINDS) {
      // Act
      const names = statesIn(parseGraph(workflow(kind)) ?? assert.fail()).map(({ name }) => name);
      // Assess
      const written = [...workflow(kind).matchAll(/"(\w+)": \{\s*(?:"Comment": "[^"]*",\s*)?"Type"/g)].map(([, name]) => name);
      assert.deepEqual(names.toSorted(), written.toSorted());
    }
  });

  it("holds graphs within the boxes of Parallel and Map, in the older spelling too", () => {
    // Prepare
    const inner = (name: string, more: object = { Type: "Pass" }) => ({ StartAt: name, States: { [name]: { ...more, End: true } } });
    const map = { Type: "Map", Iterator: inner("Each", { Type: "Map", ItemProcessor: inner("Deep") }) };
    const both = { Type: "Parallel", Branches: [inner("One"), inner("Two", map)], End: true };
    // Act
    const graph = graphOf({ StartAt: "Both", States: { Both: both } });
    // Assess
    assert.deepEqual(
      statesIn(graph).map(({ name, inside }) => [name, inside.length]),
      [
        ["Both", 2],
        ["One", 0],
        ["Two", 1],
        ["Each", 1],
        ["Deep", 0],
      ],
    );
    const [, outer] = graph.nodes;
    assert.deepEqual(outer?.kind === "state" ? outer.inside.map(({ nodes }) => nodes.map(nameOf)) : [], [["One"], ["Two"]]);
  });

  it("makes one way of two between the same states, with both labels", () => {
    // Prepare
    const Catch = [
      { ErrorEquals: ["States.Timeout"], Next: "B" },
      { ErrorEquals: ["Broken"], Next: "B" },
    ];
    // Act
    const graph = graphOf({ StartAt: "A", States: { A: { Type: "Task", Next: "B", Catch }, B: { Type: "Succeed" } } });
    // Assess
    assert.deepEqual(waysOf(graph), ["start next A", "A next B: Timeout; Broken", "B next end"]);
  });

  it("is undefined where the definition cannot be read", () => {
    const pass = { Type: "Pass", End: true };
    const deep = Array.from({ length: 30 }).reduce<object>((inner) => ({ StartAt: "A", States: { A: { Type: "Map", Iterator: inner } } }), {
      StartAt: "A",
      States: { A: pass },
    });
    const many = Object.fromEntries(Array.from({ length: 101 }, (_, index) => [`s${index}`, pass]));
    const unreadable = [
      ...[null, [], 3, {}, { StartAt: "A" }, { StartAt: "A", States: {} }, { StartAt: "B", States: { A: pass } }],
      ...[
        { Type: "Pass", Next: "C" },
        { Type: "Dance" },
        { Type: "Map" },
        { Type: "Parallel" },
        { Type: "Choice", Choices: [{}] },
        "Pass",
      ].map((A) => ({ StartAt: "A", States: { A } })),
      deep,
      { StartAt: "s0", States: many },
    ];
    for (const definition of unreadable) assert.equal(parseGraph(JSON.stringify(definition)), undefined, JSON.stringify(definition));
    for (const text of ["", "{", "no JSON", "[".repeat(100_000)]) assert.equal(parseGraph(text), undefined);
  });

  it("never throws, whatever it is given", () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => assert.doesNotThrow(() => parseGraph(text))));
  });
});
