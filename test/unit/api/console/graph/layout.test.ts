import assert from "node:assert/strict";
import fc from "fast-check";
import { LABEL, type Layout, layOut } from "../../../../../api/console/graph/layout.ts";
import { type Graph, parseGraph, statesIn } from "../../../../../api/console/graph/parse.ts";
import type { Frame } from "../../../../../api/console/graph/routes.ts";
import { definitions, KINDS, workflow } from "./support.ts";

const read = (definition: string) => parseGraph(definition) ?? assert.fail("The definition was not read.");

/** The most that rounding may move anything. */
const SLACK = 1;
/** What has to be seen of a way above and below its label. */
const CLEAR = 8;

function overlap(one: Frame, other: Frame): boolean {
  const apart = (start: number, size: number, otherStart: number, otherSize: number) =>
    start + size <= otherStart + SLACK || otherStart + otherSize <= start + SLACK;
  return !apart(one.x, one.width, other.x, other.width) && !apart(one.y, one.height, other.y, other.height);
}

function isWithin(inner: Frame, outer: Frame): boolean {
  const inRange = (start: number, size: number, from: number, room: number) => start >= from - SLACK && start + size <= from + room + SLACK;
  return inRange(inner.x, inner.width, outer.x, outer.width) && inRange(inner.y, inner.height, outer.y, outer.height);
}

function frameOfLabels({ routes }: Layout): Frame[] {
  return routes.flatMap(({ label }) =>
    label === undefined
      ? []
      : [{ x: label.x - label.width / 2, y: label.y - LABEL.height / 2 - CLEAR, width: label.width, height: LABEL.height + 2 * CLEAR }],
  );
}

/** Everything that must hold of a drawing, and of all inside it. */
function assess(layout: Layout, graph: Graph): void {
  assert.equal(layout.boxes.length, graph.nodes.length);
  assert.equal(layout.routes.length, graph.edges.length);
  const frames = [...layout.boxes, ...frameOfLabels(layout)];
  for (const [index, frame] of frames.entries()) {
    assert.ok(isWithin(frame, { x: 0, y: 0, width: layout.width, height: layout.height }), "everything lies within the drawing");
    for (const other of frames.slice(index + 1)) assert.ok(!overlap(frame, other), "no boxes and labels overlap");
  }
  for (const route of layout.routes) assessRoute(route, layout);
  for (const box of layout.boxes) assessInside(box);
}

function assessRoute({ edge, points }: Layout["routes"][number], { boxes }: Layout): void {
  const [from, to] = [boxes[edge.from], boxes[edge.to]];
  for (const [point, box] of [[points[0], from] as const, [points.at(-1), to] as const]) {
    assert.ok(point !== undefined && box !== undefined);
    const beside = point.x === box.x + box.width && point.y > box.y && point.y < box.y + box.height;
    const onTopOrBottom = (point.y === box.y || point.y === box.y + box.height) && point.x > box.x && point.x < box.x + box.width;
    assert.ok(edge.from === edge.to ? beside : onTopOrBottom, "every way begins and ends at the edge of a box");
  }
  for (const [index, { x, y }] of points.entries()) {
    const before = points[index - 1];
    if (before === undefined || edge.from === edge.to) continue;
    const piece = { x: Math.min(x, before.x), y: Math.min(y, before.y), width: Math.abs(x - before.x), height: Math.abs(y - before.y) };
    for (const box of boxes) assert.ok(!overlap(piece, box), "no way leads through a box");
  }
}

function assessInside({ node, inside, width, height }: Layout["boxes"][number]): void {
  const graphs = node.kind === "state" ? node.inside : [];
  assert.equal(inside.length, graphs.length);
  const frames = inside.map(({ x, y, layout }) => ({ x, y, width: layout.width, height: layout.height }));
  for (const [index, frame] of frames.entries()) {
    assert.ok(isWithin(frame, { x: 0, y: 0, width, height }), "what a box holds lies within it");
    for (const other of frames.slice(index + 1)) assert.ok(!overlap(frame, other), "what a box holds stands side by side");
  }
  for (const [index, { layout }] of inside.entries()) assess(layout, graphs[index] ?? assert.fail());
}

describe("A graph's layout", () => {
  for (const kind of KINDS) {
    it(`keeps everything apart and every way at its boxes: ${kind}`, () => {
      const graph = read(workflow(kind));
      assess(layOut(graph), graph);
    });
  }

  it("does so for any machine, with ways back, ways to the same state, and boxes within boxes", () => {
    fc.assert(
      fc.property(definitions(2), (definition) => {
        const graph = read(JSON.stringify(definition));
        assess(layOut(graph), graph);
      }),
      { numRuns: 200 },
    );
  });

  it("is the same every time", () => {
    for (const kind of KINDS) assert.deepEqual(layOut(read(workflow(kind))), layOut(read(workflow(kind))));
  });

  it("leads from the top to the bottom, and has what usually happens straight below each other", () => {
    // Act
    const { boxes } = layOut(read(workflow("orders")));
    // Assess
    const names = ["Check", "Checked", "Payment", "Paid", "Invoice", "Notify"];
    const spine = names.map((name) => boxes.find(({ node }) => node.kind === "state" && node.name === name) ?? assert.fail(name));
    assert.equal(new Set(spine.map(({ x, width }) => x + width / 2)).size, 1);
    for (const [index, { y }] of spine.entries()) assert.ok(y > (spine[index - 1]?.y ?? 0));
  });

  it("takes a state that nothing leads to, and a machine that never ends", () => {
    const definition = { StartAt: "A", States: { A: { Type: "Pass", Next: "A" }, B: { Type: "Wait", Next: "A" } } };
    const graph = read(JSON.stringify(definition));
    assess(layOut(graph), graph);
    assert.deepEqual(
      statesIn(graph).map(({ name }) => name),
      ["A", "B"],
    );
  });

  it("is there before anybody waits for it, for the largest machine that is drawn", function () {
    this.timeout(10_000);
    // Prepare: every state may lead to any of five others, far and near.
    const names = Array.from({ length: 100 }, (_, index) => `state ${index}`);
    const states = names.map((name, index) => {
      const targets = [1, 7, 19, 44, 83].map((step) => names[(index + step) % names.length]);
      return [name, { Type: "Choice", Choices: targets.map((Next) => ({ Variable: "$.x", IsPresent: true, Next })) }];
    });
    const graph = read(JSON.stringify({ StartAt: names[0], States: Object.fromEntries(states) }));
    // Act
    const { boxes } = layOut(graph);
    // Assess
    assert.equal(boxes.length, 101);
  });
});
