/** A seeded source of random numbers from 0 to 1 (mulberry32): a failed run is run again with its seed. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/**
 * For each name numbers of its own. What happens side by side must not draw from one source: who comes first differs from run
 * to run, and with it what each would draw.
 */
export function randomStreams(seed: number): (name: string) => () => number {
  return (name) => seededRandom([...name].reduce((mixed, character) => Math.imul(mixed ^ character.charCodeAt(0), 0x01000193), seed));
}

export function chaosSeed(): number {
  return Number(process.env.MILEPOST_CHAOS_SEED ?? Math.floor(Math.random() * 2 ** 32));
}
