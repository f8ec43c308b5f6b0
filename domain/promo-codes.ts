/** What promotions take off an order, in whole percents of what its items come to. */
const PERCENT = { SAVE10: 10, SAVE20: 20, SAVE30: 30, FREESHIP: 5 } as const;

export type PromoCode = keyof typeof PERCENT;

export const PROMO_CODES = Object.keys(PERCENT) as [PromoCode, ...PromoCode[]];

/** What a code takes off. One that is not known (any more) takes off nothing. */
export function percentOff(code: string | undefined): number {
  const known = PROMO_CODES.find((one) => one === code);
  return known === undefined ? 0 : PERCENT[known];
}
