import { randomUUID } from "node:crypto";

/** All that makes an expression's value differ from one evaluation to the next: identifiers, random numbers, the clock. */
export interface Chance {
  uuid(): string;
  /** At least 0, less than 1. */
  random(): number;
  /** Milliseconds since 1970. */
  now(): number;
}

const real: Chance = { uuid: () => randomUUID(), random: () => Math.random(), now: () => Date.now() };

let current: Chance = real;

export function chance(): Chance {
  return current;
}

/** Puts other sources in place, for tests; what is left out stays real. Returns how to undo it. */
export function replaceChance(other: Partial<Chance>): () => void {
  const before = current;
  current = { ...real, ...other };
  return () => {
    current = before;
  };
}
