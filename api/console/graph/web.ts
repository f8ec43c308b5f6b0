/**
 * A graph in ranks as vertices that each have a place: its boxes in every second rank, and between them the places that ways
 * pass through, the first of which has room for the way's label.
 *
 * Ways to the same box run together behind their labels, so that nine that lead to one box arrive as one line.
 */
import type { Segment } from "./order.ts";
import type { Edge, Graph } from "./parse.ts";
import type { Ranks } from "./ranks.ts";

export interface Vertex {
  readonly rank: number;
  readonly width: number;
  readonly isLine: boolean;
}

export interface Web {
  /** The boxes come first, in the order of the graph's nodes. */
  readonly vertices: readonly Vertex[];
  /** The vertices of each rank, in an order to begin with. */
  readonly layers: readonly (readonly number[])[];
  readonly segments: readonly Segment[];
  /** The vertices each edge passes, from where it begins to where it ends; only those two for one that leads to its own box. */
  readonly chains: readonly (readonly number[])[];
}

/** The way things usually go is to be straight, and a line straighter still; where one joins another, the other stays straight. */
const WEIGHT = { next: 8, choice: 3, catch: 1, line: 10, join: 2 };

export function webOf(graph: Graph, { rankOf, backwards }: Ranks, widths: readonly number[], labelWidths: readonly number[]): Web {
  const vertices: Vertex[] = graph.nodes.map((_, node) => ({ rank: 2 * (rankOf[node] ?? 0), width: widths[node] ?? 0, isLine: false }));
  const add = (rank: number, width: number) => vertices.push({ rank, width, isLine: true }) - 1;
  const shared = new Map<string, number>();
  const chains = graph.edges.map(({ from, to }, index) => {
    if (from === to) return [from, to];
    const step = backwards.has(index) ? -1 : 1;
    const [first, last] = [vertices[from]?.rank ?? 0, vertices[to]?.rank ?? 0];
    const chain = [from, add(first + step, labelWidths[index] ?? 0)];
    for (let rank = first + 2 * step; rank !== last; rank += step) {
      const key = `${to} ${rank} ${step}`;
      const vertex = shared.get(key) ?? add(rank, 0);
      shared.set(key, vertex);
      chain.push(vertex);
    }
    return [...chain, to];
  });
  const segments = segmentsOf(chains, graph.edges, vertices);
  return { vertices, layers: layersOf(vertices, segments), segments, chains };
}

function segmentsOf(chains: readonly (readonly number[])[], edges: readonly Edge[], vertices: readonly Vertex[]): Segment[] {
  const segments = new Map<string, Segment>();
  for (const [index, chain] of chains.entries()) {
    for (const [place, to] of chain.entries()) {
      const from = chain[place - 1];
      if (from === undefined || from === to) continue;
      const [upper, lower] = (vertices[from]?.rank ?? 0) < (vertices[to]?.rank ?? 0) ? [from, to] : [to, from];
      const kind = edges[index]?.kind ?? "next";
      const isLine = vertices[from]?.isLine && vertices[to]?.isLine;
      // Of two alike, the one that comes to a box sooner.
      const weight = WEIGHT[isLine ? (place === 2 ? "join" : "line") : kind] + 1 / chain.length;
      segments.set(`${upper} ${lower}`, { upper, lower, weight });
    }
  }
  return [...segments.values()];
}

/** The order in which a walk down from the top comes by, heavy ways first. */
function layersOf(vertices: readonly Vertex[], segments: readonly Segment[]): number[][] {
  const below = new Map<number, Segment[]>();
  for (const segment of segments) below.set(segment.upper, [...(below.get(segment.upper) ?? []), segment]);
  const layers: number[][] = Array.from({ length: 1 + Math.max(0, ...vertices.map(({ rank }) => rank)) }, () => []);
  const seen = new Set<number>();
  const walk = (vertex: number) => {
    if (seen.has(vertex)) return;
    seen.add(vertex);
    layers[vertices[vertex]?.rank ?? 0]?.push(vertex);
    for (const { lower } of (below.get(vertex) ?? []).toSorted((a, b) => b.weight - a.weight)) walk(lower);
  };
  for (const vertex of vertices.keys()) walk(vertex);
  return layers;
}
