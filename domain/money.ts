/**
 * Money, which is whole cents everywhere inside: sums and comparisons are exact, and no binary fraction is ever added up.
 * Outside it is a JSON number with at most two decimals, since that is what callers write.
 */
const CENTS = 100;
const CENTS_MAX = 100_000_000_000;

/**
 * The cents of an amount as it came in JSON; undefined where it has more than two decimals, is below zero or beyond 1e9.
 * Up to there the number nearest to n cents is told from every other amount of cents, so nothing is rounded away unseen.
 */
export function centsOf(amount: number): number | undefined {
  const cents = Math.round(amount * CENTS);
  return Number.isFinite(amount) && cents >= 0 && cents <= CENTS_MAX && !Object.is(amount, -0) && cents / CENTS === amount
    ? cents
    : undefined;
}

/** The amount as a JSON number, which is written with no more than two decimals. */
export function priceOf(cents: number): number {
  return cents / CENTS;
}

/** The amount for a person to read: always with both decimals. */
export function formatCents(cents: number): string {
  const whole = Math.trunc(cents / CENTS);
  return `${whole}.${String(cents % CENTS).padStart(2, "0")}`;
}
