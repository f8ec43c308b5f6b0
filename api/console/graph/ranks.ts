/**
 * The rank of each node of a graph: one below all that lead to it, the longest way counted. Ways that lead back to where
 * they came from are found first and count the other way round.
 */
import type { Graph } from "./parse.ts";

export interface Ranks {
  /** By the node's place in the graph. */
  readonly rankOf: readonly number[];
  /** The places of the edges that lead upwards. */
  readonly backwards: ReadonlySet<number>;
}

export function ranksOf({ nodes, edges }: Graph): Ranks {
  const out = outgoing(nodes.length, edges);
  const { backwards, finished } = searched(nodes.length, edges, out);
  const rankOf = nodes.map(() => 0);
  const down = edges.map(({ from, to }, index) => (backwards.has(index) ? { from: to, to: from } : { from, to }));
  const below = outgoing(nodes.length, down);
  // A turned edge leads from an ancestor of the search to a descendant, so the order in which nodes were finished holds for it too.
  for (const node of finished.toReversed()) {
    for (const index of below[node] ?? []) {
      const { to } = down[index] ?? { to: node };
      if (to !== node) rankOf[to] = Math.max(rankOf[to] ?? 0, (rankOf[node] ?? 0) + 1);
    }
  }
  return { rankOf: endsLast(nodes, rankOf), backwards };
}

function outgoing(count: number, edges: readonly { from: number }[]): number[][] {
  const out: number[][] = Array.from({ length: count }, () => []);
  for (const [index, { from }] of edges.entries()) out[from]?.push(index);
  return out;
}

/** A depth-first search from the first node on, and from each that it has not reached. */
function searched(count: number, edges: Graph["edges"], out: readonly number[][]) {
  const backwards = new Set<number>();
  const finished: number[] = [];
  const seen = new Set<number>();
  const open = new Set<number>();
  const visit = (node: number) => {
    seen.add(node);
    open.add(node);
    for (const index of out[node] ?? []) {
      const to = edges[index]?.to ?? node;
      if (to === node) continue;
      if (open.has(to)) backwards.add(index);
      else if (!seen.has(to)) visit(to);
    }
    open.delete(node);
    finished.push(node);
  };
  for (let node = 0; node < count; node++) if (!seen.has(node)) visit(node);
  return { backwards, finished };
}

/** The end stands below everything, even below what never reaches it. */
function endsLast(nodes: Graph["nodes"], rankOf: readonly number[]): number[] {
  const lowest = Math.max(0, ...rankOf.filter((_, node) => nodes[node]?.kind !== "end"));
  return rankOf.map((rank, node) => (nodes[node]?.kind === "end" ? lowest + 1 : rank));
}
