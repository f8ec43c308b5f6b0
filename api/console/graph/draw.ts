/**
 * An execution drawn as its state machine's graph: an SVG without scripts and styles, whose looks are those of `graph.css`.
 *
 * What a state's colour says its mark says too, and the drawing's title and description say it in words.
 */
import type { HistoryEvent } from "@aws-sdk/client-sfn";
import { type Html, html } from "../../pages/html.ts";
import { BOX, type Box, FONT, LABEL, type Layout, LOOP, layOut, type Route } from "./layout.ts";
import { MARKS } from "./marks.ts";
import { type Graph, type Node, parseGraph, type State, statesIn } from "./parse.ts";
import { type Progress, progressOf, wayKey } from "./progress.ts";
import type { Point } from "./routes.ts";
import { fitted } from "./text.ts";
import { cutNote, descriptionOf, STANDINGS, standingOf, standingsIn, titleOf, tooltipOf } from "./words.ts";

const MARGIN = 12;
/** Wider drawings would be too small to read on a phone; they scroll there. */
const WIDE = 480;

/**
 * The drawing with its legend, or undefined for a definition that cannot be drawn. Where there are several on a page, `id`
 * tells them apart.
 */
export function drawExecution(definition: string, status: string, events: readonly HistoryEvent[], id = "graph"): Html | undefined {
  const graph = parseGraph(definition);
  if (graph === undefined) return undefined;
  const progress = progressOf(status, events);
  const note = cutNote(progress);
  return html`<figure class="graph">
<div class="graph__view" tabindex="0" role="group" aria-label="State machine">${drawGraph(graph, progress, id)}</div>
<figcaption class="graph__legend">${titleOf(progress)}${note && ` ${note}`}
<ul class="graph__standings">${standingsIn(statesIn(graph), progress).map(
    (shown) =>
      html`<li><svg class="state--${shown}" width="18" height="18" viewBox="-9 -9 18 18" aria-hidden="true">${MARKS[shown]}</svg> ${STANDINGS[shown]}</li>`,
  )}</ul></figcaption>
</figure>`;
}

export function drawGraph(graph: Graph, progress: Progress, id = "graph"): Html {
  const layout = layOut(graph);
  const [width, height] = [layout.width + 2 * MARGIN, layout.height + 2 * MARGIN];
  return html`<svg class="graph__drawing${width > WIDE && " graph__drawing--wide"}" xmlns="http://www.w3.org/2000/svg" viewBox="${-MARGIN} ${-MARGIN} ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="${id}-title ${id}-desc">
<title id="${id}-title">${titleOf(progress)}</title>
<desc id="${id}-desc">${descriptionOf(statesIn(graph), progress)}</desc>
<defs>${["arrow", "arrow--taken"].map(
    (name) =>
      html`<marker id="${id}-${name}" class="${name}" viewBox="0 0 8 8" refX="7.5" refY="4" markerWidth="8" markerHeight="8" markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0.5 8 4 0 7.5Z"/></marker>`,
  )}</defs>
${drawLayout(layout, graph, progress, id)}
</svg>`;
}

/** Ways that were taken lie above those that were not, with which they may share a part, and all labels above all ways. */
function drawLayout({ boxes, routes }: Layout, { nodes }: Graph, progress: Progress, id: string): Html {
  const isTaken = ({ edge }: Route) => progress.taken.has(wayKey(nameOf(nodes[edge.from]), nameOf(nodes[edge.to])));
  const ways = routes.map((route) => ({ route, taken: isTaken(route) })).sort((a, b) => Number(a.taken) - Number(b.taken));
  return html`<g>${ways.map(({ route, taken }) => drawWay(route, taken, id))}${ways.map(({ route, taken }) => drawLabel(route, taken))}${boxes.map((box) => drawBox(box, progress, id))}</g>`;
}

const nameOf = (node: Node | undefined) => (node?.kind === "state" ? node.name : undefined);

function drawWay({ edge, points }: Route, taken: boolean, id: string): Html {
  const d = edge.from === edge.to ? loop(points) : line(points);
  const names = `way way--${edge.kind}${taken ? " way--taken" : ""}`;
  return html`<path class="${names}" d="${d}" marker-end="url(#${id}-${taken ? "arrow--taken" : "arrow"})"/>`;
}

/** From point to point, straight where the next is below, and otherwise in a swing that leaves and arrives upright. */
function line(points: readonly Point[]): string {
  let [before, d] = [points[0] ?? { x: 0, y: 0 }, ""];
  for (const { x, y } of points) {
    const middle = (before.y + y) / 2;
    if (d === "") d = `M${x} ${y}`;
    else if (x === before.x) d += y === before.y ? "" : `V${y}`;
    else d += `C${before.x} ${middle} ${x} ${middle} ${x} ${y}`;
    before = { x, y };
  }
  return d;
}

function loop([from = { x: 0, y: 0 }, to = from]: readonly Point[]): string {
  return `M${from.x} ${from.y}C${from.x + LOOP + 6} ${from.y - 6} ${to.x + LOOP + 6} ${to.y + 6} ${to.x} ${to.y}`;
}

function drawLabel({ edge, label }: Route, taken: boolean): Html | undefined {
  if (label === undefined) return undefined;
  const { x, y, width, text } = label;
  return html`<g class="label label--${edge.kind}${taken && " label--taken"}"><title>${edge.label}</title><rect x="${x - width / 2}" y="${y - LABEL.height / 2}" width="${width}" height="${LABEL.height}" rx="9"/><text x="${x}" y="${y + 4}" text-anchor="middle" font-size="${FONT.small}">${text}</text></g>`;
}

function drawBox(box: Box, progress: Progress, id: string): Html {
  const { node, x, y, width, height, inside } = box;
  const at = `translate(${x} ${y})`;
  if (node.kind !== "state") {
    return html`<g class="mark mark--${node.kind}" transform="${at}"><rect width="${width}" height="${height}" rx="${height / 2}"/><text x="${width / 2}" y="17" text-anchor="middle" font-size="${FONT.small}">${node.kind === "start" ? "Start" : "End"}</text></g>`;
  }
  const standing = standingOf(node.name, progress);
  const container = inside.length > 0 && " state--container";
  return html`<g class="state state--${standing}${container}" transform="${at}"><title>${tooltipOf(node, progress)}</title><rect class="state__box" width="${width}" height="${height}" rx="8"/>${drawHead(node, width, progress)}</g>
${inside.map((part, index) => html`<g transform="translate(${x + part.x} ${y + part.y})">${drawLayout(part.layout, node.inside[index] ?? { nodes: [], edges: [] }, progress, id)}</g>`)}`;
}

function drawHead(state: State, width: number, progress: Progress): Html {
  const times = progress.states.get(state.name)?.times ?? 0;
  const room = width - BOX.text - BOX.end;
  const type = `${state.type}${times > 1 ? ` ×${times}` : ""}`;
  return html`<g transform="translate(21 22)">${MARKS[standingOf(state.name, progress)]}</g><text class="state__name" x="${BOX.text}" y="20" font-size="${FONT.name}">${fitted(state.name, FONT.name, room)}</text><text class="state__type" x="${BOX.text}" y="34" font-size="${FONT.small}">${fitted(type, FONT.small, room)}</text>`;
}
