/** How long to wait before the next try: anywhere (full jitter) below a bound that doubles with every try, up to a limit. */
export interface Backoff {
  readonly firstMs: number;
  readonly mostMs: number;
}

/** @param tries how often it was tried already, at least once */
export function waitMs({ firstMs, mostMs }: Backoff, tries: number, random: number): number {
  return Math.floor(random * Math.min(mostMs, firstMs * 2 ** Math.min(tries - 1, 30)));
}
