/** A moment to the second, in the form of ISO 8601: `2026-01-31T12:00:00Z`. */
export function isoSeconds(moment: number): string {
  return new Date(moment).toISOString().replace(/\.\d{3}Z$/, "Z");
}
