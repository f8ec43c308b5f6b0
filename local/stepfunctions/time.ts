/** A moment as the context object and Step Functions' own outputs spell it: `2026-01-31T12:00:00.123Z`. */
export function isoTime(moment: number): string {
  return new Date(moment).toISOString();
}

/** A moment as the JSON protocol spells it: seconds since the epoch with a fraction. */
export function epochSeconds(moment: number): number {
  return moment / 1000;
}

/**
 * An RFC 3339 timestamp as AWS takes it in a Wait state and in a Choice: a capital `T`, and a zone that is `Z` or an offset.
 * Undefined for anything else, dates that do not exist included.
 */
export function parseTimestamp(text: string): number | undefined {
  const match = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(\.\d+)?(?:Z|([+-])(\d{2}):(\d{2}))$/.exec(text);
  if (match === null) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as [number, number, number, number, number, number];
  const offsetHours = Number(match[9] ?? 0);
  const offsetMinutes = Number(match[10] ?? 0);
  if (hour > 23 || minute > 59 || second > 59 || offsetHours > 18 || offsetMinutes > 59) return undefined;
  const moment = Date.UTC(year, month - 1, day, hour, minute, second);
  const date = new Date(moment);
  if (date.getUTCFullYear() !== year || date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  const offset = (match[8] === "-" ? -1 : 1) * (offsetHours * 60 + offsetMinutes) * 60_000;
  return moment + Math.floor(Number(match[7] ?? 0) * 1000) - offset;
}
