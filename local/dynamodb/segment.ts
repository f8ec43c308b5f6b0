import type { JsonObject } from "../json.ts";
import { invalid } from "./errors.ts";

/** One of the parts of a parallel scan: partitions belong to it by a hash of their key. */
export interface Segment {
  readonly number: number;
  readonly total: number;
}

export function segmentOf({ Segment: number, TotalSegments: total }: JsonObject): Segment | undefined {
  if (typeof total !== "number") {
    if (typeof number !== "number") return undefined;
    throw invalid("The TotalSegments parameter is required but was not present in the request when Segment parameter is present");
  }
  if (typeof number !== "number") {
    throw invalid("The Segment parameter is required but was not present in the request when parameter TotalSegments is present");
  }
  if (number >= total) {
    throw invalid(
      `The Segment parameter is zero-based and must be less than parameter TotalSegments: Segment: ${number} is not less than TotalSegments: ${total}`,
    );
  }
  return { number, total };
}

export function covers({ number, total }: Segment, pk: Uint8Array): boolean {
  return hash(pk) % total === number;
}

/** FNV-1a: cheap, and even over keys that differ in their last characters only. */
function hash(bytes: Uint8Array): number {
  let value = 0x811c9dc5;
  for (const byte of bytes) value = Math.imul(value ^ byte, 0x01000193) >>> 0;
  return value;
}

export function checkStartInSegment(pk: Uint8Array, segment: Segment): void {
  if (covers(segment, pk)) return;
  throw invalid(
    `The provided starting key is invalid: Invalid ExclusiveStartKey. Please use ExclusiveStartKey with correct Segment. TotalSegments: ${segment.total} Segment: ${segment.number}`,
  );
}
