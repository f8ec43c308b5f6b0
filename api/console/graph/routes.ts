/** The lines of ways: straight down through the ranks they pass, slanted only in the gaps between, where nothing stands. */
import type { Web } from "./web.ts";

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Frame extends Point {
  readonly width: number;
  readonly height: number;
}

/** What lies between two heights: a rank, or a gap. */
export interface Band {
  readonly top: number;
  readonly bottom: number;
}

/** From the sides of a box, and from each other, lines keep this far if there is room. */
const INSET = 16;
const APART = 12;

/** The points of every way, from the edge of one box to the edge of another. Between two that are not above each other it swings. */
export function routesOf(web: Web, frames: readonly Frame[], bands: readonly Band[], middleOf: (vertex: number) => number): Point[][] {
  const ports = portsOf(web, frames, middleOf);
  return web.chains.map((chain) => {
    const [from, to] = [chain[0] ?? 0, chain.at(-1) ?? 0];
    const [source, target] = [frames[from], frames[to]];
    if (source === undefined || target === undefined) return [];
    if (from === to) return loopAt(source);
    const down = source.y < target.y;
    const passed = chain.slice(1, -1);
    const [start, end] = [ports.get(`${from} ${passed[0]}`) ?? 0, ports.get(`${to} ${passed.at(-1)}`) ?? 0];
    const band = (vertex: number) => bands[web.vertices[vertex]?.rank ?? 0] ?? { top: 0, bottom: 0 };
    const leaving = (vertex: number) => (down ? band(vertex).bottom : band(vertex).top);
    const reaching = (vertex: number) => (down ? band(vertex).top : band(vertex).bottom);
    return [
      { x: start, y: down ? source.y + source.height : source.y },
      { x: start, y: leaving(from) },
      ...passed.flatMap((vertex) => [reaching, leaving].map((side) => ({ x: middleOf(vertex), y: side(vertex) }))),
      { x: end, y: reaching(to) },
      { x: end, y: down ? target.y : target.y + target.height },
    ];
  });
}

function loopAt({ x, y, width, height }: Frame): Point[] {
  return [-9, 9].map((dy) => ({ x: x + width, y: y + height / 2 + dy }));
}

/** Where lines meet boxes: right below or above the place they come from, as far as the box reaches and others leave room. */
function portsOf(web: Web, frames: readonly Frame[], middleOf: (vertex: number) => number): Map<string, number> {
  const ports = new Map<string, number>();
  for (const [box, frame] of frames.entries()) {
    const above = web.segments.filter(({ lower }) => lower === box).map(({ upper }) => upper);
    const below = web.segments.filter(({ upper }) => upper === box).map(({ lower }) => lower);
    for (const lines of [above, below]) {
      lines.sort((a, b) => middleOf(a) - middleOf(b));
      const xs = spread(lines.map(middleOf), frame.x + INSET, frame.x + frame.width - INSET);
      for (const [place, line] of lines.entries()) ports.set(`${box} ${line}`, xs[place] ?? 0);
    }
  }
  return ports;
}

/** Numbers in rising order between two bounds, as near to those wished for as keeping apart allows. */
function spread(wished: readonly number[], least: number, most: number): number[] {
  const apart = Math.min(APART, (most - least) / Math.max(1, wished.length - 1));
  const xs: number[] = [];
  for (const x of wished) xs.push(Math.max(x, least, (xs.at(-1) ?? Number.NEGATIVE_INFINITY) + apart));
  let bound = most;
  for (const place of [...xs.keys()].reverse()) {
    xs[place] = Math.min(xs[place] ?? 0, bound);
    bound = (xs[place] ?? 0) - apart;
  }
  return xs;
}
