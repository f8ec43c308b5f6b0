/** Which vertices are to stand straight above each other: those on the way things usually go, and those of one long line. */
import type { Segment } from "./order.ts";

/** The column of each vertex. No two columns cross, so that all of them can stand upright. */
export function columnsOf(layers: readonly (readonly number[])[], segments: readonly Segment[]): number[] {
  const places = placesIn(layers);
  const columns = places.map((_, vertex) => vertex);
  const joined = new Map<number, Segment[]>();
  const hasAbove = new Set<number>();
  const hasBelow = new Set<number>();
  for (const segment of segments.toSorted((a, b) => b.weight - a.weight)) {
    const { upper, lower } = segment;
    const rank = places[upper]?.rank ?? 0;
    const others = joined.get(rank) ?? [];
    if (hasBelow.has(upper) || hasAbove.has(lower) || others.some((other) => crosses(segment, other, places))) continue;
    hasBelow.add(upper);
    hasAbove.add(lower);
    joined.set(rank, [...others, segment]);
  }
  // From the top downwards, so that each vertex finds the column of the one above it complete.
  for (const rank of layers.keys()) for (const { upper, lower } of joined.get(rank) ?? []) columns[lower] = columns[upper] ?? upper;
  return columns;
}

interface Place {
  readonly rank: number;
  readonly place: number;
}

function placesIn(layers: readonly (readonly number[])[]): Place[] {
  const places: Place[] = [];
  for (const [rank, layer] of layers.entries()) for (const [place, vertex] of layer.entries()) places[vertex] = { rank, place };
  return places;
}

function crosses(one: Segment, other: Segment, places: readonly Place[]): boolean {
  const at = (vertex: number) => places[vertex]?.place ?? 0;
  return (at(one.upper) - at(other.upper)) * (at(one.lower) - at(other.lower)) < 0;
}
