/**
 * A record as whoever follows it may have it, at one address: as JSON, as a page, or as a stream that tells of its changes.
 * Which of them, the caller's Accept header says; without one it is JSON.
 */
import type { HistoryEntry } from "../domain/event.ts";
import type { StoredRecord } from "../domain/record.ts";
import type { Live } from "./live.ts";
import { type Answer, type Call, PAGE_TYPE, STREAM_TYPE } from "./operation.ts";
import { type Followed, followPage } from "./pages/follow.ts";
import { historyPageOf } from "./pages/history.ts";
import { pageAnswer } from "./pages/page.ts";
import { queryOf } from "./query.ts";
import { etag } from "./records.ts";

/** Proxies that keep answers back until they are whole would keep a stream back for ever. */
const STREAMED = { "content-type": `${STREAM_TYPE}; charset=utf-8`, "x-accel-buffering": "no" };

/** The types that such an operation answers with beside JSON. */
export const FOLLOWED_AS = [PAGE_TYPE, STREAM_TYPE] as const;

export interface Following<Found extends { readonly record: StoredRecord }> {
  readonly live: Live;
  /** What the stream is of, among all records of all kinds. */
  readonly key: string;
  readonly found: Found;
  /** It as it is later, for whoever was allowed to see it now; undefined when it is gone. */
  again(): Promise<Found | undefined>;
  view(found: Found): unknown;
  page(found: Found): Followed;
}

export function follow<Found extends { readonly record: StoredRecord }>(
  { type, address, lastEventId: had }: Pick<Call<unknown, unknown, unknown>, "type" | "address" | "lastEventId">,
  { live, key, found, again, view, page }: Following<Found>,
): Answer {
  if (type === PAGE_TYPE) return pageAnswer(200, followPage(page(found)), etag(found.record.version));
  if (type !== STREAM_TYPE) return { status: 200, body: view(found), headers: etag(found.record.version) };
  const read = async () => {
    const later = await again();
    return later && view(later);
  };
  const body = live.open({ key, address, view: view(found), had, read });
  return { status: 200, body, headers: { ...etag(found.record.version), ...STREAMED } };
}

export interface HistoryFollowed {
  readonly at: string;
  readonly noun: string;
  readonly id: string;
  readonly body: { readonly history: readonly HistoryEntry[]; readonly next_page_token?: string };
  /** What the caller showed in the address, for the addresses from here on. */
  readonly shown: Readonly<Record<string, string | undefined>>;
}

/** A page of a record's history, for whoever follows it. */
export function followHistory(
  { type }: Pick<Call<unknown, unknown, unknown>, "type">,
  { at, noun, id, body, shown }: HistoryFollowed,
): Answer {
  if (type !== PAGE_TYPE) return { status: 200, body };
  const { history, next_page_token: token } = body;
  const next = token === undefined ? undefined : queryOf({ ...shown, token });
  return pageAnswer(200, historyPageOf({ at, noun, history, back: `../${id}${queryOf(shown)}`, next }));
}
