/** How many failures of a kind are open: as many of them are read as need be to say so, and never all. */
import { type FailureStore, listFailures } from "../../domain/failures.ts";
import { known } from "./known.ts";

/** So many stand for "so many or more". */
export const FAILURES_COUNTED_MAX = 100;

/** Undefined where it is not known just now. */
export async function countOpenFailures(store: FailureStore, kind: string): Promise<number | undefined> {
  return (await known(listFailures(store, kind, FAILURES_COUNTED_MAX, undefined)))?.failures.length;
}

/** For places as narrow as a tab. */
export function shortCount(open: number): string {
  return open < FAILURES_COUNTED_MAX ? String(open) : `${FAILURES_COUNTED_MAX - 1}+`;
}
