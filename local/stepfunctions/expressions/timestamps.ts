const TIMESTAMP = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?(?:Z|([+-])(\d{2}):(\d{2}))$/;
const MINUTE = 60_000;

/**
 * The moment a timestamp names, in milliseconds since 1970, or undefined where AWS would not take the text as one: it wants
 * RFC 3339 with an upper-case `T`, seconds, and `Z` or an offset, and a date that exists.
 */
export function parseTimestamp(text: string): number | undefined {
  const parts = TIMESTAMP.exec(text);
  if (parts === null) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts.slice(1, 7).map(Number);
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  const offset = offsetInMinutes(parts[8], Number(parts[9] ?? 0), Number(parts[10] ?? 0));
  if (offset === undefined) return undefined;
  const fraction = parts[7] === undefined ? 0 : Number(`0.${parts[7]}`) * 1_000;
  return date.setUTCHours(hour, minute, second) - offset * MINUTE + fraction;
}

function offsetInMinutes(sign: string | undefined, hours: number, minutes: number): number | undefined {
  if (sign === undefined) return 0;
  if (minutes > 59 || hours * 60 + minutes > 18 * 60) return undefined;
  return (sign === "-" ? -1 : 1) * (hours * 60 + minutes);
}
