/** A moment as the context object and Step Functions' own outputs spell it: `2026-01-31T12:00:00.123Z`. */
export function isoTime(moment: number): string {
  return new Date(moment).toISOString();
}

/** A moment as the JSON protocol spells it: seconds since the epoch with a fraction. */
export function epochSeconds(moment: number): number {
  return moment / 1000;
}
