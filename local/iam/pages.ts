import type { JsonObject } from "../json.ts";
import { validationError } from "./errors.ts";
import { optionalInteger, optionalText } from "./input.ts";

const ITEMS_DEFAULT = 100;
const ITEMS_MAX = 1000;

/** A page of a listing: what it starts after, and how many rows to ask for, one more than are given to see whether more follow. */
export interface Page {
  readonly after: string;
  readonly limit: number;
}

export function readPage(input: JsonObject): Page {
  const marker = optionalText(input, "Marker");
  const after = marker === undefined ? "" : Buffer.from(marker, "base64url").toString("utf8");
  if (marker !== undefined && (after === "" || Buffer.from(after).toString("base64url") !== marker)) {
    throw validationError("marker", marker, "Member must be a marker of an earlier answer");
  }
  return { after, limit: (optionalInteger(input, "MaxItems", 1, ITEMS_MAX) ?? ITEMS_DEFAULT) + 1 };
}

/** The answer for rows that were read by a page; `keyOf` gives what the next page starts after. */
export function pageAnswer<Row>(
  member: string,
  rows: readonly Row[],
  page: Page,
  format: (row: Row) => JsonObject | string,
  keyOf: (row: Row) => string,
): JsonObject {
  const shown = rows.slice(0, page.limit - 1);
  const last = shown.at(-1);
  const more = rows.length > shown.length && last !== undefined;
  return {
    [member]: shown.map(format),
    IsTruncated: more,
    ...(more ? { Marker: Buffer.from(keyOf(last)).toString("base64url") } : {}),
  };
}
