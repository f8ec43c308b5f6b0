/**
 * The order of vertices within their ranks, by sweeps in which each takes the mean place of its neighbours, heavy links
 * counting more; of all orders seen on the way the one with the fewest crossings stays.
 */

/** A piece of an edge, between vertices of two ranks that follow each other. */
export interface Segment {
  readonly upper: number;
  readonly lower: number;
  readonly weight: number;
}

const SWEEPS = 8;

interface Link {
  readonly other: number;
  readonly weight: number;
}
type Links = ReadonlyMap<number, readonly Link[]>;

export function ordered(layers: readonly (readonly number[])[], segments: readonly Segment[]): number[][] {
  const above = linksOf(segments, "lower", "upper");
  const below = linksOf(segments, "upper", "lower");
  let best = layers.map((layer) => [...layer]);
  let fewest = crossings(best, below);
  // Which way the first sweep goes decides where the others end, so both are tried.
  for (const first of [0, 1]) {
    let order: readonly (readonly number[])[] = layers;
    for (let sweep = first; sweep < first + SWEEPS && fewest > 0; sweep++) {
      const next = sweep % 2 === 0 ? swept(order, above) : swept(order.toReversed(), below).toReversed();
      const count = crossings(next, below);
      if (count < fewest) [best, fewest] = [next, count];
      order = next;
    }
  }
  return best;
}

function linksOf(segments: readonly Segment[], of: "upper" | "lower", are: "upper" | "lower"): Links {
  const links = new Map<number, Link[]>();
  for (const segment of segments)
    links.set(segment[of], [...(links.get(segment[of]) ?? []), { other: segment[are], weight: segment.weight }]);
  return links;
}

/** Each layer ordered by the one before it; what has no neighbour there keeps its place. */
function swept(layers: readonly (readonly number[])[], before: Links): number[][] {
  const placeOf = new Map<number, number>();
  return layers.map((layer) => {
    const wanted = new Map(layer.map((vertex, place) => [vertex, meanPlace(before.get(vertex) ?? [], placeOf) ?? place]));
    const sorted = layer.toSorted((a, b) => (wanted.get(a) ?? 0) - (wanted.get(b) ?? 0));
    for (const [place, vertex] of sorted.entries()) placeOf.set(vertex, place);
    return sorted;
  });
}

function meanPlace(links: readonly Link[], placeOf: ReadonlyMap<number, number>): number | undefined {
  let [sum, total] = [0, 0];
  for (const { other, weight } of links) {
    sum += (placeOf.get(other) ?? 0) * weight;
    total += weight;
  }
  return total === 0 ? undefined : sum / total;
}

function crossings(layers: readonly (readonly number[])[], below: Links): number {
  let count = 0;
  for (const [rank, layer] of layers.entries()) {
    const places = new Map(layers[rank + 1]?.map((vertex, place) => [vertex, place]));
    const ends = layer.flatMap((vertex) => (below.get(vertex) ?? []).map(({ other }) => places.get(other) ?? 0).sort((a, b) => a - b));
    count += inversions(ends);
  }
  return count;
}

/** How many pairs stand in the wrong order, which is how many lines between two ranks cross. */
function inversions(places: readonly number[]): number {
  const sorted: number[] = [];
  let count = 0;
  for (const place of places) {
    let [low, high] = [0, sorted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((sorted[middle] ?? 0) <= place) low = middle + 1;
      else high = middle;
    }
    count += sorted.length - low;
    sorted.splice(low, 0, place);
  }
  return count;
}
