/** A client of a request tracker, the same for every contender, which reads of an answer only what a benchmark needs. */
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { Caller, Refused } from "./caller.ts";

export interface Tracked {
  readonly id: string;
  readonly trackingUrl: string;
}

const made = z.object({ requestId: z.string(), trackingUrl: z.string() });
const changed = z.object({ eventId: z.string() });
const entry = z.object({ eventId: z.string(), version: z.int(), to: z.string() });
const shown = z.object({ history: z.array(entry) });
const page = z.object({ history: z.array(entry), next_page_token: z.string().optional() });

export type Entry = z.infer<typeof entry>;

const PAGE_ENTRIES = 100;
const TRIES_MAX = 10;
const POLL_MS = 10;
const READABLE_MS_MAX = 120_000;

export class Tracker {
  readonly #url: string;
  readonly #caller: Caller;

  constructor(url: string, adminToken: string) {
    this.#url = url;
    this.#caller = new Caller(adminToken);
  }

  /** How often it has asked by GET: each costs a read of the record. */
  get reads(): number {
    return this.#caller.reads;
  }

  async create(): Promise<Tracked> {
    const { requestId, trackingUrl } = made.parse(await this.#caller.call("POST", `${this.#url}/requests`, { title: "bench" }));
    return { id: requestId, trackingUrl: trackingUrl.replace("//localhost:", "//127.0.0.1:") };
  }

  /** Asks until the change is made: one that is refused for the moment (503) is asked for again when the answer says. */
  async change({ id }: Tracked, status: string): Promise<string> {
    for (let tries = 1; ; tries++) {
      try {
        return changed.parse(await this.#caller.call("PATCH", `${this.#url}/requests/${id}/status`, { status })).eventId;
      } catch (error) {
        if (!(error instanceof Refused) || error.status !== 503 || tries === TRIES_MAX) throw error;
        await sleep(error.retryAfterMs);
      }
    }
  }

  /** The version up to which whoever has the address can read the history: without a gap, among the entries that are shown. */
  async readableVersion({ trackingUrl }: Tracked): Promise<number> {
    const versions = shown.parse(await this.#caller.call("GET", trackingUrl)).history.map(({ version }) => version);
    const gap = versions.findIndex((version, index) => version !== (versions[0] ?? 0) + index);
    return versions.at(gap < 0 ? -1 : gap - 1) ?? 0;
  }

  async history({ trackingUrl }: Tracked): Promise<Entry[]> {
    const entries: Entry[] = [];
    const url = new URL(trackingUrl);
    url.pathname += "/history";
    url.searchParams.set("limit", String(PAGE_ENTRIES));
    for (;;) {
      const { history, next_page_token: next } = page.parse(await this.#caller.call("GET", url.href));
      entries.push(...history);
      if (next === undefined) return entries;
      url.searchParams.set("token", next);
    }
  }

  close(): void {
    this.#caller.close();
  }
}

/** The status of a request's n-th version, when its changes alternate for ever. */
export function statusAt(version: number): string {
  if (version === 1) return "PENDING";
  return version % 2 === 0 ? "IN_PROGRESS" : "ON_HOLD";
}

/** Milliseconds from sending a change until its entry is read; nothing is waited for in between but answers. */
export async function changeUntilReadable(tracker: Tracker, record: Tracked, version: number): Promise<number> {
  const began = performance.now();
  await tracker.change(record, statusAt(version));
  await untilReadable(tracker, record, version, 0);
  return performance.now() - began;
}

export async function untilReadable(tracker: Tracker, record: Tracked, version: number, pauseMs = POLL_MS): Promise<void> {
  const deadline = performance.now() + READABLE_MS_MAX;
  while ((await tracker.readableVersion(record)) < version) {
    if (performance.now() > deadline) throw new Error(`The history of ${record.id} does not reach version ${version}.`);
    if (pauseMs > 0) await sleep(pauseMs);
  }
}
