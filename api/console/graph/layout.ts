/**
 * Where everything in a drawing lies: boxes in ranks from the top to the bottom, ways as lines between them, and inside a
 * Parallel or a Map the drawing of what it holds, laid out first and given room.
 *
 * Nothing overlaps: each box, and each label of a way, has a place of its own in a rank, and a long way passes through a
 * place in every rank on it. Pure and without chance: the same graph always gives the same drawing.
 */
import { ordered } from "./order.ts";
import type { Edge, Graph, Node } from "./parse.ts";
import { placed } from "./place.ts";
import { ranksOf } from "./ranks.ts";
import { type Band, type Frame, type Point, routesOf } from "./routes.ts";
import { fitted, textWidth } from "./text.ts";
import { type Vertex, type Web, webOf } from "./web.ts";

export interface Box extends Frame {
  readonly node: Node;
  /** What the box holds, each with where it begins, counted from where the box begins. */
  readonly inside: readonly (Point & { readonly layout: Layout })[];
}

/** Its point is the middle of it. */
export interface Label extends Point {
  readonly text: string;
  readonly width: number;
}

export interface Route {
  readonly edge: Edge;
  readonly points: readonly Point[];
  readonly label?: Label;
}

export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly boxes: readonly Box[];
  readonly routes: readonly Route[];
}

export const FONT = { name: 13, small: 11 };
export const BOX = { height: 44, text: 38, end: 14, padding: 16, least: 116, most: 240 };
export const LABEL = { height: 18, most: 170, padding: 12 };
export const LOOP = 24;
const MARK = { width: 60, height: 26 };
const GAP = { boxes: 28, lines: 14, ranks: 14, slant: 0.06, most: 40 };

export function layOut(graph: Graph): Layout {
  const contents = graph.nodes.map((node) => (node.kind === "state" ? node.inside.map(layOut) : []));
  const sizes = graph.nodes.map((node, index) => sizeOf(node, contents[index] ?? []));
  const labels = graph.edges.map(({ label }) => label && fitted(label, FONT.small, LABEL.most));
  const labelWidths = labels.map((label) => (label ? textWidth(label, FONT.small) + LABEL.padding : 0));
  const widths = sizes.map(({ width }, node) => width + 2 * loopRoom(graph.edges, node, labelWidths));
  const web = webOf(graph, ranksOf(graph), widths, labelWidths);
  const layers = ordered(web.layers, web.segments);
  const middles = placed(layers, web.segments, (left, right) => distance(web.vertices[left], web.vertices[right]));
  const { left, width } = extentOf(web.vertices, middles);
  const middleOf = (vertex: number) => Math.round((middles[vertex] ?? 0) - left);
  const bands = bandsOf(web, sizes, labelWidths, middleOf);
  const frames = sizes.map((size, node) => frameOf(size, middleOf(node), bands[web.vertices[node]?.rank ?? 0]));
  const boxes = frames.map((frame, node) => boxOf(frame, graph.nodes[node] ?? { kind: "end" }, contents[node] ?? []));
  const points = routesOf(web, frames, bands, middleOf);
  const routes = graph.edges.map((edge, index) => {
    const route = { edge, points: points[index] ?? [] };
    const text = labels[index];
    if (!text) return route;
    const labelWidth = labelWidths[index] ?? 0;
    return { ...route, label: { text, width: labelWidth, ...labelPlace(web, index, labelWidth, route.points, bands, middleOf) } };
  });
  return { width, height: bands.at(-1)?.bottom ?? 0, boxes, routes };
}

function sizeOf(node: Node, contents: readonly Layout[]): { width: number; height: number } {
  if (node.kind !== "state") return MARK;
  const text = BOX.text + textWidth(node.name, FONT.name) + BOX.end;
  const own = Math.min(BOX.most, Math.max(BOX.least, text));
  if (contents.length === 0) return { width: own, height: BOX.height };
  const inner = contents.reduce((sum, { width }) => sum + width + BOX.padding, BOX.padding);
  const tallest = Math.max(...contents.map(({ height }) => height));
  return { width: Math.max(own, inner), height: BOX.height + tallest + BOX.padding };
}

function frameOf(size: { width: number; height: number }, middle: number, band: Band = { top: 0, bottom: 0 }): Frame {
  return { ...size, x: middle - size.width / 2, y: (band.top + band.bottom - size.height) / 2 };
}

/** What a Parallel holds stands side by side, in the middle of its box. */
function boxOf(frame: Frame, node: Node, contents: readonly Layout[]): Box {
  const inner = contents.reduce((sum, { width }) => sum + width, 0) + BOX.padding * (contents.length - 1);
  let x = (frame.width - inner) / 2;
  const inside = contents.map((layout) => {
    const place = { x, y: BOX.height, layout };
    x += layout.width + BOX.padding;
    return place;
  });
  return { ...frame, node, inside };
}

/** The room at each side of a box from which a way leads back to it; the other side's keeps it in the middle. */
function loopRoom(edges: readonly Edge[], node: number, labelWidths: readonly number[]): number {
  const loop = edges.findIndex(({ from, to }) => from === node && to === node);
  return loop < 0 ? 0 : LOOP + (labelWidths[loop] ?? 0);
}

function distance(left: Vertex | undefined, right: Vertex | undefined): number {
  const gap = left?.isLine || right?.isLine ? GAP.lines : GAP.boxes;
  return ((left?.width ?? 0) + (right?.width ?? 0)) / 2 + gap;
}

function extentOf(vertices: readonly Vertex[], middles: readonly number[]): { left: number; width: number } {
  const left = Math.min(...vertices.map(({ width }, vertex) => (middles[vertex] ?? 0) - width / 2));
  const right = Math.max(...vertices.map(({ width }, vertex) => (middles[vertex] ?? 0) + width / 2));
  return { left: Math.floor(left), width: Math.ceil(right) - Math.floor(left) };
}

/** The heights of the ranks. The further a line has to go to the side, the more room there is for it to swing. */
function bandsOf(
  web: Web,
  sizes: readonly { height: number }[],
  labelWidths: readonly number[],
  middleOf: (vertex: number) => number,
): Band[] {
  const heights = web.layers.map(() => 0);
  const reaches = web.layers.map(() => 0);
  const raise = (list: number[], rank: number, value: number) => {
    list[rank] = Math.max(list[rank] ?? 0, value);
  };
  for (const [node, { height }] of sizes.entries()) raise(heights, web.vertices[node]?.rank ?? 0, height);
  for (const [index, chain] of web.chains.entries()) {
    if ((labelWidths[index] ?? 0) > 0 && chain.length > 2) raise(heights, web.vertices[chain[1] ?? 0]?.rank ?? 0, LABEL.height);
  }
  for (const { upper, lower } of web.segments) raise(reaches, web.vertices[upper]?.rank ?? 0, Math.abs(middleOf(upper) - middleOf(lower)));
  let top = 0;
  return heights.map((height, rank) => {
    const band = { top, bottom: top + height };
    top = band.bottom + Math.min(GAP.most, Math.round(GAP.ranks + GAP.slant * (reaches[rank] ?? 0)));
    return band;
  });
}

/** On its line in the rank after its beginning, or beside the box it leads back to. */
function labelPlace(
  web: Web,
  edge: number,
  width: number,
  points: readonly Point[],
  bands: readonly Band[],
  middleOf: (vertex: number) => number,
): Point {
  const chain = web.chains[edge] ?? [];
  const [start, end] = [points[0] ?? { x: 0, y: 0 }, points.at(-1) ?? { x: 0, y: 0 }];
  if (chain.length === 2) return { x: start.x + LOOP + width / 2, y: (start.y + end.y) / 2 };
  const { top, bottom } = bands[web.vertices[chain[1] ?? 0]?.rank ?? 0] ?? { top: 0, bottom: 0 };
  return { x: middleOf(chain[1] ?? 0), y: (top + bottom) / 2 };
}
