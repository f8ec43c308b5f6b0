/** How often the contenders take turns: more rounds, steadier medians. */
export const ROUNDS = wholeFrom("MILEPOST_BENCH_ROUNDS", 5);

/** The size of a benchmark, from the variable that sets it. */
export function wholeFrom(variable: string, fallback: number): number {
  const text = process.env[variable];
  const value = text === undefined || text === "" ? fallback : Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new Error(`${variable} must be a whole number from 1 on, not ${text}.`);
  return value;
}
