/** AWS's quotas for Standard workflows. */
export const PAYLOAD_BYTES_MAX = 262_144;
export const HISTORY_EVENTS_MAX = 25_000;

/** How many turns one step takes before it is committed and goes on in the next: a long loop must not hold up the other calls. */
export const TURNS_PER_STEP = 250;

export function exceedsPayload(text: string): boolean {
  return text.length > PAYLOAD_BYTES_MAX / 3 && Buffer.byteLength(text) > PAYLOAD_BYTES_MAX;
}
