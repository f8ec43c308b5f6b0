import type { Json } from "../../json.ts";
import { invalidToken } from "./errors.ts";
import type { Input } from "./input.ts";

const PAGE_DEFAULT = 100;
const PAGE_MAX = 1000;
const TOKEN_CHARACTERS_MAX = 1024;

/** Which part of a list is asked for. */
export interface PageRequest {
  /** How many entries at most. */
  limit: number;
  /** The key of the last entry of the page before. */
  after: Json | undefined;
}

export interface Page<T> {
  entries: T[];
  nextToken: string | undefined;
}

/** Reads maxResults and nextToken. `list` tells the lists apart, so that one's token cannot be used for another. */
export function readPageRequest(input: Input, list: string): PageRequest {
  const size = input.integer("maxResults", 0, PAGE_MAX) ?? 0;
  const token = input.text("nextToken", { min: 1, max: TOKEN_CHARACTERS_MAX });
  input.check();
  return { limit: size === 0 ? PAGE_DEFAULT : size, after: token === undefined ? undefined : readToken(token, list) };
}

/** Makes the page of `rows`, which were read with one more than the limit to see whether there is a next page. */
export function pageOf<T>(rows: T[], { limit }: PageRequest, list: string, keyOf: (row: T) => Json): Page<T> {
  const entries = rows.slice(0, limit);
  const last = entries.at(-1);
  const more = rows.length > limit && last !== undefined;
  return { entries, nextToken: more ? Buffer.from(JSON.stringify([list, keyOf(last)])).toString("base64url") : undefined };
}

function readToken(token: string, list: string): Json {
  let parsed: unknown;
  try {
    parsed = JSON.parse(Buffer.from(token, "base64url").toString());
  } catch {
    throw invalidToken();
  }
  const [kind, key]: unknown[] = Array.isArray(parsed) ? parsed : [];
  if (kind !== list || (typeof key !== "string" && typeof key !== "number")) throw invalidToken();
  return key;
}
