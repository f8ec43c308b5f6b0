import { randomBytes } from "node:crypto";
import { makeClients } from "../../test/support/clients.ts";
import { createGround, type Ground } from "../../test/support/flow.ts";
import { pairedRatio } from "../support/measures.ts";
import { ROUNDS } from "../support/rounds.ts";
import { runLoad } from "./load.ts";

export const SECONDS = Number(process.env.MILEPOST_BENCH_SECONDS ?? 5);
export const AT_ONCE = 32;

/** A ground of its own on an endpoint, warmed up: the first calls of a process are slow on both sides. */
export async function warmGround(url: string): Promise<Ground> {
  const ground = await newGround(url);
  await runLoad(ground, AT_ONCE, Math.min(2, SECONDS));
  return ground;
}

export function newGround(url: string): Promise<Ground> {
  return createGround(makeClients(url), `bench-${randomBytes(4).toString("hex")}`);
}

/** The flow's rates on two grounds, in rounds that alternate, so that a machine that slows down slows both. */
export async function alternate(plain: Ground, laden: Ground): Promise<{ plain: number[]; laden: number[]; ratio: number }> {
  const rates = { plain: [] as number[], laden: [] as number[] };
  for (let round = 1; round <= ROUNDS; round++) {
    rates.plain.push((await runLoad(plain, AT_ONCE, SECONDS)).rate);
    rates.laden.push((await runLoad(laden, AT_ONCE, SECONDS)).rate);
  }
  return { ...rates, ratio: pairedRatio(rates.laden, rates.plain) };
}
