/**
 * How much an order looks like fraud: each rule that it meets adds its points, and from the threshold on it is declined.
 * Rules look at the order alone, so the same order always scores the same.
 */
import { formatCents } from "./money.ts";
import type { PricedOrder } from "./pricing.ts";

export interface FraudRule {
  readonly name: string;
  readonly points: number;
  readonly isMet: (order: PricedOrder) => boolean;
}

export interface FraudScore {
  readonly score: number;
  readonly threshold: number;
  readonly passed: boolean;
  /** The rules that were met. */
  readonly rules: readonly string[];
}

export const FRAUD_THRESHOLD = 100;

const HUGE_TOTAL = 5_000_000;
const LARGE_TOTAL = 1_000_000;
const MANY_OF_ONE = 100;
const MANY_LINES = 50;

export const FRAUD_RULES: readonly FraudRule[] = [
  { name: `a total of ${formatCents(HUGE_TOTAL)} or more`, points: 100, isMet: ({ totalCents }) => totalCents >= HUGE_TOTAL },
  { name: `a total of ${formatCents(LARGE_TOTAL)} or more`, points: 40, isMet: ({ totalCents }) => totalCents >= LARGE_TOTAL },
  {
    name: `${MANY_OF_ONE} or more of one thing, at a total of ${formatCents(LARGE_TOTAL)} or more`,
    points: 40,
    isMet: ({ lines, totalCents }) => totalCents >= LARGE_TOTAL && lines.some(({ quantity }) => quantity >= MANY_OF_ONE),
  },
  {
    name: `a promotion on a total of ${formatCents(LARGE_TOTAL)} or more`,
    points: 30,
    isMet: ({ promoCode, totalCents }) => promoCode !== undefined && totalCents >= LARGE_TOTAL,
  },
  { name: `${MANY_LINES} or more lines`, points: 20, isMet: ({ lines }) => lines.length >= MANY_LINES },
];

export function scoreOrder(order: PricedOrder): FraudScore {
  const met = FRAUD_RULES.filter(({ isMet }) => isMet(order));
  const score = met.reduce((total, { points }) => total + points, 0);
  return { score, threshold: FRAUD_THRESHOLD, passed: score < FRAUD_THRESHOLD, rules: met.map(({ name }) => name) };
}
