/**
 * The place of each vertex from left to right: columns stand upright, as near as may be to the middle of what they are
 * linked with, heavy links counting more, and clear of what stands beside them.
 */
import { columnsOf } from "./columns.ts";
import type { Segment } from "./order.ts";

const PASSES = 30;

/** The middles of all vertices. `distance` is what must at least lie between the middles of two that stand side by side. */
export function placed(
  layers: readonly (readonly number[])[],
  segments: readonly Segment[],
  distance: (left: number, right: number) => number,
): number[] {
  const columns = columnsOf(layers, segments);
  const gaps = gapsOf(layers, columns, distance);
  const order = fromTheLeft(columns.length, gaps);
  const links = linksOf(columns, segments);
  let xs = settled(
    columns.map(() => ({ x: 0, weight: 1 })),
    order,
    gaps,
  );
  for (let pass = 0; pass < PASSES; pass++) {
    const wishes = xs.map((x, column) => wishOf(x, links[column] ?? [], xs));
    xs = settled(wishes, order, gaps);
  }
  return columns.map((column) => xs[column] ?? 0);
}

/** What lies at least between a column and another to the left of it. */
interface Gap {
  readonly left: number;
  readonly distance: number;
}

function gapsOf(
  layers: readonly (readonly number[])[],
  columns: readonly number[],
  distance: (left: number, right: number) => number,
): Gap[][] {
  const gaps: Map<number, number>[] = columns.map(() => new Map());
  for (const layer of layers) {
    for (const [place, vertex] of layer.entries()) {
      const before = layer[place - 1];
      if (before === undefined) continue;
      const [left, right] = [columns[before] ?? before, columns[vertex] ?? vertex];
      gaps[right]?.set(left, Math.max(gaps[right]?.get(left) ?? 0, distance(before, vertex)));
    }
  }
  return gaps.map((lefts) => [...lefts].map(([left, least]) => ({ left, distance: least })));
}

/** An order in which every column comes after all that stand to the left of it. */
function fromTheLeft(count: number, gaps: readonly (readonly Gap[])[]): number[] {
  const order: number[] = [];
  const seen = new Set<number>();
  const visit = (column: number) => {
    if (seen.has(column)) return;
    seen.add(column);
    for (const { left } of gaps[column] ?? []) visit(left);
    order.push(column);
  };
  for (let column = 0; column < count; column++) visit(column);
  return order;
}

interface Link {
  readonly other: number;
  readonly weight: number;
}

function linksOf(columns: readonly number[], segments: readonly Segment[]): Link[][] {
  const links: Link[][] = columns.map(() => []);
  for (const { upper, lower, weight } of segments) {
    const [above, below] = [columns[upper] ?? upper, columns[lower] ?? lower];
    if (above === below) continue;
    links[above]?.push({ other: below, weight });
    links[below]?.push({ other: above, weight });
  }
  return links;
}

interface Wish {
  readonly x: number;
  readonly weight: number;
}

/** Half the way to the middle of its links: two that wish for each other's place would change places for ever. */
function wishOf(x: number, links: readonly Link[], xs: readonly number[]): Wish {
  let [sum, weight] = [0, 0];
  for (const link of links) {
    sum += (xs[link.other] ?? 0) * link.weight;
    weight += link.weight;
  }
  return weight === 0 ? { x, weight: 0.1 } : { x: (x + sum / weight) / 2, weight };
}

/** Columns that touch and move as one, at the mean of what they wish. */
interface Group {
  x: number;
  weight: number;
  readonly members: number[];
}

/**
 * The places nearest to those wished for that leave all gaps: from the left to the right each column joins the group it
 * would come too near to, until that group has room.
 */
function settled(wishes: readonly Wish[], order: readonly number[], gaps: readonly (readonly Gap[])[]): number[] {
  const offsets = wishes.map(() => 0);
  const groups: Group[] = wishes.map(({ x, weight }, column) => ({ x, weight, members: [column] }));
  const at = (column: number) => (groups[column]?.x ?? 0) + (offsets[column] ?? 0);
  for (const column of order) {
    for (let tight = tightest(column, groups, gaps, at); tight !== undefined; tight = tightest(column, groups, gaps, at)) {
      const [left, right] = [groups[tight.left], groups[column]];
      if (left === undefined || right === undefined) break;
      const shift = (offsets[tight.left] ?? 0) + tight.distance - (offsets[tight.right] ?? 0);
      for (const member of right.members) {
        offsets[member] = (offsets[member] ?? 0) + shift;
        groups[member] = left;
      }
      const weight = left.weight + right.weight;
      left.x = (left.x * left.weight + (right.x - shift) * right.weight) / weight;
      left.weight = weight;
      left.members.push(...right.members);
    }
  }
  return wishes.map((_, column) => at(column));
}

/** The gap on the left of a column's group that lacks the most. */
function tightest(column: number, groups: readonly Group[], gaps: readonly (readonly Gap[])[], at: (column: number) => number) {
  const group = groups[column];
  let worst: (Gap & { right: number }) | undefined;
  let most = 1e-6;
  for (const right of group?.members ?? []) {
    for (const gap of gaps[right] ?? []) {
      const lacking = at(gap.left) + gap.distance - at(right);
      if (groups[gap.left] === group || lacking <= most) continue;
      [worst, most] = [{ ...gap, right }, lacking];
    }
  }
  return worst;
}
